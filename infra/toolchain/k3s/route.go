package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"

	"github.com/vishvananda/netlink"
	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
)

const (
	bridge = "cni0"
	// masquerade is called as k3s's own network calls it, so that who removes k3s finds it.
	masquerade = "FLANNEL-POSTRTG"
	// routeProtocol marks the routes that are ours among the kernel's.
	routeProtocol = 213

	forwarding = "/proc/sys/net/ipv4/ip_forward"
)

// networkConfig is the node's CNI configuration: pods on a bridge, their addresses from the node's own range.
const networkConfig = `{
  "cniVersion": "0.4.0",
  "name": "k3s",
  "plugins": [
    {
      "type": "bridge", "bridge": %q, "isGateway": true, "hairpinMode": true,
      "ipam": {"type": "host-local", "ranges": [[{"subnet": %q}]], "routes": [{"dst": "0.0.0.0/0"}]}
    },
    {"type": "portmap", "capabilities": {"portMappings": true}}
  ]
}
`

func (c *Config) networkFolder() string { return c.path("agent", "etc", "cni", "net.d") }

// keepRoutes keeps the pods' network in step with the cluster's nodes: this node's range for its bridge, a route to
// each other node's range by that node's address (all are in one LAN), and what leaves all of these goes as the node.
func keepRoutes(ctx context.Context, client kubernetes.Interface, c *Config) error {
	if err := os.WriteFile(forwarding, []byte("1"), 0o644); err != nil {
		return err
	}
	factory := informers.NewSharedInformerFactory(client, 0)
	nodes := factory.Core().V1().Nodes()
	changed := make(chan struct{}, 1)
	if _, err := nodes.Informer().AddEventHandler(onAnyChange(changed)); err != nil {
		return err
	}
	factory.Start(ctx.Done())
	var last string
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
		list, err := nodes.Lister().List(labels.Everything())
		if err != nil {
			return err
		}
		ranges := podRanges(list)
		if now := fmt.Sprint(ranges); now != last {
			if err := applyNetwork(c, ranges); err != nil {
				return err
			}
			last = now
		}
	}
}

// onAnyChange wakes up a loop that looks at the whole list.
func onAnyChange(changed chan<- struct{}) cache.ResourceEventHandler {
	wake := func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	}
	return cache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { wake() },
		UpdateFunc: func(any, any) { wake() },
		DeleteFunc: func(any) { wake() },
	}
}

// podRange is a node's range of pod addresses.
type podRange struct {
	node, address, pods string
}

// podRanges gives the nodes that have a range and an address, in the order of their names.
func podRanges(nodes []*core.Node) []podRange {
	var ranges []podRange
	for _, node := range nodes {
		if address := internalAddress(node); address != "" && node.Spec.PodCIDR != "" {
			ranges = append(ranges, podRange{node.Name, address, node.Spec.PodCIDR})
		}
	}
	slices.SortFunc(ranges, func(a, b podRange) int { return strings.Compare(a.node, b.node) })
	return ranges
}

func internalAddress(node *core.Node) string {
	for _, address := range node.Status.Addresses {
		if address.Type == core.NodeInternalIP {
			return address.Address
		}
	}
	return ""
}

func applyNetwork(c *Config, ranges []podRange) error {
	own := slices.IndexFunc(ranges, func(r podRange) bool { return r.node == c.NodeName })
	if own < 0 {
		return nil
	}
	log.Printf("the pods' network: %v", ranges)
	file := c.networkFolder() + "/10-k3s.conflist"
	return errors.Join(
		writeFile(file, fmt.Sprintf(networkConfig, bridge, ranges[own].pods), 0o600),
		applyRoutes(c, ranges),
		applyMasquerade(ranges, ranges[own].pods),
	)
}

// applyRoutes makes the routes to other nodes' ranges, and removes those of nodes that are gone.
func applyRoutes(c *Config, ranges []podRange) error {
	var problems []error
	wanted := map[string]bool{}
	for _, r := range ranges {
		if r.node == c.NodeName {
			continue
		}
		_, pods, err := net.ParseCIDR(r.pods)
		if err != nil {
			return err
		}
		wanted[pods.String()] = true
		route := &netlink.Route{Dst: pods, Gw: net.ParseIP(r.address), Protocol: routeProtocol}
		if err := netlink.RouteReplace(route); err != nil {
			problems = append(problems, fmt.Errorf("route to %s by %s: %w", r.pods, r.address, err))
		}
	}
	ours := &netlink.Route{Protocol: routeProtocol}
	there, err := netlink.RouteListFiltered(netlink.FAMILY_V4, ours, netlink.RT_FILTER_PROTOCOL)
	problems = append(problems, err)
	for _, route := range there {
		if !wanted[route.Dst.String()] {
			problems = append(problems, netlink.RouteDel(&route))
		}
	}
	return errors.Join(problems...)
}

// applyMasquerade lets a pod's packets leave under the node's address, except to other pods.
func applyMasquerade(ranges []podRange, own string) error {
	if err := runProgram(masqueradeRules(ranges, own), "iptables-restore", "--wait", "--noflush"); err != nil {
		return err
	}
	jump := []string{"POSTROUTING", "-j", masquerade}
	if runProgram("", "iptables", append([]string{"--wait", "-t", "nat", "-C"}, jump...)...) == nil {
		return nil
	}
	return runProgram("", "iptables", append([]string{"--wait", "-t", "nat", "-A"}, jump...)...)
}

func masqueradeRules(ranges []podRange, own string) string {
	var rules strings.Builder
	fmt.Fprintf(&rules, "*nat\n:%s - [0:0]\n", masquerade)
	for _, r := range ranges {
		fmt.Fprintf(&rules, "-A %s -d %s -j RETURN\n", masquerade, r.pods)
	}
	fmt.Fprintf(&rules, "-A %s -s %s -j MASQUERADE\nCOMMIT\n", masquerade, own)
	return rules.String()
}

func runProgram(input, name string, arguments ...string) error {
	command := exec.Command(name, arguments...)
	command.Stdin = strings.NewReader(input)
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(arguments, " "), err, output)
	}
	return nil
}
