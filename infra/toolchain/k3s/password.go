package main

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"log"
	"os"
	"slices"
	"strings"

	"golang.org/x/crypto/scrypt"
	core "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
)

// A node proves by a password of its own that it is the one of its name: it makes it once, and the cluster keeps its
// hash in a secret for as long as the node is known (k3s: pkg/nodepassword). A machine that was made anew under an old
// name is refused until its node has been deleted.

// passwordFile is where a node keeps its password. It isn't below the data folder: it is the machine's.
var passwordFile = "/etc/rancher/node/password"

// errPasswordRejected is what an agent says in k3s's words when the server answers that its password isn't the node's.
var errPasswordRejected = errors.New("Node password rejected, duplicate hostname or contents of '" + passwordFile +
	"' may not match server node-passwd entry, try enabling a unique node name with the --with-node-id flag")

var errPasswordDiffers = errors.New("unable to verify password")

// keepPassword gives the machine's password, and makes it the first time.
func keepPassword() (string, error) {
	if kept, err := readTrimmed(passwordFile); err == nil || !errors.Is(err, os.ErrNotExist) {
		return kept, err
	}
	password := make([]byte, 16)
	if _, err := rand.Read(password); err != nil {
		return "", err
	}
	text := hex.EncodeToString(password)
	return text, writeSecret(passwordFile, text+"\n")
}

func passwordSecret(node string) string { return strings.ToLower(node + ".node-password.k3s") }

// ensurePassword compares a node's password with the hash that the cluster has, and makes that for a node that it
// doesn't know. It gives errPasswordDiffers for another password.
func ensurePassword(ctx context.Context, client kubernetes.Interface, node, password string) error {
	secrets := client.CoreV1().Secrets(meta.NamespaceSystem)
	kept, err := secrets.Get(ctx, passwordSecret(node), meta.GetOptions{})
	if err == nil {
		return verifyHash(string(kept.Data["hash"]), node, password)
	}
	if !apierrors.IsNotFound(err) {
		return err
	}
	hash, err := hashPassword(password)
	if err != nil {
		return err
	}
	immutable := true
	_, err = secrets.Create(ctx, &core.Secret{
		ObjectMeta: meta.ObjectMeta{Name: passwordSecret(node), Namespace: meta.NamespaceSystem},
		Immutable:  &immutable,
		Data:       map[string][]byte{"hash": []byte(hash)},
	}, meta.CreateOptions{})
	if apierrors.IsAlreadyExists(err) {
		return ensurePassword(ctx, client, node, password)
	}
	return err
}

// hashForm is k3s's own: version, salt, the logarithm of scrypt's cost, its block size, its parallelism, the key.
const hashForm = "$1:%s:15:8:1:%s"

func hashPassword(password string) (string, error) {
	salt := make([]byte, 8)
	if _, err := rand.Read(salt); err != nil {
		return "", err
	}
	return saltedHash(hex.EncodeToString(salt), password)
}

func saltedHash(salt, password string) (string, error) {
	key, err := scrypt.Key([]byte(password), []byte(salt), 1<<15, 8, 1, 64)
	return fmt.Sprintf(hashForm, salt, base64.RawStdEncoding.EncodeToString(key)), err
}

func verifyHash(hash, node, password string) error {
	parts := strings.Split(hash, ":")
	if len(parts) != strings.Count(hashForm, ":")+1 {
		return fmt.Errorf("unable to locate hash data for node secret '%s'", passwordSecret(node))
	}
	again, err := saltedHash(parts[1], password)
	if err != nil {
		return err
	}
	if subtle.ConstantTimeCompare([]byte(again), []byte(hash)) != 1 {
		return fmt.Errorf("unable to verify hash for node '%s': %w", node, errPasswordDiffers)
	}
	return nil
}

// verifyOwn compares the password of the server's own node with the machine's file. What the cluster has of it is
// looked at afterwards and only told: a server doesn't refuse itself.
func verifyOwn(ctx context.Context, client kubernetes.Interface, node, password string) error {
	if own, err := keepPassword(); err != nil || own != password {
		return errors.Join(fmt.Errorf("unable to verify local node password: %w", errPasswordDiffers), err)
	}
	if err := ensurePassword(ctx, client, node, password); err != nil {
		log.Printf("NodePasswordValidationFailed: Deferred node password secret validation failed: %v", err)
	}
	return nil
}

// ownPasswords makes each node the owner of its password's secret, so that the garbage collector takes the secret away
// with the node.
func ownPasswords(ctx context.Context, client kubernetes.Interface) error {
	factory := informers.NewSharedInformerFactory(client, 0)
	nodes := factory.Core().V1().Nodes()
	changed := make(chan struct{}, 1)
	if _, err := nodes.Informer().AddEventHandler(onAnyChange(changed)); err != nil {
		return err
	}
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	owned := map[string]bool{}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
		for _, object := range nodes.Informer().GetStore().List() {
			node := object.(*core.Node)
			if owned[string(node.UID)] {
				continue
			}
			if err := ownPassword(ctx, client, node); err != nil {
				log.Printf("the password of node %s has no owner yet: %v", node.Name, err)
				continue
			}
			owned[string(node.UID)] = true
		}
	}
}

func ownPassword(ctx context.Context, client kubernetes.Interface, node *core.Node) error {
	secrets := client.CoreV1().Secrets(meta.NamespaceSystem)
	secret, err := secrets.Get(ctx, passwordSecret(node.Name), meta.GetOptions{})
	if err != nil {
		return err
	}
	owns := func(owner meta.OwnerReference) bool { return owner.UID == node.UID }
	if slices.ContainsFunc(secret.OwnerReferences, owns) {
		return nil
	}
	secret.OwnerReferences = append(secret.OwnerReferences, meta.OwnerReference{
		APIVersion: "v1", Kind: "Node", Name: node.Name, UID: node.UID,
	})
	_, err = secrets.Update(ctx, secret, meta.UpdateOptions{})
	return err
}
