// Coredns is CoreDNS with the plugins that a lab's cluster configures, and no other.
//
// With all of its plugins it consists of twice the packages, the libraries of four clouds among them. A Corefile that
// names another plugin needs it here first.
package main

import (
	"github.com/coredns/coredns/coremain"
	_ "github.com/coredns/coredns/plugin/cache"
	_ "github.com/coredns/coredns/plugin/errors"
	_ "github.com/coredns/coredns/plugin/health"
	_ "github.com/coredns/coredns/plugin/kubernetes"
	_ "github.com/coredns/coredns/plugin/loadbalance"
	_ "github.com/coredns/coredns/plugin/ready"
)

func main() {
	coremain.Run()
}
