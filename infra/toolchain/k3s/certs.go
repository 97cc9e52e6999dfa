package main

import (
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"log"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	certutil "k8s.io/client-go/util/cert"
	"k8s.io/client-go/util/keyutil"
	kubeadm "k8s.io/kubernetes/cmd/kubeadm/app/apis/kubeadm"
	"k8s.io/kubernetes/cmd/kubeadm/app/util/kubeconfig"
	"k8s.io/kubernetes/cmd/kubeadm/app/util/pkiutil"
)

// The names of files are k3s's own, below the server's folder of certificates.
const (
	serverAuthority = "server-ca"
	clientAuthority = "client-ca"
	etcdAuthority   = "etcd/server-ca"
	serviceAccount  = "service"

	servingAPI      = "serving-kube-apiserver"
	clientAPI       = "client-kube-apiserver"
	servingEtcd     = "etcd/server-client"
	clientAdmin     = "client-admin"
	clientControl   = "client-controller"
	clientScheduler = "client-scheduler"

	// validity is how long a certificate lives, renewal how long before its end the next start makes it anew: what k3s
	// does since its releases of May 2025 (docs.k3s.io/cli/certificate; CertificateRenewDays). An authority lives ten
	// years and is never renewed by itself.
	validity = 365 * 24 * time.Hour
	renewal  = 120 * 24 * time.Hour
)

// now is the time by which certificates are made and renewed; a test moves it.
var now = time.Now

// pki is a folder of certificates and keys. Authorities are made once; other certificates live as long as they are
// valid, name what they should and their authority is the same.
type pki struct {
	folder string
}

// authority gives the named authority, and makes it the first time.
func (p pki) authority(name string) (*x509.Certificate, crypto.Signer, error) {
	if pkiutil.CertOrKeyExist(p.folder, name) {
		return pkiutil.TryLoadCertAndKeyFromDisk(p.folder, name)
	}
	certificate, key, err := pkiutil.NewCertificateAuthority(&pkiutil.CertConfig{
		Config: certutil.Config{
			CommonName: fmt.Sprintf("k3s-%s@%d", strings.ReplaceAll(name, "/", "-"), now().Unix()),
		},
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
	signer, signerKey, err := p.authority(authority)
	if err != nil {
		return err
	}
	if p.holds(name, signer, config) {
		return nil
	}
	key, err := pkiutil.NewPrivateKey(kubeadm.EncryptionAlgorithmECDSAP256)
	if err != nil {
		return fmt.Errorf("certificate %s: %w", name, err)
	}
	certificate, err := sign(config, key, signer, signerKey)
	if err != nil {
		return fmt.Errorf("certificate %s: %w", name, err)
	}
	log.Printf("certificate %s is made, until %s", name, certificate.NotAfter.Format(time.RFC3339))
	if err := pkiutil.WriteKey(p.folder, name, key); err != nil {
		return err
	}
	return pkiutil.WriteCertBundle(p.folder, name, []*x509.Certificate{certificate, signer})
}

// sign makes a certificate of the key's public part.
func sign(
	config certutil.Config, key crypto.Signer, signer *x509.Certificate, signerKey crypto.Signer,
) (*x509.Certificate, error) {
	config.NotBefore = signer.NotBefore
	wish := &pkiutil.CertConfig{Config: config, NotAfter: now().UTC().Add(validity)}
	return pkiutil.NewSignedCert(wish, key, signer, signerKey, false)
}

// holds says whether the certificate is there, lasts, is the signer's and names all that config asks for.
func (p pki) holds(name string, signer *x509.Certificate, config certutil.Config) bool {
	certificate, _, err := pkiutil.TryLoadCertChainFromDisk(p.folder, name)
	if err != nil || certificate.NotAfter.Sub(now()) < renewal || certificate.CheckSignatureFrom(signer) != nil {
		return false
	}
	if _, err := keyutil.PrivateKeyFromFile(p.key(name)); err != nil {
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

// identity writes a kubeconfig by which user, of the given groups, speaks to the API.
func (p pki) identity(file, name, user string, groups ...string) error {
	config := certutil.Config{
		CommonName: user, Organization: groups, Usages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	if err := p.issue(clientAuthority, name, config); err != nil {
		return err
	}
	return writeKubeconfig(file, localAPI, p.cert(serverAuthority), p.cert(name), p.key(name))
}

// writeKubeconfig writes a kubeconfig of the texts in three files: the API's authority, a certificate and its key.
func writeKubeconfig(file, url, authority, certificate, key string) error {
	var texts [3][]byte
	for i, file := range []string{authority, key, certificate} {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		texts[i] = text
	}
	return kubeconfig.WriteToDisk(file, kubeconfig.CreateWithCerts(url, "default", "default", texts[0], texts[1], texts[2]))
}

// tls is the server's folder of certificates.
func (c *Config) tls() pki { return pki{folder: c.path("server", "tls")} }

// makeEtcdPKI makes sure of what the datastore shows and asks for: it starts before the rest is known.
func makeEtcdPKI(p pki) error {
	return p.issue(etcdAuthority, servingEtcd, certutil.Config{
		CommonName: "etcd-server",
		AltNames:   certutil.AltNames{DNSNames: []string{"localhost"}, IPs: []net.IP{net.IPv4(127, 0, 0, 1)}},
		Usages:     []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	})
}

// makePKI makes sure of all certificates and identities of a server.
func makePKI(c *Config) (pki, error) {
	p := c.tls()
	problems := []error{
		p.serviceAccountKey(),
		p.issue(serverAuthority, servingAPI, certutil.Config{
			CommonName: "kube-apiserver", AltNames: apiNames(c),
			Usages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		}),
		p.issue(clientAuthority, clientAPI, certutil.Config{
			CommonName: "kube-apiserver", Organization: []string{"system:masters"},
			Usages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		}),
		p.identity(c.Kubeconfig, clientAdmin, "system:admin", "system:masters"),
		p.identity(c.path("server", "cred", "controller.kubeconfig"), clientControl, "system:kube-controller-manager"),
		p.identity(c.path("server", "cred", "scheduler.kubeconfig"), clientScheduler, "system:kube-scheduler"),
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
