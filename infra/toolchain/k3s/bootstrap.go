package main

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	etcd "go.etcd.io/etcd/client/v3"
)

// What makes a cluster the one that it is, its authorities' keys above all, is kept in its datastore too, encrypted
// with the server's token (k3s: pkg/cluster). So the datastore and the token are all that a backup needs, and a server
// that is given another token refuses to start.

const (
	bootstrapPrefix = "/bootstrap/"

	// skew is how far two clocks may be apart before a file counts as newer.
	skew = 3 * time.Second
)

var errOtherToken = errors.New("bootstrap data already found and encrypted with different token")

// bootstrapFiles are the files below the server's folder that the datastore keeps. The datastore's own authority isn't
// among them: with k3s's default datastore there is none.
var bootstrapFiles = []string{
	"tls/server-ca.crt", "tls/server-ca.key", "tls/client-ca.crt", "tls/client-ca.key", "tls/service.key",
	"cred/passwd", "cred/encryption-config.json",
}

// bootstrapFile is a file as the datastore has it.
type bootstrapFile struct {
	Timestamp time.Time
	Content   []byte
}

// datastore is what is asked of etcd here: all that is under a prefix, and one key to stand there alone.
type datastore interface {
	list(ctx context.Context, prefix string) (map[string][]byte, error)
	putAlone(ctx context.Context, prefix, key string, value []byte) error
}

type etcdStore struct{ *etcd.Client }

func (s etcdStore) list(ctx context.Context, prefix string) (map[string][]byte, error) {
	answer, err := s.Get(ctx, prefix, etcd.WithPrefix())
	if err != nil {
		return nil, err
	}
	found := map[string][]byte{}
	for _, kept := range answer.Kvs {
		found[string(kept.Key)] = kept.Value
	}
	return found, nil
}

func (s etcdStore) putAlone(ctx context.Context, prefix, key string, value []byte) error {
	_, err := s.Txn(ctx).Then(
		etcd.OpDelete(prefix, etcd.WithRange(key)),
		etcd.OpDelete(key+"\x00", etcd.WithRange(etcd.GetPrefixRangeEnd(prefix))),
		etcd.OpPut(key, string(value)),
	).Commit()
	return err
}

// openDatastore connects to the server's etcd as its API does.
func openDatastore(ctx context.Context, p pki) (datastore, error) {
	certificate, err := tls.LoadX509KeyPair(p.cert(servingEtcd), p.key(servingEtcd))
	if err != nil {
		return nil, err
	}
	authority, err := os.ReadFile(p.cert(etcdAuthority))
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	client, err := etcd.New(etcd.Config{
		Context: ctx, Endpoints: []string{localEtcd}, DialTimeout: time.Minute,
		TLS: &tls.Config{Certificates: []tls.Certificate{certificate}, RootCAs: roots, MinVersion: tls.VersionTLS12},
	})
	return etcdStore{client}, err
}

// loadBootstrap brings the server's folder in line with what the datastore keeps under the token's secret. It says
// whether there was anything, and refuses a secret that isn't the datastore's.
func loadBootstrap(ctx context.Context, store datastore, folder, secret string) (bool, error) {
	found, err := store.list(ctx, bootstrapPrefix)
	if err != nil || len(found) == 0 {
		return false, err
	}
	if kept, ok := found[bootstrapKey(secret)]; ok {
		files, err := decrypt(secret, kept)
		if err != nil {
			return false, err
		}
		return true, reconcile(folder, files)
	}
	return false, errOtherToken
}

// saveBootstrap keeps the server's files in the datastore under the token's secret, instead of under an earlier one.
func saveBootstrap(ctx context.Context, store datastore, folder, secret string) error {
	files := map[string]bootstrapFile{}
	for _, name := range bootstrapFiles {
		file := filepath.Join(folder, name)
		content, err := os.ReadFile(file)
		if errors.Is(err, os.ErrNotExist) {
			continue
		} else if err != nil {
			return err
		}
		about, err := os.Stat(file)
		if err != nil {
			return err
		}
		files[name] = bootstrapFile{Timestamp: about.ModTime(), Content: content}
	}
	sealed, err := encrypt(secret, files)
	if err != nil {
		return err
	}
	return store.putAlone(ctx, bootstrapPrefix, bootstrapKey(secret), sealed)
}

// reconcile writes what the disk lacks or has in an older form, and refuses a disk that has something newer: files of
// another cluster.
func reconcile(folder string, files map[string]bootstrapFile) error {
	var newer []string
	stale := map[string]bootstrapFile{}
	for name, kept := range files {
		file := filepath.Join(folder, name)
		content, err := os.ReadFile(file)
		if err == nil && slices.Equal(content, kept.Content) {
			continue
		}
		if about, err := os.Stat(file); err == nil && about.ModTime().Sub(kept.Timestamp) >= skew {
			newer = append(newer, file)
			continue
		}
		stale[name] = kept
	}
	if len(newer) > 0 {
		slices.Sort(newer)
		return fmt.Errorf("%s newer than datastore and could cause a cluster outage. "+
			"Remove the file(s) from disk and restart to be recreated from datastore.", strings.Join(newer, ", "))
	}
	for name, kept := range stale {
		log.Printf("updating bootstrap data on disk from datastore: %s", name)
		file := filepath.Join(folder, name)
		err := errors.Join(writeSecret(file, string(kept.Content)), os.Chtimes(file, kept.Timestamp, kept.Timestamp))
		if err != nil {
			return err
		}
	}
	return nil
}

// bootstrapKey names the data of a secret: the first of its digest.
func bootstrapKey(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return bootstrapPrefix + hex.EncodeToString(sum[:])[:12]
}

func encrypt(secret string, files map[string]bootstrapFile) ([]byte, error) {
	plain, err := json.Marshal(files)
	if err != nil {
		return nil, err
	}
	salt := rand.Text()
	sealer, err := sealer(secret, salt)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, sealer.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return nil, err
	}
	return []byte(salt + ":" + base64.StdEncoding.EncodeToString(sealer.Seal(nonce, nonce, plain, nil))), nil
}

func decrypt(secret string, text []byte) (map[string]bootstrapFile, error) {
	salt, sealed, _ := strings.Cut(string(text), ":")
	data, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		return nil, err
	}
	opener, err := sealer(secret, salt)
	if err != nil {
		return nil, err
	}
	if len(data) < opener.NonceSize() {
		return nil, errors.New("the datastore's bootstrap data is cut off")
	}
	plain, err := opener.Open(nil, data[:opener.NonceSize()], data[opener.NonceSize():], nil)
	if err != nil {
		return nil, err
	}
	var files map[string]bootstrapFile
	return files, json.Unmarshal(plain, &files)
}

// sealer is k3s's: AES in GCM with a key that PBKDF2 derives from the token's secret.
func sealer(secret, salt string) (cipher.AEAD, error) {
	key, err := pbkdf2.Key(sha1.New, secret, []byte(salt), 4096, 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
