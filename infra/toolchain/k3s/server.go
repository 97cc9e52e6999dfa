package main

import (
	"context"
	"errors"
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

	// The datastore is alone: its peers' port is only there because etcd insists.
	localPeer = "http://127.0.0.1:2380"
	etcdName  = "default"
)

// runServer starts the control plane and, unless it is told not to, a node beside it.
func runServer(c *Config, parts *supervisor) error {
	log.Printf("the server of %s starts", c.NodeName)
	if c.ClusterReset {
		return resetCluster(c, parts)
	}
	if err := os.RemoveAll(c.resetMark()); err != nil {
		return err
	}
	p := c.tls()
	if err := startEtcd(c, p, parts); err != nil {
		return err
	}
	store, err := openDatastore(parts.ctx, p)
	if err != nil {
		return err
	}
	t, err := settle(parts.ctx, c, store)
	if err != nil {
		return err
	}
	if err := startControlPlane(c, p, parts); err != nil {
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
	parts.run("passwords", func(ctx context.Context) error { return ownPasswords(ctx, client) })
	answers := &registration{config: c, pki: p, client: client, store: store, secret: t.secret}
	parts.run("registration", answers.serve)
	if !c.DisableAgent {
		own := *c
		own.Server = localAPI
		if err := startNode(&own, t, parts); err != nil {
			return err
		}
	}
	return notifyReady(c)
}

// settle makes sure that server, token and datastore are of one cluster, and of all that the control plane shows.
func settle(ctx context.Context, c *Config, store datastore) (token, error) {
	t, err := ownToken(c)
	if err != nil {
		return t, err
	}
	kept, err := loadBootstrap(ctx, store, c.path("server"), t.secret)
	if err != nil {
		return t, err
	}
	p, err := makePKI(c)
	if err != nil {
		return t, err
	}
	authority, err := os.ReadFile(p.cert(serverAuthority))
	if err != nil {
		return t, err
	}
	t.authority = digestOf(authority)
	if err := writeToken(c, t); err != nil {
		return t, err
	}
	if c.SecretsEncryption {
		if err := keepEncryption(c.encryptionFile()); err != nil {
			return t, err
		}
	}
	if kept {
		return t, nil
	}
	return t, saveBootstrap(ctx, store, c.path("server"), t.secret)
}

func startControlPlane(c *Config, p pki, parts *supervisor) error {
	flags := apiServerFlags(c, p)
	if c.SecretsEncryption {
		flags = append(flags, "--encryption-provider-config="+c.encryptionFile())
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

func (c *Config) etcdFolder() string { return c.path("server", "db", "etcd") }

func startEtcd(c *Config, p pki, parts *supervisor) error {
	folder := c.etcdFolder()
	if err := errors.Join(makeEtcdPKI(p), os.MkdirAll(folder, 0o700)); err != nil {
		return err
	}
	return parts.start("etcd", "etcd",
		"--name="+etcdName,
		"--data-dir="+folder,
		"--listen-client-urls="+localEtcd, "--advertise-client-urls="+localEtcd,
		"--client-cert-auth", "--trusted-ca-file="+p.cert(etcdAuthority),
		"--cert-file="+p.cert(servingEtcd), "--key-file="+p.key(servingEtcd),
		"--listen-peer-urls="+localPeer, "--initial-advertise-peer-urls="+localPeer,
		"--initial-cluster="+etcdName+"="+localPeer,
		"--auto-compaction-retention=1", "--logger=zap", "--log-level=warn",
	)
}

func apiServerFlags(c *Config, p pki) []string {
	return []string{
		"--advertise-address=" + c.NodeIP, "--secure-port=" + apiPort,
		"--etcd-servers=" + localEtcd,
		"--etcd-cafile=" + p.cert(etcdAuthority),
		"--etcd-certfile=" + p.cert(servingEtcd), "--etcd-keyfile=" + p.key(servingEtcd),
		"--client-ca-file=" + p.cert(clientAuthority),
		"--tls-cert-file=" + p.cert(servingAPI), "--tls-private-key-file=" + p.key(servingAPI),
		"--kubelet-certificate-authority=" + p.cert(serverAuthority),
		"--kubelet-client-certificate=" + p.cert(clientAPI), "--kubelet-client-key=" + p.key(clientAPI),
		"--kubelet-preferred-address-types=InternalIP",
		"--service-account-issuer=https://kubernetes.default.svc." + clusterDomain,
		"--service-account-key-file=" + p.key(serviceAccount),
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
		"--root-ca-file=" + p.cert(serverAuthority),
		"--service-account-private-key-file=" + p.key(serviceAccount),
		"--cluster-signing-cert-file=" + p.cert(clientAuthority), "--cluster-signing-key-file=" + p.key(clientAuthority),
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
