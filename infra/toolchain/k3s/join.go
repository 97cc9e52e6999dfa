package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log"
	"net/url"
	"time"

	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/kubernetes/cmd/kubeadm/app/util/kubeconfig"
	"k8s.io/kubernetes/cmd/kubeadm/app/util/pkiutil"
)

var errWrongServer = errors.New("the server isn't the one that the token was made for")

// join learns the cluster's authority from the server and writes the kubeconfig with which the kubelet asks for its
// own certificate. This is Kubernetes' own way of joining: the API's controllers sign for who knows the token. With the
// token it also reads what else a node must know.
func join(ctx context.Context, c *Config) error {
	t, err := parseToken(c.Token)
	if err != nil {
		return err
	}
	return wait.PollUntilContextCancel(ctx, time.Second, true, func(ctx context.Context) (bool, error) {
		authority, err := meet(ctx, c.Server, t)
		if errors.Is(err, errWrongServer) {
			return false, err
		}
		if err == nil {
			err = introduce(ctx, c, t, authority)
		}
		if err != nil {
			log.Printf("waiting for the server: %v", err)
		}
		return err == nil, nil
	})
}

// introduce writes what the token and the authority allow, and asks for the cluster's DNS.
func introduce(ctx context.Context, c *Config, t token, authority []byte) error {
	known := kubeconfig.CreateWithToken(c.Server, "default", "joining", authority, t.secret)
	err := errors.Join(
		writeFile(c.authorityFile(), string(authority), 0o644),
		kubeconfig.WriteToDisk(c.bootstrapIdentity(), known),
	)
	if err != nil {
		return err
	}
	client, err := connect(c.bootstrapIdentity())
	if err != nil {
		return err
	}
	cluster, err := client.CoreV1().ConfigMaps("kube-system").Get(ctx, "k3s-cluster", meta.GetOptions{})
	if err != nil {
		return err
	}
	c.ClusterDNS = cluster.Data["clusterDNS"]
	return nil
}

// meet asks the server for its certificates and gives the authority among them, once it is sure that the authority has
// signed for the server's address and that it is the token's.
func meet(ctx context.Context, server string, t token) ([]byte, error) {
	at, err := url.Parse(server)
	if err != nil {
		return nil, err
	}
	// Nothing is sent over this connection. What it shows is checked below, which the library can't do: it has no
	// authority to check against yet.
	dialer := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true}} //nolint:gosec // see above
	connection, err := dialer.DialContext(ctx, "tcp", at.Host)
	if err != nil {
		return nil, err
	}
	defer connection.Close()
	shown := connection.(*tls.Conn).ConnectionState().PeerCertificates
	authority := shown[len(shown)-1]
	roots := x509.NewCertPool()
	roots.AddCert(authority)
	if _, err := shown[0].Verify(x509.VerifyOptions{Roots: roots, DNSName: at.Hostname()}); err != nil {
		return nil, fmt.Errorf("%s: %w", server, err)
	}
	text := pkiutil.EncodeCertPEM(authority)
	if !t.trusts(text) {
		return nil, fmt.Errorf("%s: %w", server, errWrongServer)
	}
	return text, nil
}
