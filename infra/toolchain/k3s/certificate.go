package main

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	certutil "k8s.io/client-go/util/cert"
)

// The certificates that live a year, by their files below the data folder. Authorities are none of them: k3s renews
// those never.
var (
	serverCertificates = []string{
		"server/tls/" + clientAdmin, "server/tls/" + clientAPI, "server/tls/" + servingAPI,
		"server/tls/" + clientControl, "server/tls/" + servingEtcd, "server/tls/" + clientScheduler,
	}
	agentCertificates = []string{"agent/client-kubelet", "agent/serving-kubelet"}
)

// newCertificateCommand makes `k3s certificate`: how long certificates last, and all of them anew at the next start.
func newCertificateCommand() *cobra.Command {
	config := &Config{}
	command := &cobra.Command{Use: "certificate", Short: "Say how long certificates last, or have them made anew"}
	command.PersistentFlags().StringVarP(&config.DataDir, "data-dir", "d", defaultData, "folder of all state")
	check := &cobra.Command{
		Use: "check", Short: "Say how long certificates last", Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			return checkCertificates(command.ErrOrStderr(), config)
		},
	}
	rotate := &cobra.Command{
		Use: "rotate", Short: "Have certificates made anew at the next start", Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			return rotateCertificates(command.ErrOrStderr(), config)
		},
	}
	command.AddCommand(check, rotate)
	return command
}

// certificates gives what there is on this host, and says what k3s says first.
func (c *Config) certificates(out io.Writer, doing string) []string {
	if _, err := os.Stat(c.path("server")); err != nil {
		say(out, "info", "Agent detected, %s agent certificates", doing)
		return agentCertificates
	}
	say(out, "info", "Server detected, %s agent and server certificates", doing)
	return append(append([]string{}, serverCertificates...), agentCertificates...)
}

// checkCertificates says in k3s's words how long each certificate lasts, with the authorities that follow it in its
// file.
func checkCertificates(out io.Writer, c *Config) error {
	for _, name := range c.certificates(out, "checking") {
		found, err := certutil.CertsFromFile(c.path(name + ".crt"))
		if err != nil {
			continue // as k3s passes over what isn't there
		}
		for _, certificate := range found {
			level, text := tell(certificate)
			say(out, level, "%s: certificate %s (%s) %s", filepath.Base(name)+".crt", certificate.Subject.CommonName,
				strings.Join(usages(certificate), ","), text)
		}
	}
	return nil
}

func tell(certificate *x509.Certificate) (level, text string) {
	left := certificate.NotAfter.Sub(now())
	switch end := certificate.NotAfter.Format(time.RFC3339); {
	case now().Before(certificate.NotBefore):
		return "error", "is not valid before " + certificate.NotBefore.Format(time.RFC3339)
	case left < 0:
		return "error", "expired at " + end
	case left < renewal:
		return "warning", fmt.Sprintf("will expire within %d days at %s", int(renewal.Hours()/24), end)
	default:
		return "info", "is ok, expires at " + end
	}
}

func usages(certificate *x509.Certificate) []string {
	var found []string
	if certificate.KeyUsage&x509.KeyUsageCertSign != 0 {
		found = append(found, "CertSign")
	}
	for _, usage := range certificate.ExtKeyUsage {
		switch usage {
		case x509.ExtKeyUsageServerAuth:
			found = append(found, "ServerAuth")
		case x509.ExtKeyUsageClientAuth:
			found = append(found, "ClientAuth")
		}
	}
	if len(found) == 0 {
		return []string{"Unknown"}
	}
	return found
}

// rotateCertificates takes the certificates away, after a copy: the next start makes them anew.
func rotateCertificates(out io.Writer, c *Config) error {
	kept := c.path("agent", fmt.Sprintf("tls-%d", now().Unix()))
	var problems []error
	for _, name := range c.certificates(out, "rotating") {
		for _, ending := range []string{".crt", ".key"} {
			file := c.path(name + ending)
			text, err := os.ReadFile(file)
			if errors.Is(err, os.ErrNotExist) {
				continue
			}
			problems = append(problems, err,
				writeSecret(filepath.Join(kept, filepath.Base(file)), string(text)), os.Remove(file))
		}
	}
	say(out, "info", "Successfully backed up certificates to %s, please restart k3s server or agent to rotate certificates", kept)
	return errors.Join(problems...)
}

// say writes a line as k3s's log has it when nobody looks on.
func say(out io.Writer, level, form string, values ...any) {
	fmt.Fprintf(out, "time=%q level=%s msg=%q\n", now().UTC().Format(time.RFC3339), level, fmt.Sprintf(form, values...))
}
