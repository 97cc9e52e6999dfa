package main

import (
	"context"
	"log"
	"os"

	"sigs.k8s.io/yaml"
)

// runAgent joins a server's cluster with a node.
func runAgent(c *Config, parts *supervisor) error {
	log.Printf("the agent of %s starts", c.NodeName)
	t, err := parseToken(c.Token)
	if err != nil {
		return err
	}
	if err := startNode(c, t, parts); err != nil {
		return err
	}
	return notifyReady(c)
}

// startNode registers a node and starts what it has: a container runtime with the images at hand, kubelet, kube-proxy
// and the routes to other nodes.
func startNode(c *Config, t token, parts *supervisor) error {
	if err := join(parts.ctx, c, t); err != nil {
		return err
	}
	if err := startContainerd(c, parts); err != nil {
		return err
	}
	if err := importImages(parts.ctx, c); err != nil {
		return err
	}
	if err := startKubelet(c, parts); err != nil {
		return err
	}
	if err := startProxy(c, parts); err != nil {
		return err
	}
	client, err := connect(c.kubeletIdentity())
	if err != nil {
		return err
	}
	parts.run("routes", func(ctx context.Context) error { return keepRoutes(ctx, client, c) })
	return nil
}

func startKubelet(c *Config, parts *supervisor) error {
	file := c.path("agent", "etc", "kubelet.yaml")
	if err := writeYAML(file, kubeletConfiguration(c)); err != nil {
		return err
	}
	flags := []string{
		"--config=" + file, "--kubeconfig=" + c.kubeletIdentity(),
		"--hostname-override=" + c.NodeName, "--node-ip=" + c.NodeIP, "--cert-dir=" + c.path("agent", "pki"),
		"--tls-cert-file=" + c.nodeFile("serving-kubelet.crt"),
		"--tls-private-key-file=" + c.nodeFile("serving-kubelet.key"),
	}
	for _, label := range c.NodeLabels {
		flags = append(flags, "--node-labels="+label)
	}
	return parts.startComponent("kubelet", flags...)
}

func kubeletConfiguration(c *Config) map[string]any {
	return map[string]any{
		"apiVersion": "kubelet.config.k8s.io/v1beta1",
		"kind":       "KubeletConfiguration",
		"authentication": map[string]any{
			"anonymous": map[string]any{"enabled": false},
			"x509":      map[string]any{"clientCAFile": c.nodeFile("client-ca.crt")},
		},
		"containerRuntimeEndpoint": "unix://" + runtimeSocket,
		"cgroupDriver":             "cgroupfs",
		"failCgroupV1":             false,
		"failSwapOn":               false,
		"clusterDomain":            clusterDomain,
		"clusterDNS":               []string{c.ClusterDNS},
		"resolvConf":               resolvConf(),
		"volumePluginDir":          c.path("agent", "libexec", "kubelet-plugins"),
		// What a node does at startup it does within seconds; when nothing changes it says so once a minute.
		"nodeStatusUpdateFrequency": "2s",
		"nodeStatusReportFrequency": "1m",
		"serializeImagePulls":       false,
		// The images came with the bundle and nobody could bring them again.
		"imageGCHighThresholdPercent": 100,
		"evictionHard":                map[string]string{"nodefs.available": "1%", "imagefs.available": "1%"},
		"healthzBindAddress":          "127.0.0.1",
		"enableProfilingHandler":      false,
	}
}

// resolvConf names the host's resolver file, if it has one: the kubelet gives its lines to pods that ask for them.
func resolvConf() string {
	const file = "/etc/resolv.conf"
	if _, err := os.Stat(file); err != nil {
		return ""
	}
	return file
}

func startProxy(c *Config, parts *supervisor) error {
	file := c.path("agent", "etc", "kube-proxy.yaml")
	err := writeYAML(file, map[string]any{
		"apiVersion":         "kubeproxy.config.k8s.io/v1alpha1",
		"kind":               "KubeProxyConfiguration",
		"mode":               "iptables",
		"hostnameOverride":   c.NodeName,
		"clientConnection":   map[string]any{"kubeconfig": c.kubeletIdentity()},
		"healthzBindAddress": "127.0.0.1:10256",
		"metricsBindAddress": "127.0.0.1:10249",
		// The size of the connection table is the kernel's, not a container's.
		"conntrack": map[string]any{"maxPerCore": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"},
		// Pods that come from elsewhere than this node's bridge are local to another node.
		"detectLocalMode": "BridgeInterface",
		"detectLocal":     map[string]any{"bridgeInterface": bridge},
	})
	if err != nil {
		return err
	}
	return parts.startComponent("kube-proxy", "--config="+file)
}

func writeYAML(file string, value any) error {
	text, err := yaml.Marshal(value)
	if err != nil {
		return err
	}
	return writeFile(file, string(text), 0o600)
}
