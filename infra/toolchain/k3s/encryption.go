package main

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"os"
)

// encryptionFile names the keys by which the API encrypts Secrets.
func (c *Config) encryptionFile() string { return c.path("server", "cred", "encryption-config.json") }

// keepEncryption makes sure of the file that has the API encrypt Secrets in its datastore. What was written before
// stays readable as it is until it is written again.
func keepEncryption(file string) error {
	if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return err
	}
	keys := []map[string]string{{"name": "k3s", "secret": base64.StdEncoding.EncodeToString(key)}}
	return writeYAML(file, map[string]any{
		"apiVersion": "apiserver.config.k8s.io/v1",
		"kind":       "EncryptionConfiguration",
		"resources": []map[string]any{{
			"resources": []string{"secrets"},
			"providers": []map[string]any{
				{"secretbox": map[string]any{"keys": keys}},
				{"identity": map[string]any{}},
			},
		}},
	})
}
