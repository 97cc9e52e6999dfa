package main

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// token is the secret by which an agent joins. Its full form, K10<digest of the authority>::server:<secret>, lets the
// agent be sure of the server; in its short form it is the secret alone, and the agent trusts whom it meets first.
type token struct {
	secret    string
	authority string
}

const fullForm = "K10"

func parseToken(text string) (token, error) {
	if !strings.HasPrefix(text, fullForm) {
		return token{secret: text}, nil
	}
	digest, rest, found := strings.Cut(strings.TrimPrefix(text, fullForm), "::")
	_, secret, named := strings.Cut(rest, ":")
	if !found || !named || secret == "" || len(digest) != hex.EncodedLen(sha256.Size) {
		return token{}, errors.New("token: a token that begins with K10 reads K10<sha256>::<user>:<secret>")
	}
	return token{secret: secret, authority: digest}, nil
}

// trusts says whether the authority (in PEM) may be the one that the token was made for.
func (t token) trusts(authority []byte) bool {
	return t.authority == "" || t.authority == digestOf(authority)
}

func (t token) String() string {
	return fmt.Sprintf("%s%s::server:%s", fullForm, t.authority, t.secret)
}

func digestOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// ownToken gives the server's token: the one that it was given, else the one that it has, else a new one.
func ownToken(c *Config) (token, error) {
	text := c.Token
	if kept, err := readTrimmed(c.path("server", "token")); text == "" && err == nil {
		text = kept
	}
	if text == "" {
		text = rand.Text()
	}
	return parseToken(text)
}

// writeToken writes the token for the operator to read and for nodes to join by.
func writeToken(c *Config, t token) error {
	return errors.Join(
		writeSecret(c.path("server", "token"), t.String()+"\n"),
		writeSecret(c.path("server", "cred", "passwd"),
			csvLine(t.secret, "node", "node", "k3s:agent")+csvLine(t.secret, "server", "server", "k3s:server")),
	)
}

func csvLine(fields ...string) string {
	var line strings.Builder
	writer := csv.NewWriter(&line)
	_ = writer.Write(fields) // a strings.Builder takes all
	writer.Flush()
	return line.String()
}

func readTrimmed(file string) (string, error) {
	text, err := os.ReadFile(file)
	return strings.TrimSpace(string(text)), err
}

func writeSecret(file, text string) error {
	return writeFile(file, text, 0o600)
}

func writeFile(file, text string, mode os.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(file, []byte(text), mode); err != nil {
		return err
	}
	return os.Chmod(file, mode)
}
