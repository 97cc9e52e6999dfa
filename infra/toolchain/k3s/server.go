package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"strconv"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

const (
	clusterDomain = "cluster.local"
	localAPI      = "https://127.0.0.1:" + apiPort
	localEtcd     = "https://127.0.0.1:2379"
)

// runServer starts the control plane and, unless it is told not to, a node beside it.
func runServer(c *Config, parts *supervisor) error {
	log.Printf("the server of %s starts", c.NodeName)
	p, err := makePKI(c)
	if err != nil {
		return err
	}
	authority, err := os.ReadFile(p.cert(clusterAuthority))
	if err != nil {
		return err
	}
	tokens, err := keepToken(c, authority)
	if err != nil {
		return err
	}
	if err := startControlPlane(c, p, tokens, parts); err != nil {
		return err
	}
	if err := writeManifests(c); err != nil {
		return err
	}
	client, err := connect(c.Kubeconfig)
	if err != nil {
		return err
	}
	// A node asks for these rights when it starts; with the other manifests they would come seconds late.
	if file := c.path("server", "manifests", "rolebindings.yaml"); !applyManifest(parts.ctx, c, file) {
		return fmt.Errorf("%s can't be applied", file)
	}
	parts.run("manifests", func(ctx context.Context) error { return deployManifests(ctx, c) })
	if !c.disables("servicelb") {
		parts.run("servicelb", func(ctx context.Context) error { return balanceServices(ctx, client) })
	}
	if !c.DisableAgent {
		if err := writeFile(c.authorityFile(), string(authority), 0o644); err != nil {
			return err
		}
		if err := startNode(c, parts); err != nil {
			return err
		}
	}
	return notifyReady(c)
}

func startControlPlane(c *Config, p pki, tokens string, parts *supervisor) error {
	if err := startEtcd(c, p, parts); err != nil {
		return err
	}
	flags := apiServerFlags(c, p, tokens)
	if c.SecretsEncryption {
		file := c.path("server", "cred", "encryption-config.yaml")
		if err := keepEncryption(file); err != nil {
			return err
		}
		flags = append(flags, "--encryption-provider-config="+file)
	}
	if err := parts.startComponent("kube-apiserver", flags...); err != nil {
		return err
	}
	if err := waitForAPI(parts.ctx, c.Kubeconfig); err != nil {
		return err
	}
	if err := parts.startComponent("kube-controller-manager", controllerFlags(c, p)...); err != nil {
		return err
	}
	return parts.startComponent("kube-scheduler",
		"--kubeconfig="+c.path("server", "cred", "scheduler.kubeconfig"),
		"--bind-address=127.0.0.1",
		"--leader-elect=false",
		"--profiling=false",
	)
}

func startEtcd(c *Config, p pki, parts *supervisor) error {
	folder := c.path("server", "db", "etcd")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	return parts.start("etcd", "etcd",
		"--name=default",
		"--data-dir="+folder,
		"--listen-client-urls="+localEtcd, "--advertise-client-urls="+localEtcd,
		"--client-cert-auth", "--trusted-ca-file="+p.cert(etcdAuthority),
		"--cert-file="+p.cert("etcd"), "--key-file="+p.key("etcd"),
		// It is alone: its peers' port is only there because etcd insists.
		"--listen-peer-urls=http://127.0.0.1:2380", "--initial-advertise-peer-urls=http://127.0.0.1:2380",
		"--initial-cluster=default=http://127.0.0.1:2380",
		"--auto-compaction-retention=1", "--logger=zap", "--log-level=warn",
	)
}

func apiServerFlags(c *Config, p pki, tokens string) []string {
	return []string{
		"--advertise-address=" + c.NodeIP, "--secure-port=" + apiPort,
		"--etcd-servers=" + localEtcd,
		"--etcd-cafile=" + p.cert(etcdAuthority), "--etcd-certfile=" + p.cert("etcd"), "--etcd-keyfile=" + p.key("etcd"),
		"--client-ca-file=" + p.cert(clusterAuthority), "--token-auth-file=" + tokens,
		"--tls-cert-file=" + p.cert("apiserver"), "--tls-private-key-file=" + p.key("apiserver"),
		"--kubelet-client-certificate=" + p.cert("apiserver-kubelet"),
		"--kubelet-client-key=" + p.key("apiserver-kubelet"),
		"--kubelet-preferred-address-types=InternalIP",
		"--service-account-issuer=https://kubernetes.default.svc." + clusterDomain,
		"--service-account-key-file=" + p.folder + "/" + serviceAccount + ".pub",
		"--service-account-signing-key-file=" + p.key(serviceAccount),
		"--service-cluster-ip-range=" + c.ServiceCIDR,
		"--authorization-mode=Node,RBAC", "--enable-admission-plugins=NodeRestriction",
		"--allow-privileged", "--profiling=false",
	}
}

func controllerFlags(c *Config, p pki) []string {
	return []string{
		"--kubeconfig=" + c.path("server", "cred", "controller.kubeconfig"),
		"--bind-address=127.0.0.1",
		"--allocate-node-cidrs", "--cluster-cidr=" + c.ClusterCIDR, "--service-cluster-ip-range=" + c.ServiceCIDR,
		"--root-ca-file=" + p.cert(clusterAuthority),
		"--service-account-private-key-file=" + p.key(serviceAccount),
		"--cluster-signing-cert-file=" + p.cert(clusterAuthority), "--cluster-signing-key-file=" + p.key(clusterAuthority),
		// Each controller acts under an account of its own, with the rights that it needs.
		"--use-service-account-credentials",
		"--leader-elect=false", "--profiling=false",
	}
}

// connect makes a client of the API.
func connect(kubeconfig string) (*kubernetes.Clientset, error) {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, err
	}
	return kubernetes.NewForConfig(config)
}

// waitForAPI waits until the API says that it is ready.
func waitForAPI(ctx context.Context, kubeconfig string) error {
	client, err := connect(kubeconfig)
	if err != nil {
		return err
	}
	return wait.PollUntilContextCancel(ctx, 200*time.Millisecond, true, func(ctx context.Context) (bool, error) {
		_, err := client.RESTClient().Get().AbsPath("/readyz").DoRaw(ctx)
		return err == nil, nil
	})
}

// notifyReady gives the kubeconfig its mode and tells systemd that the unit is up.
func notifyReady(c *Config) error {
	if c.Role == roleServer {
		mode, err := strconv.ParseUint(c.KubeconfigMode, 8, 12)
		if err != nil {
			return err
		}
		if err := os.Chmod(c.Kubeconfig, os.FileMode(mode)); err != nil {
			return err
		}
	}
	log.Printf("%s is up", c.NodeName)
	if _, err := daemon.SdNotify(false, daemon.SdNotifyReady); err != nil {
		return fmt.Errorf("systemd: %w", err)
	}
	return nil
}
