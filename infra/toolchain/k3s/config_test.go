package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// read gives the configuration that a role reads from a file with text and from flags.
func read(t *testing.T, role, text string, flags ...string) (*Config, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	config := &Config{Role: role}
	set := pflag.NewFlagSet(role, pflag.ContinueOnError)
	config.addFlags(set)
	if err := set.Parse(append([]string{"--config", file}, flags...)); err != nil {
		t.Fatal(err)
	}
	return config, config.complete(set)
}

func TestConfigurationFileIsReadLikeFlags(t *testing.T) {
	config, err := read(t, roleServer, `
node-ip: 10.0.0.5
service-cidr: 10.96.0.0/22
node-label: [a=1, b=2]
disable: traefik
disable-agent: true
flannel-backend: none
`, "--node-label=c=3", "--node-name=edge")
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(config.NodeLabels, " "); got != "c=3" {
		t.Errorf("a flag stands above the file, got labels %s", got)
	}
	if config.ClusterDNS != "10.96.0.10" {
		t.Errorf("the DNS follows from the services' range, got %s", config.ClusterDNS)
	}
	if !config.disables("traefik") || !config.DisableAgent || config.NodeName != "edge" {
		t.Errorf("got %+v", config)
	}
}

func TestEveryProblemIsNamedAtOnce(t *testing.T) {
	_, err := read(t, roleServer, `
cluster-cidr: everything
disable: [traefik, gravity]
node-label: [plain]
write-kubeconfig-mode: rw
`)
	for _, name := range []string{"node-ip", "cluster-cidr", "gravity", "plain", "write-kubeconfig-mode"} {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("no word of %s in: %v", name, err)
		}
	}
}

func TestAnAgentNeedsAServerAndItsToken(t *testing.T) {
	_, err := read(t, roleAgent, "node-ip: 10.0.0.6\nserver: http://10.0.0.5\n")
	for _, name := range []string{"server:", "token"} {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("no word of %s in: %v", name, err)
		}
	}
}
