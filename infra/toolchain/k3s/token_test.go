package main

import (
	"strings"
	"testing"
)

func TestTokenForms(t *testing.T) {
	authority := []byte("the authority's PEM")
	full := token{secret: "s,e:c", authority: digestOf(authority)}
	for text, trusts := range map[string]bool{
		"s,e:c":       true,
		full.String(): true,
		token{secret: "s,e:c", authority: digestOf([]byte("another"))}.String(): false,
	} {
		got, err := parseToken(text)
		if err != nil || got.secret != "s,e:c" || got.trusts(authority) != trusts {
			t.Errorf("%s: got %+v, trusts %t, %v", text, got, got.trusts(authority), err)
		}
	}
	for _, text := range []string{"K10", "K10::server:x", "K10" + strings.Repeat("a", 64) + "::server:"} {
		if got, err := parseToken(text); err == nil {
			t.Errorf("%s was taken for %+v", text, got)
		}
	}
}

func TestTokenIsKept(t *testing.T) {
	config := &Config{DataDir: t.TempDir()}
	first := own(t, config)
	if second := own(t, config); first != second || first == "" {
		t.Errorf("a server that is given no token keeps its own: %q, then %q", first, second)
	}
	config.Token = "given"
	if third := own(t, config); third != "given" {
		t.Errorf("a given token counts, got %q", third)
	}
}

// own gives the secret of a server's token, and writes it as a start does.
func own(t *testing.T, config *Config) string {
	t.Helper()
	kept, err := ownToken(config)
	if err == nil {
		kept.authority = digestOf([]byte("the authority's PEM"))
		err = writeToken(config, kept)
	}
	if err != nil {
		t.Fatal(err)
	}
	return kept.secret
}
