package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"
	certutil "k8s.io/client-go/util/cert"
)

// site is a server that answers nodes, with the datastore's and the API's part in memory.
type site struct {
	config  *Config
	token   token
	answers *registration
}

// newSite starts a server on the loopback and gives it with the configuration of a machine that would join it.
func newSite(t *testing.T) (*site, *Config) {
	t.Helper()
	folder := t.TempDir()
	config := &Config{
		Role: roleServer, DataDir: folder, NodeName: "edge", NodeIP: "127.0.0.1", ServiceCIDR: "10.96.0.0/22",
		ClusterDNS: "10.96.0.10", Kubeconfig: filepath.Join(folder, "k3s.yaml"), Token: "secret",
	}
	store := memory{}
	settled, err := settle(t.Context(), config, store)
	if err != nil {
		t.Fatal(err)
	}
	answers := &registration{
		config: config, pki: config.tls(), client: fake.NewClientset(), store: store, secret: settled.secret,
	}
	s := &site{config: config, token: settled, answers: answers}
	return s, &Config{
		Role: roleAgent, DataDir: t.TempDir(), NodeName: "bench-1", NodeIP: "127.0.0.1", Server: s.listen(t, servingAPI),
	}
}

// listen has the server answer under one of its certificates, and gives the address that agents are told.
func (s *site) listen(t *testing.T, name string) string {
	t.Helper()
	certificate, err := tls.LoadX509KeyPair(s.answers.pki.cert(name), s.answers.pki.key(name))
	if err != nil {
		t.Fatal(err)
	}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{certificate}})
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: s.answers.handler(), ReadHeaderTimeout: time.Minute}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	_, supervisorPort, err = net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return "https://127.0.0.1:" + apiPort
}

// onMachine makes what follows happen on a machine of its own.
func onMachine(t *testing.T, disk string) {
	t.Helper()
	before := passwordFile
	passwordFile = filepath.Join(disk, "node", "password")
	t.Cleanup(func() { passwordFile = before })
}

func TestANodeIsToldAndCertified(t *testing.T) {
	s, agent := newSite(t)
	onMachine(t, t.TempDir())
	if err := register(t.Context(), agent, s.token); err != nil {
		t.Fatal(err)
	}
	if agent.ClusterDNS != "10.96.0.10" {
		t.Errorf("the cluster's DNS: got %s", agent.ClusterDNS)
	}
	for name, purpose := range map[string]x509.ExtKeyUsage{
		"client-kubelet": x509.ExtKeyUsageClientAuth, "serving-kubelet": x509.ExtKeyUsageServerAuth,
	} {
		pair, err := tls.LoadX509KeyPair(agent.nodeFile(name+".crt"), agent.nodeFile(name+".key"))
		if err != nil {
			t.Fatal(err)
		}
		authority := map[string]string{"client-kubelet": "client-ca.crt", "serving-kubelet": "server-ca.crt"}[name]
		roots, err := certutil.NewPool(agent.nodeFile(authority))
		if err != nil {
			t.Fatal(err)
		}
		leaf, err := x509.ParseCertificate(pair.Certificate[0])
		if err != nil {
			t.Fatal(err)
		}
		_, err = leaf.Verify(x509.VerifyOptions{Roots: roots, KeyUsages: []x509.ExtKeyUsage{purpose}})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnAgentMeetsItsServerAlone(t *testing.T) {
	s, agent := newSite(t)
	onMachine(t, t.TempDir())
	other := token{secret: "secret", authority: digestOf([]byte("another"))}
	if err := register(t.Context(), agent, other); !errors.Is(err, errWrongServer) {
		t.Errorf("a token of another cluster: %v", err)
	}
	if err := register(t.Context(), agent, token{secret: "guessed"}); err == nil {
		t.Error("a token that isn't the server's was taken")
	}
	agent.Server = s.listen(t, clientAPI)
	if err := register(t.Context(), agent, token{secret: "secret"}); err == nil {
		t.Error("a certificate that doesn't name the server was taken")
	}
}

func TestAMachineThatWasMadeAnewIsRefusedUntilItsNodeIsDeleted(t *testing.T) {
	s, agent := newSite(t)
	onMachine(t, t.TempDir())
	for range 2 { // it starts, and starts again
		if err := register(t.Context(), agent, s.token); err != nil {
			t.Fatal(err)
		}
	}
	onMachine(t, t.TempDir()) // its disk was replaced
	if err := register(t.Context(), agent, s.token); !errors.Is(err, errPasswordRejected) {
		t.Fatalf("a machine of the same name and another password: %v", err)
	}
	secrets := s.answers.client.CoreV1().Secrets(meta.NamespaceSystem)
	if err := secrets.Delete(t.Context(), "bench-1.node-password.k3s", meta.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := register(t.Context(), agent, s.token); err != nil {
		t.Errorf("once the node is deleted: %v", err)
	}
}

func TestAnAgentGoesOnAskingAServerThatRefusesIt(t *testing.T) {
	s, agent := newSite(t)
	onMachine(t, t.TempDir())
	if err := ensurePassword(t.Context(), s.answers.client, "bench-1", "another"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if err := join(ctx, agent, s.token); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("it gave up by itself: %v", err)
	}
}

func TestAServerDoesntRefuseItself(t *testing.T) {
	s, _ := newSite(t)
	onMachine(t, t.TempDir())
	own := *s.config
	own.Server = "https://127.0.0.1:" + apiPort
	if err := ensurePassword(t.Context(), s.answers.client, "edge", "of its disk before"); err != nil {
		t.Fatal(err)
	}
	if err := register(t.Context(), &own, s.token); err != nil {
		t.Errorf("its own node: %v", err)
	}
}

func TestAPasswordGoesWithItsNode(t *testing.T) {
	s, _ := newSite(t)
	client := s.answers.client
	if err := ensurePassword(t.Context(), client, "a", "b"); err != nil {
		t.Fatal(err)
	}
	if err := ownPassword(t.Context(), client, nodes[1]); err != nil {
		t.Fatal(err)
	}
	secret, err := client.CoreV1().Secrets(meta.NamespaceSystem).Get(t.Context(), "a.node-password.k3s", meta.GetOptions{})
	if err != nil || len(secret.OwnerReferences) != 1 || secret.OwnerReferences[0].Name != "a" {
		t.Errorf("got %+v, %v", secret, err)
	}
	if err := ownPassword(t.Context(), client, nodes[0]); !apierrors.IsNotFound(err) {
		t.Errorf("a node that has none: %v", err)
	}
}

func TestATokenIsRotatedInTheDatastore(t *testing.T) {
	s, _ := newSite(t)
	at, err := url.Parse(s.listen(t, servingAPI))
	if err != nil {
		t.Fatal(err)
	}
	command := newTokenCommand()
	command.SetArgs([]string{"rotate", "--data-dir", s.config.DataDir, "--server", at.String(), "--new-token", "fresh"})
	if err := command.ExecuteContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := settle(t.Context(), s.config, s.answers.store); !errors.Is(err, errOtherToken) {
		t.Errorf("a server that is still configured with the old one: %v", err)
	}
	s.config.Token = "fresh"
	if _, err := settle(t.Context(), s.config, s.answers.store); err != nil {
		t.Errorf("with the new one: %v", err)
	}
	if kept, err := os.ReadFile(s.config.path("server", "token")); err != nil || len(kept) == 0 {
		t.Errorf("the token's file: %v", err)
	}
}
