package main

import (
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"time"

	certutil "k8s.io/client-go/util/cert"
	kubeadm "k8s.io/kubernetes/cmd/kubeadm/app/apis/kubeadm"
	"k8s.io/kubernetes/cmd/kubeadm/app/util/kubeconfig"
	"k8s.io/kubernetes/cmd/kubeadm/app/util/pkiutil"
)

const (
	clusterAuthority = "ca"
	etcdAuthority    = "etcd-ca"
	serviceAccount   = "service-account"

	// renewal is how long before its end a certificate is made anew.
	renewal = 30 * 24 * time.Hour
)

// pki is the server's folder of certificates and keys. Authorities are made once; other certificates live as long as
// they are valid and name what they should.
type pki struct {
	folder string
}

// authority gives the named authority, and makes it the first time.
func (p pki) authority(name string) (*x509.Certificate, crypto.Signer, error) {
	if pkiutil.CertOrKeyExist(p.folder, name) {
		return pkiutil.TryLoadCertAndKeyFromDisk(p.folder, name)
	}
	certificate, key, err := pkiutil.NewCertificateAuthority(&pkiutil.CertConfig{
		Config:              certutil.Config{CommonName: "k3s-" + name},
		EncryptionAlgorithm: kubeadm.EncryptionAlgorithmECDSAP256,
	})
	if err != nil {
		return nil, nil, err
	}
	return certificate, key, pkiutil.WriteCertAndKey(p.folder, name, certificate, key)
}

// issue makes sure of a certificate that the authority has signed. The authority's own follows it in the file, so that
// who joins can see it.
func (p pki) issue(authority, name string, config certutil.Config) error {
	if p.holds(name, config) {
		return nil
	}
	signer, signerKey, err := p.authority(authority)
	if err != nil {
		return err
	}
	certificate, key, err := pkiutil.NewCertAndKey(signer, signerKey, &pkiutil.CertConfig{
		Config: config, EncryptionAlgorithm: kubeadm.EncryptionAlgorithmECDSAP256,
	})
	if err != nil {
		return fmt.Errorf("certificate %s: %w", name, err)
	}
	if err := pkiutil.WriteKey(p.folder, name, key); err != nil {
		return err
	}
	return pkiutil.WriteCertBundle(p.folder, name, []*x509.Certificate{certificate, signer})
}

// holds says whether the certificate is there, lasts and names all that config asks for.
func (p pki) holds(name string, config certutil.Config) bool {
	certificate, _, err := pkiutil.TryLoadCertChainFromDisk(p.folder, name)
	if err != nil || time.Until(certificate.NotAfter) < renewal {
		return false
	}
	wanted := slices.Clone(config.AltNames.DNSNames)
	for _, address := range config.AltNames.IPs {
		wanted = append(wanted, address.String())
	}
	return !slices.ContainsFunc(wanted, func(host string) bool { return certificate.VerifyHostname(host) != nil })
}

// serviceAccountKey makes sure of the key that signs the service accounts' tokens.
func (p pki) serviceAccountKey() error {
	if pkiutil.CertOrKeyExist(p.folder, serviceAccount) {
		return nil
	}
	key, err := pkiutil.GeneratePrivateKey(kubeadm.EncryptionAlgorithmECDSAP256)
	if err != nil {
		return err
	}
	return errors.Join(
		pkiutil.WriteKey(p.folder, serviceAccount, key),
		pkiutil.WritePublicKey(p.folder, serviceAccount, key.Public()),
	)
}

// cert and key name the files of a certificate.
func (p pki) cert(name string) string { return filepath.Join(p.folder, name+".crt") }
func (p pki) key(name string) string  { return filepath.Join(p.folder, name+".key") }

// identity writes a kubeconfig by which user, of the given groups, speaks to the API at url.
func (p pki) identity(file, url, user string, groups ...string) error {
	config := certutil.Config{
		CommonName: user, Organization: groups, Usages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	name := "client-" + filepath.Base(file)
	if err := p.issue(clusterAuthority, name, config); err != nil {
		return err
	}
	var texts [3][]byte
	for i, file := range []string{p.cert(clusterAuthority), p.key(name), p.cert(name)} {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		texts[i] = text
	}
	return kubeconfig.WriteToDisk(file, kubeconfig.CreateWithCerts(url, "default", user, texts[0], texts[1], texts[2]))
}

// makePKI makes sure of all certificates and identities of a server.
func makePKI(c *Config) (pki, error) {
	p := pki{folder: c.path("server", "tls")}
	both := []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	local := certutil.AltNames{DNSNames: []string{"localhost"}, IPs: []net.IP{net.IPv4(127, 0, 0, 1)}}
	client := []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	problems := []error{
		p.serviceAccountKey(),
		p.issue(clusterAuthority, "apiserver", certutil.Config{
			CommonName: "kube-apiserver", AltNames: apiNames(c), Usages: both[:1],
		}),
		p.issue(clusterAuthority, "apiserver-kubelet", certutil.Config{
			CommonName: "kube-apiserver", Organization: []string{"system:masters"}, Usages: client,
		}),
		p.issue(etcdAuthority, "etcd", certutil.Config{CommonName: "etcd", AltNames: local, Usages: both}),
		p.identity(c.Kubeconfig, localAPI, "system:admin", "system:masters"),
		p.identity(c.path("server", "cred", "controller.kubeconfig"), localAPI, "system:kube-controller-manager"),
		p.identity(c.path("server", "cred", "scheduler.kubeconfig"), localAPI, "system:kube-scheduler"),
		p.identity(c.kubeletIdentity(), localAPI, "system:node:"+c.NodeName, "system:nodes"),
	}
	return p, errors.Join(problems...)
}

// apiNames gives what the API is called: by agents, by the operator, by pods.
func apiNames(c *Config) certutil.AltNames {
	names := certutil.AltNames{
		DNSNames: []string{
			"localhost", c.NodeName, "kubernetes", "kubernetes.default", "kubernetes.default.svc",
			"kubernetes.default.svc." + clusterDomain,
		},
		IPs: []net.IP{
			net.IPv4(127, 0, 0, 1), net.ParseIP(c.NodeIP),
			addressAt(netip.MustParsePrefix(c.ServiceCIDR), 1).AsSlice(),
		},
	}
	for _, name := range c.TLSSANs {
		if address := net.ParseIP(name); address != nil {
			names.IPs = append(names.IPs, address)
		} else {
			names.DNSNames = append(names.DNSNames, name)
		}
	}
	return names
}
