package main

import (
	"context"
	"errors"
	"log"
	"slices"

	core "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
)

// balanceServices gives each Service of type LoadBalancer the addresses of the nodes that are ready, as k3s's servicelb
// does; kube-proxy takes what comes to one of them at the Service's port.
func balanceServices(ctx context.Context, client kubernetes.Interface) error {
	factory := informers.NewSharedInformerFactory(client, 0)
	services, nodes := factory.Core().V1().Services(), factory.Core().V1().Nodes()
	changed := make(chan struct{}, 1)
	_, err := services.Informer().AddEventHandler(onAnyChange(changed))
	_, err2 := nodes.Informer().AddEventHandler(onAnyChange(changed))
	if err := errors.Join(err, err2); err != nil {
		return err
	}
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
		nodeList, err := nodes.Lister().List(labels.Everything())
		if err != nil {
			return err
		}
		serviceList, err := services.Lister().List(labels.Everything())
		if err != nil {
			return err
		}
		addresses := readyAddresses(nodeList)
		for _, service := range serviceList {
			if err := balance(ctx, client, service, addresses); err != nil {
				return err
			}
		}
	}
}

// readyAddresses gives the addresses of the nodes that are ready, in order.
func readyAddresses(nodes []*core.Node) []string {
	var addresses []string
	for _, node := range nodes {
		if address := internalAddress(node); address != "" && isReady(node) {
			addresses = append(addresses, address)
		}
	}
	slices.Sort(addresses)
	return addresses
}

func isReady(node *core.Node) bool {
	return slices.ContainsFunc(node.Status.Conditions, func(condition core.NodeCondition) bool {
		return condition.Type == core.NodeReady && condition.Status == core.ConditionTrue
	})
}

// balance writes the addresses into the Service's status unless they are there. A Service that changed or went away
// meanwhile comes by again.
func balance(ctx context.Context, client kubernetes.Interface, service *core.Service, addresses []string) error {
	if service.Spec.Type != core.ServiceTypeLoadBalancer || service.Spec.LoadBalancerClass != nil {
		return nil
	}
	if slices.Equal(ingressAddresses(service), addresses) {
		return nil
	}
	var ingress []core.LoadBalancerIngress
	for _, address := range addresses {
		ingress = append(ingress, core.LoadBalancerIngress{IP: address})
	}
	service = service.DeepCopy()
	service.Status.LoadBalancer.Ingress = ingress
	_, err := client.CoreV1().Services(service.Namespace).UpdateStatus(ctx, service, meta.UpdateOptions{})
	if apierrors.IsConflict(err) || apierrors.IsNotFound(err) {
		return nil
	}
	log.Printf("service %s/%s is at %v", service.Namespace, service.Name, addresses)
	return err
}

func ingressAddresses(service *core.Service) []string {
	var addresses []string
	for _, ingress := range service.Status.LoadBalancer.Ingress {
		addresses = append(addresses, ingress.IP)
	}
	return addresses
}
