package main

import (
	"context"
	"crypto"
	"crypto/subtle"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"k8s.io/client-go/kubernetes"
	certutil "k8s.io/client-go/util/cert"
	"k8s.io/kubernetes/cmd/kubeadm/app/util/pkiutil"
)

// supervisorPort is where the server answers its nodes. k3s does so on the API's own port; here the API is a process of
// its own, and the port is the one that RKE2, k3s's sibling, has for it.
var supervisorPort = "9345"

// The headers by which a node says who it is.
const (
	nodeNameHeader     = "k3s-Node-Name"
	nodePasswordHeader = "k3s-Node-Password"
	nodeAddressHeader  = "k3s-Node-IP"
)

// nodeSettings is what a node must know of its cluster.
type nodeSettings struct {
	ClusterDNS    string
	ClusterDomain string
}

// registration is the server's answer to nodes that join and to the operator's commands: settings, certificates and
// the change of the token, for who knows the token.
type registration struct {
	config *Config
	pki    pki
	client kubernetes.Interface
	store  datastore

	lock   sync.Mutex
	secret string
}

// serve answers until the end.
func (r *registration) serve(ctx context.Context) error {
	server := &http.Server{
		Addr: ":" + supervisorPort, Handler: r.handler(), ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout: time.Minute, WriteTimeout: time.Minute,
	}
	context.AfterFunc(ctx, func() { server.Close() })
	return server.ListenAndServeTLS(r.pki.cert(servingAPI), r.pki.key(servingAPI))
}

func (r *registration) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /cacerts", fileAnswer(r.pki.cert(serverAuthority)))
	mux.Handle("GET /v1-k3s/server-ca.crt", r.known(fileAnswer(r.pki.cert(serverAuthority))))
	mux.Handle("GET /v1-k3s/client-ca.crt", r.known(fileAnswer(r.pki.cert(clientAuthority))))
	mux.Handle("GET /v1-k3s/config", r.known(http.HandlerFunc(r.settings)))
	mux.Handle("POST /v1-k3s/serving-kubelet.crt", r.known(r.certificate(serverAuthority, servingKubelet)))
	mux.Handle("POST /v1-k3s/client-kubelet.crt", r.known(r.certificate(clientAuthority, clientKubelet)))
	mux.Handle("PUT /v1-k3s/token", r.known(http.HandlerFunc(r.rotate)))
	return mux
}

// known lets through who knows the token.
func (r *registration) known(next http.Handler) http.Handler {
	return http.HandlerFunc(func(answer http.ResponseWriter, request *http.Request) {
		_, secret, _ := request.BasicAuth()
		if subtle.ConstantTimeCompare([]byte(secret), []byte(r.current())) != 1 {
			http.Error(answer, "not authorized", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(answer, request)
	})
}

func (r *registration) current() string {
	r.lock.Lock()
	defer r.lock.Unlock()
	return r.secret
}

func fileAnswer(file string) http.Handler {
	return http.HandlerFunc(func(answer http.ResponseWriter, request *http.Request) { http.ServeFile(answer, request, file) })
}

func (r *registration) settings(answer http.ResponseWriter, _ *http.Request) {
	answer.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(answer).Encode(nodeSettings{ClusterDNS: r.config.ClusterDNS, ClusterDomain: clusterDomain})
}

// servingKubelet and clientKubelet are a kubelet's certificates: the one that it shows, the one that it is known by.
func servingKubelet(node string, addresses []net.IP) certutil.Config {
	return certutil.Config{
		CommonName: node,
		AltNames: certutil.AltNames{
			DNSNames: []string{node, "localhost"}, IPs: append(addresses, net.IPv4(127, 0, 0, 1)),
		},
		Usages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
}

func clientKubelet(node string, _ []net.IP) certutil.Config {
	return certutil.Config{
		CommonName: "system:node:" + node, Organization: []string{"system:nodes"},
		Usages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
}

// certificate signs what a node asks for, once its password has proved that it is the node of its name.
func (r *registration) certificate(authority string, of func(string, []net.IP) certutil.Config) http.Handler {
	return http.HandlerFunc(func(answer http.ResponseWriter, request *http.Request) {
		node := strings.ToLower(request.Header.Get(nodeNameHeader))
		password := request.Header.Get(nodePasswordHeader)
		if node == "" || password == "" {
			http.Error(answer, "node name or node password not set", http.StatusBadRequest)
			return
		}
		if err := r.verify(request.Context(), node, password); err != nil {
			log.Printf("node %s: %v", node, err)
			code := http.StatusServiceUnavailable
			if errors.Is(err, errPasswordDiffers) {
				code = http.StatusForbidden
			}
			http.Error(answer, err.Error(), code)
			return
		}
		asked, err := readRequest(request.Body)
		if err != nil {
			http.Error(answer, err.Error(), http.StatusBadRequest)
			return
		}
		address := net.ParseIP(request.Header.Get(nodeAddressHeader))
		text, err := r.sign(authority, of(node, []net.IP{address}), asked.PublicKey)
		if err != nil {
			http.Error(answer, err.Error(), http.StatusInternalServerError)
			return
		}
		_, _ = answer.Write(text)
	})
}

func (r *registration) verify(ctx context.Context, node, password string) error {
	if node == r.config.NodeName && !r.config.DisableAgent {
		return verifyOwn(ctx, r.client, node, password)
	}
	return ensurePassword(ctx, r.client, node, password)
}

func (r *registration) sign(authority string, config certutil.Config, key crypto.PublicKey) ([]byte, error) {
	signer, signerKey, err := r.pki.authority(authority)
	if err != nil {
		return nil, err
	}
	certificate, err := sign(config, publicOnly{key}, signer, signerKey)
	if err != nil {
		return nil, err
	}
	return pkiutil.EncodeCertBundlePEM([]*x509.Certificate{certificate, signer})
}

// publicOnly is the key of a request for a certificate: who signs sees no more of it.
type publicOnly struct{ key crypto.PublicKey }

func (p publicOnly) Public() crypto.PublicKey { return p.key }

func (p publicOnly) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, errors.New("only the node has this key")
}

func readRequest(body io.Reader) (*x509.CertificateRequest, error) {
	der, err := io.ReadAll(io.LimitReader(body, 1<<16))
	if err != nil {
		return nil, err
	}
	asked, err := x509.ParseCertificateRequest(der)
	if err != nil {
		return nil, err
	}
	return asked, asked.CheckSignature()
}

// rotate gives the datastore's data another token: what it is encrypted with, and what nodes join by from now on. The
// server keeps what it was configured with; its next start needs the new one there.
func (r *registration) rotate(answer http.ResponseWriter, request *http.Request) {
	var wish struct {
		NewToken string `json:"newToken"`
	}
	if err := json.NewDecoder(request.Body).Decode(&wish); err != nil || wish.NewToken == "" {
		http.Error(answer, fmt.Sprintf("newToken: %v", err), http.StatusBadRequest)
		return
	}
	r.lock.Lock()
	defer r.lock.Unlock()
	authority, err := os.ReadFile(r.pki.cert(serverAuthority))
	if err == nil {
		err = writeToken(r.config, token{secret: wish.NewToken, authority: digestOf(authority)})
	}
	if err == nil {
		err = saveBootstrap(request.Context(), r.store, r.config.path("server"), wish.NewToken)
	}
	if err != nil {
		http.Error(answer, err.Error(), http.StatusInternalServerError)
		return
	}
	r.secret = wish.NewToken
}
