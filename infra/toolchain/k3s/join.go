package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/util/keyutil"
	kubeadm "k8s.io/kubernetes/cmd/kubeadm/app/apis/kubeadm"
	"k8s.io/kubernetes/cmd/kubeadm/app/util/pkiutil"
)

var errWrongServer = errors.New("token CA hash does not match the Cluster CA certificate hash")

// askAgain is how long a node waits before it asks its server again.
const askAgain = 2 * time.Second

// join has the node at every start learn from its server what it must know, and get its certificates. It waits for a
// server that isn't there, and for one that refuses: what is refused today may be deleted there tomorrow.
func join(ctx context.Context, c *Config, t token) error {
	return wait.PollUntilContextCancel(ctx, askAgain, true, func(ctx context.Context) (bool, error) {
		err := register(ctx, c, t)
		if errors.Is(err, errWrongServer) {
			return false, err
		}
		if err != nil {
			log.Printf("Waiting to retrieve agent configuration; server is not ready: %v", err)
		}
		return err == nil, nil
	})
}

// register asks once, and writes the node's files.
func register(ctx context.Context, c *Config, t token) error {
	s, err := meet(ctx, c.Server, t)
	if err != nil {
		return err
	}
	client, err := s.get(ctx, "/v1-k3s/client-ca.crt")
	if err != nil {
		return err
	}
	known, err := s.get(ctx, "/v1-k3s/config")
	if err != nil {
		return err
	}
	var settings nodeSettings
	if err := json.Unmarshal(known, &settings); err != nil {
		return err
	}
	c.ClusterDNS = settings.ClusterDNS
	err = errors.Join(
		writeFile(c.nodeFile("server-ca.crt"), string(s.authority), 0o644),
		writeFile(c.nodeFile("client-ca.crt"), string(client), 0o644),
	)
	for _, name := range []string{"serving-kubelet", "client-kubelet"} {
		if err == nil {
			err = s.certify(ctx, c, name)
		}
	}
	if err != nil {
		return err
	}
	return writeKubeconfig(c.kubeletIdentity(), c.Server,
		c.nodeFile("server-ca.crt"), c.nodeFile("client-kubelet.crt"), c.nodeFile("client-kubelet.key"))
}

// server is a node's server that has shown to be the one of its token.
type server struct {
	base      string
	secret    string
	authority []byte
	client    *http.Client
}

// meet asks the server for its authority and makes sure that it is the token's, and that it has signed for the
// server's address.
func meet(ctx context.Context, address string, t token) (*server, error) {
	at, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	s := &server{base: "https://" + net.JoinHostPort(at.Hostname(), supervisorPort), secret: t.secret}
	// There is no authority yet to check against: what is shown is checked below, and no secret is sent before.
	s.client = clientOf(&tls.Config{InsecureSkipVerify: true}) //nolint:gosec // see above
	if s.authority, err = s.ask(ctx, http.MethodGet, "/cacerts", nil, nil); err != nil {
		return nil, err
	}
	if !t.trusts(s.authority) {
		return nil, fmt.Errorf("%s: %w", address, errWrongServer)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(s.authority) {
		return nil, fmt.Errorf("%s: its authority isn't a certificate", address)
	}
	s.client = clientOf(&tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12})
	return s, nil
}

func clientOf(config *tls.Config) *http.Client {
	return &http.Client{Timeout: time.Minute, Transport: &http.Transport{TLSClientConfig: config, DisableKeepAlives: true}}
}

func (s *server) get(ctx context.Context, path string) ([]byte, error) {
	return s.ask(ctx, http.MethodGet, path, nil, s.login)
}

func (s *server) login(request *http.Request) { request.SetBasicAuth("node", s.secret) }

// ask sends a request, dressed by `dress` if that is given, and gives the answer's body.
func (s *server) ask(
	ctx context.Context, method, path string, body []byte, dress func(*http.Request),
) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, s.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if dress != nil {
		dress(request)
	}
	answer, err := s.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	switch {
	case err != nil:
		return nil, err
	case answer.StatusCode == http.StatusForbidden:
		return nil, errPasswordRejected
	case answer.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("%s: %s: %s", s.base+path, answer.Status, bytes.TrimSpace(text))
	}
	return text, nil
}

// certify has the server sign a new key of the node, and writes both.
func (s *server) certify(ctx context.Context, c *Config, name string) error {
	password, err := keepPassword()
	if err != nil {
		return err
	}
	key, err := pkiutil.NewPrivateKey(kubeadm.EncryptionAlgorithmECDSAP256)
	if err != nil {
		return err
	}
	asked, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
	if err != nil {
		return err
	}
	text, err := s.ask(ctx, http.MethodPost, "/v1-k3s/"+name+".crt", asked, func(request *http.Request) {
		s.login(request)
		request.Header.Set(nodeNameHeader, c.NodeName)
		request.Header.Set(nodePasswordHeader, password)
		request.Header.Set(nodeAddressHeader, c.NodeIP)
	})
	if err != nil {
		return err
	}
	encoded, err := keyutil.MarshalPrivateKeyToPEM(key)
	if err != nil {
		return err
	}
	return errors.Join(
		writeSecret(c.nodeFile(name+".crt"), string(text)),
		writeSecret(c.nodeFile(name+".key"), string(encoded)),
	)
}

// nodeFile names a file by which a node knows the cluster or is known to it.
func (c *Config) nodeFile(name string) string { return filepath.Join(c.path("agent"), name) }

func (c *Config) kubeletIdentity() string { return c.nodeFile("kubelet.kubeconfig") }
