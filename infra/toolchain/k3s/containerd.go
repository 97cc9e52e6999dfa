package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/yaml"
)

const (
	runtimeFolder = "/run/k3s/containerd"
	runtimeSocket = runtimeFolder + "/containerd.sock"
	// pluginFolder is where Debian puts the CNI programs.
	pluginFolder = "/usr/lib/cni"
)

// containerdConfig is containerd's own format. Unset restrict_oom_score_adj would have it lower a pod's score below
// what a container without CAP_SYS_RESOURCE may.
const containerdConfig = `version = 2
root = %q
state = %q
disabled_plugins = ["io.containerd.internal.v1.opt"]

[grpc]
address = %q

[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = %q
restrict_oom_score_adj = true

[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = %q
conf_dir = %q

[plugins."io.containerd.grpc.v1.cri".registry]
config_path = %q
`

func startContainerd(c *Config, parts *supervisor) error {
	registries := c.path("agent", "etc", "containerd", "certs.d")
	if err := writeRegistries(c.PrivateRegistry, registries); err != nil {
		return err
	}
	text := fmt.Sprintf(containerdConfig, c.path("agent", "containerd"), runtimeFolder, runtimeSocket,
		images["busybox"], pluginFolder, c.networkFolder(), registries)
	file := c.path("agent", "etc", "containerd", "config.toml")
	if err := writeFile(file, text, 0o600); err != nil {
		return err
	}
	// A socket that an earlier run left would be taken for an answering one.
	if err := os.Remove(runtimeSocket); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := parts.start("containerd", "containerd", "--config", file, "--log-level", "warn"); err != nil {
		return err
	}
	return wait.PollUntilContextCancel(parts.ctx, 100*time.Millisecond, true, func(context.Context) (bool, error) {
		connection, err := net.Dial("unix", runtimeSocket)
		if err != nil {
			return false, nil
		}
		return true, connection.Close()
	})
}

// registries is the configuration file of registries as far as the stand-in knows it.
type registries struct {
	Mirrors map[string]struct {
		Endpoint []string `json:"endpoint"`
	} `json:"mirrors"`
}

// writeRegistries turns k3s's registries.yaml into the folder of hosts that containerd reads. A key that the stand-in
// doesn't know is an error: passing over credentials or a rewrite would make pulls fail far from here.
func writeRegistries(file, folder string) error {
	text, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	var known registries
	if err := yaml.UnmarshalStrict(text, &known); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	var problems []error
	for host, mirror := range known.Mirrors {
		if host == "*" {
			host = "_default"
		}
		problems = append(problems, writeFile(filepath.Join(folder, host, "hosts.toml"), hostsFile(mirror.Endpoint), 0o600))
	}
	return errors.Join(problems...)
}

func hostsFile(endpoints []string) string {
	var text strings.Builder
	for _, endpoint := range endpoints {
		fmt.Fprintf(&text, "[host.%q]\ncapabilities = [\"pull\", \"resolve\"]\n", endpoint)
	}
	return text.String()
}

// importImages gives containerd what lies in the folder of air-gap images.
func importImages(ctx context.Context, c *Config) error {
	entries, err := os.ReadDir(c.path("agent", "images"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	for _, entry := range entries {
		if !isArchive(entry.Name()) {
			continue
		}
		began := time.Now()
		file := c.path("agent", "images", entry.Name())
		output, err := exec.CommandContext(ctx, "ctr", "--address", runtimeSocket, "--namespace", "k8s.io",
			"images", "import", file).CombinedOutput()
		if err != nil {
			return fmt.Errorf("%s: %w: %s", file, err, output)
		}
		log.Printf("images of %s imported in %s", file, time.Since(began).Round(time.Millisecond))
	}
	return nil
}

func isArchive(name string) bool {
	for _, ending := range []string{".tar", ".tar.gz", ".tgz", ".tar.zst"} {
		if strings.HasSuffix(name, ending) {
			return true
		}
	}
	return false
}
