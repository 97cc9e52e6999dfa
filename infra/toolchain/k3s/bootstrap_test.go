package main

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// memory is a datastore.
type memory map[string][]byte

func (m memory) list(_ context.Context, prefix string) (map[string][]byte, error) {
	found := maps.Clone(m)
	maps.DeleteFunc(found, func(key string, _ []byte) bool { return !strings.HasPrefix(key, prefix) })
	return found, nil
}

func (m memory) putAlone(_ context.Context, prefix, key string, value []byte) error {
	maps.DeleteFunc(m, func(key string, _ []byte) bool { return strings.HasPrefix(key, prefix) })
	m[key] = value
	return nil
}

func onDisk(t *testing.T) *Config {
	folder := t.TempDir()
	return &Config{
		Role: roleServer, DataDir: folder, NodeName: "edge", NodeIP: "127.0.0.1", ServiceCIDR: "10.96.0.0/22",
		Kubeconfig: filepath.Join(folder, "k3s.yaml"), Token: "secret", SecretsEncryption: true,
	}
}

func TestAServerRefusesATokenThatIsntItsDatastores(t *testing.T) {
	store, config := memory{}, onDisk(t)
	for range 2 {
		if _, err := settle(t.Context(), config, store); err != nil {
			t.Fatal(err)
		}
	}
	config.Token = "another"
	if _, err := settle(t.Context(), config, store); !errors.Is(err, errOtherToken) {
		t.Errorf("the same disk: %v", err)
	}
	blank := onDisk(t)
	blank.Token = "another"
	if _, err := settle(t.Context(), blank, store); !errors.Is(err, errOtherToken) {
		t.Errorf("a blank disk: %v", err)
	}
}

func TestABlankDiskBecomesTheServerThatItWasByDatastoreAndToken(t *testing.T) {
	store, config, blank := memory{}, onDisk(t), onDisk(t)
	first, err := settle(t.Context(), config, store)
	if err != nil {
		t.Fatal(err)
	}
	again, err := settle(t.Context(), blank, store)
	if err != nil || again != first {
		t.Fatalf("got another authority, %v", err)
	}
	for _, name := range bootstrapFiles {
		want, err := os.ReadFile(config.path("server", name))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(blank.path("server", name)); err != nil || string(got) != string(want) {
			t.Errorf("%s isn't the one that was, %v", name, err)
		}
	}
}

func TestADiskOfAnotherClusterIsRefused(t *testing.T) {
	store := memory{}
	if _, err := settle(t.Context(), onDisk(t), store); err != nil {
		t.Fatal(err)
	}
	other := onDisk(t)
	if _, err := settle(t.Context(), other, memory{}); err != nil {
		t.Fatal(err)
	}
	file := other.path("server", "tls", "server-ca.crt")
	for _, later := range []time.Duration{time.Minute, -time.Minute} {
		at := time.Now().Add(later)
		if err := os.Chtimes(file, at, at); err != nil {
			t.Fatal(err)
		}
		_, err := settle(t.Context(), other, store)
		if told := err != nil && strings.Contains(err.Error(), file+" newer than datastore"); told != (later > 0) {
			t.Errorf("files of %s from now: %v", later, err)
		}
	}
}
