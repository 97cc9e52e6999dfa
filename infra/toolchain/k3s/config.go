package main

import (
	"errors"
	"fmt"
	"log"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
	"sigs.k8s.io/yaml"
)

const (
	roleServer = "server"
	roleAgent  = "agent"

	apiPort = "6443"

	administratorFile = "/etc/rancher/k3s/k3s.yaml"
	defaultData       = "/var/lib/rancher/k3s"
)

// packaged are the parts of real k3s that `disable` may name. The stand-in never has the last two.
var packaged = []string{"coredns", "local-storage", "servicelb", "metrics-server", "traefik"}

// Config is what a server or an agent is told, by flags or by the configuration file; the names are k3s's own.
type Config struct {
	Role string

	ConfigFile      string
	DataDir         string
	Token           string
	TokenFile       string
	Server          string
	NodeName        string
	NodeIP          string
	NodeLabels      []string
	PrivateRegistry string

	ClusterCIDR    string
	ServiceCIDR    string
	ClusterDNS     string
	TLSSANs        []string
	Disable        []string
	DisableAgent   bool
	Kubeconfig     string
	KubeconfigMode string

	SecretsEncryption bool

	ClusterReset bool
	RestorePath  string
}

func (c *Config) addFlags(flags *pflag.FlagSet) {
	flags.StringVarP(&c.ConfigFile, "config", "c", "/etc/rancher/k3s/config.yaml", "configuration file")
	flags.StringVarP(&c.DataDir, "data-dir", "d", defaultData, "folder of all state")
	flags.StringVarP(&c.Token, "token", "t", "", "shared secret by which an agent joins")
	flags.StringVar(&c.TokenFile, "token-file", "", "file that holds the token")
	flags.StringVar(&c.NodeName, "node-name", "", "name of the node (default: the host's)")
	flags.StringVarP(&c.NodeIP, "node-ip", "i", "", "address of the node")
	flags.StringSliceVar(&c.NodeLabels, "node-label", nil, "labels that the node registers with")
	flags.StringVar(&c.PrivateRegistry, "private-registry", "/etc/rancher/k3s/registries.yaml", "image registries")
	if c.Role == roleAgent {
		flags.StringVarP(&c.Server, "server", "s", "", "address of the server, https://HOST:6443")
		return
	}
	flags.StringVar(&c.ClusterCIDR, "cluster-cidr", "10.42.0.0/16", "addresses of pods")
	flags.StringVar(&c.ServiceCIDR, "service-cidr", "10.43.0.0/16", "addresses of services")
	flags.StringVar(&c.ClusterDNS, "cluster-dns", "", "address of the cluster's DNS (default: the tenth of services)")
	flags.StringSliceVar(&c.TLSSANs, "tls-san", nil, "more names and addresses in the API's certificate")
	flags.StringSliceVar(&c.Disable, "disable", nil, "parts that are not deployed: "+strings.Join(packaged, ", "))
	flags.BoolVar(&c.SecretsEncryption, "secrets-encryption", false, "keep Secrets encrypted in the datastore")
	flags.BoolVar(&c.ClusterReset, "cluster-reset", false, "make the datastore alone in its cluster, and end")
	flags.StringVar(&c.RestorePath, "cluster-reset-restore-path", "", "the snapshot that the datastore is made from then")
	flags.BoolVar(&c.DisableAgent, "disable-agent", false, "run no node beside the control plane")
	flags.StringVarP(&c.Kubeconfig, "write-kubeconfig", "o", administratorFile, "file for the administrator's kubeconfig")
	flags.StringVar(&c.KubeconfigMode, "write-kubeconfig-mode", "0600", "mode of that kubeconfig")
}

// complete reads the configuration file, fills what follows from the rest, and reports every problem at once.
func (c *Config) complete(flags *pflag.FlagSet) error {
	if err := c.readFile(flags); err != nil {
		return err
	}
	if c.NodeName == "" {
		name, err := os.Hostname()
		if err != nil {
			return fmt.Errorf("node-name: %w", err)
		}
		c.NodeName = strings.ToLower(name)
	}
	if c.TokenFile != "" {
		text, err := readTrimmed(c.TokenFile)
		if err != nil {
			return fmt.Errorf("token-file: %w", err)
		}
		c.Token = text
	}
	return errors.Join(c.check(), c.completeRole())
}

// readFile takes each key of the configuration file as a flag of that name. As with k3s, a flag on the command line
// stands above the file, a list is a repeated flag, and an unknown key is named in the log and passed over.
func (c *Config) readFile(flags *pflag.FlagSet) error {
	text, err := os.ReadFile(c.ConfigFile)
	if errors.Is(err, os.ErrNotExist) && !flags.Changed("config") {
		return nil
	} else if err != nil {
		return fmt.Errorf("config: %w", err)
	}
	var values map[string]any
	if err := yaml.Unmarshal(text, &values); err != nil {
		return fmt.Errorf("%s: %w", c.ConfigFile, err)
	}
	var problems []error
	for _, key := range sortedKeys(values) {
		flag := flags.Lookup(key)
		if flag == nil {
			log.Printf("%s: unknown key %q is passed over", c.ConfigFile, key)
			continue
		}
		if flag.Changed {
			continue
		}
		for _, value := range listOf(values[key]) {
			if err := flags.Set(key, fmt.Sprint(value)); err != nil {
				problems = append(problems, fmt.Errorf("%s: %s: %w", c.ConfigFile, key, err))
			}
		}
	}
	return errors.Join(problems...)
}

func (c *Config) check() error {
	var problems []error
	if _, err := netip.ParseAddr(c.NodeIP); err != nil {
		problems = append(problems, fmt.Errorf("node-ip: the stand-in needs the node's address: %w", err))
	}
	for _, label := range c.NodeLabels {
		if !strings.Contains(label, "=") {
			problems = append(problems, fmt.Errorf("node-label: %q isn't KEY=VALUE", label))
		}
	}
	return errors.Join(problems...)
}

func (c *Config) completeRole() error {
	if c.Role == roleAgent {
		return c.checkAgent()
	}
	return c.completeServer()
}

func (c *Config) checkAgent() error {
	var problems []error
	if at, err := url.Parse(c.Server); err != nil || at.Scheme != "https" || at.Host == "" {
		problems = append(problems, fmt.Errorf("server: %q isn't https://HOST:%s", c.Server, apiPort))
	}
	if c.Token == "" {
		problems = append(problems, errors.New("token or token-file: an agent needs the server's token"))
	}
	return errors.Join(problems...)
}

func (c *Config) completeServer() error {
	var problems []error
	if _, err := netip.ParsePrefix(c.ClusterCIDR); err != nil {
		problems = append(problems, fmt.Errorf("cluster-cidr: %w", err))
	}
	services, err := netip.ParsePrefix(c.ServiceCIDR)
	if err != nil {
		problems = append(problems, fmt.Errorf("service-cidr: %w", err))
	} else if c.ClusterDNS == "" {
		c.ClusterDNS = addressAt(services, 10).String()
	}
	if c.RestorePath != "" && !c.ClusterReset {
		problems = append(problems, errors.New("invalid flag use; --cluster-reset required with --cluster-reset-restore-path"))
	}
	if _, err := strconv.ParseUint(c.KubeconfigMode, 8, 12); err != nil {
		problems = append(problems, fmt.Errorf("write-kubeconfig-mode: %w", err))
	}
	for _, name := range c.Disable {
		if !slices.Contains(packaged, name) {
			problems = append(problems, fmt.Errorf("disable: %q isn't one of %s", name, strings.Join(packaged, ", ")))
		}
	}
	return errors.Join(problems...)
}

// path names a file or folder below the data folder.
func (c *Config) path(parts ...string) string {
	return filepath.Join(append([]string{c.DataDir}, parts...)...)
}

// addressAt gives the nth address of a range.
func addressAt(network netip.Prefix, n int) netip.Addr {
	address := network.Masked().Addr()
	for range n {
		address = address.Next()
	}
	return address
}

// listOf gives a value's elements if it is a list, else the value alone.
func listOf(value any) []any {
	if list, ok := value.([]any); ok {
		return list
	}
	return []any{value}
}

func sortedKeys(values map[string]any) []string {
	keys := make([]string, 0, len(values))
	for key := range values {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}
