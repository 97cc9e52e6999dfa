"""The cloud's side of a Service of type LoadBalancer.

In: Services that name one of the cloud's load balancers. Out: a ready node answers for the balancer's address, and
the Service's status has it, so that kube-proxy serves it there. A thread looks every few seconds.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from threading import Event, Thread
from typing import Any, Final

import yaml
from kubernetes import client, config
from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

from simpul.errors import OutsideError
from simpul.lab.cloud.cluster.backing import Backing
from simpul.lab.cloud.estate import Estate
from simpul.lab.cloud.product import cs
from simpul.lab.cloud.product.slb import BALANCER
from simpul.lab.cloud.store import READY, Record

ANNOTATION: Final = "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-id"
PERIOD: Final = 2.0
TIMEOUT: Final = 5


class Balancer:
    """Lets load balancers serve what the clusters ask them to."""

    def __init__(self, estate: Estate) -> None:
        """Look after the clusters of `estate`."""
        self._estate = estate
        self._end = Event()
        self._unheard: set[str] = set()
        self._thread = Thread(target=self._run, name="balancer", daemon=True)

    def start(self) -> None:
        """Begin, if there are clusters to look after at all."""
        if self._estate.clusters is not None:
            self._thread.start()

    def stop(self) -> None:
        """End, once the look that is under way is done."""
        self._end.set()
        if self._thread.is_alive():
            self._thread.join()

    def look(self) -> None:
        """Bring nodes and Services in line, once. A cluster that doesn't answer is left for the next look."""
        clusters = self._estate.clusters
        if clusters is None:
            return
        held: dict[str, str] = {}
        unheard: dict[str, str] = {}
        for record in self._estate.store.all(cs.CLUSTER):
            if record.state == READY and record.behind["machines"]:
                try:
                    held |= self._serve(clusters, record)
                except (ApiException, HTTPError, OutsideError) as error:
                    unheard[record.outputs["name"]] = str(error)
        for name in unheard.keys() - self._unheard:
            self._estate.progress(f"{name} doesn't answer: {unheard[name]}")
        self._unheard = set(unheard)
        if not unheard:
            self._release(clusters, held)

    def _run(self) -> None:
        while not self._end.wait(PERIOD):
            try:
                self.look()
            except Exception:  # noqa: BLE001 as it says
                traceback.print_exc()  # the next look may do better; a thread that ends serves nobody

    def _serve(self, clusters: Backing, record: Record) -> dict[str, str]:
        """Serve one cluster's Services; give which node holds which balancer."""
        kubeconfig = yaml.safe_load(clusters.kubeconfig(cs.cluster(record)))
        held: dict[str, str] = {}
        with config.new_client_from_config_dict(kubeconfig) as api:
            core = client.CoreV1Api(api)
            services = core.list_service_for_all_namespaces(_request_timeout=TIMEOUT).items
            asking = [each for each in services if each.spec.type == "LoadBalancer" and _balancer(each)]
            ready = _ready(core.list_node(_request_timeout=TIMEOUT).items) if asking else []
            for service in asking:
                balancer = self._estate.store.get(BALANCER, _balancer(service))
                fit = _fit(client.DiscoveryV1Api(api), service, ready)
                if balancer is None or not fit:
                    continue
                held[balancer.id] = self._hold(clusters, balancer, fit)
                _publish(core, service, balancer.outputs["address"])
        return held

    def _hold(self, clusters: Backing, balancer: Record, fit: list[str]) -> str:
        """Let one of the nodes that fit answer for the balancer, the one that does so already if it can."""
        before = balancer.behind.get("node")
        node = str(before if before in fit else fit[0])
        if node != before:
            self._move(clusters, balancer, node)
        else:
            clusters.hold(node, balancer.outputs["address"])  # it may have been booted since
        return node

    def _release(self, clusters: Backing, held: dict[str, str]) -> None:
        for balancer in self._estate.store.all(BALANCER):
            if balancer.behind.get("node") and balancer.id not in held:
                self._move(clusters, balancer, "")

    def _move(self, clusters: Backing, balancer: Record, node: str) -> None:
        before, address = balancer.behind.get("node"), balancer.outputs["address"]
        if before and self._lives(before):
            clusters.release(before, address)
        if node:
            clusters.hold(node, address)
        with self._estate.store.change():
            now = self._estate.store.get(BALANCER, balancer.id)
            if now is not None:
                now.behind["node"] = node
                self._estate.store.put(now)

    def _lives(self, node: str) -> bool:
        machines = (each for pool in self._estate.store.all(cs.POOL) for each in pool.behind["machines"])
        return any(each["name"] == node for each in machines)


def _balancer(service: Any) -> str:
    return str((service.metadata.annotations or {}).get(ANNOTATION, ""))


def _ready(nodes: Iterable[Any]) -> list[str]:
    return sorted(
        node.metadata.name
        for node in nodes
        if any(each.type == "Ready" and each.status == "True" for each in node.status.conditions or ())
    )


def _fit(discovery: Any, service: Any, ready: list[str]) -> list[str]:
    """Give the nodes that can answer: where traffic must stay local, only those that run the Service's pods."""
    if service.spec.external_traffic_policy != "Local":
        return ready
    label = f"kubernetes.io/service-name={service.metadata.name}"
    slices = discovery.list_namespaced_endpoint_slice(
        service.metadata.namespace, label_selector=label, _request_timeout=TIMEOUT
    ).items
    running = {each.node_name for part in slices for each in part.endpoints or () if each.conditions.ready}
    return [each for each in ready if each in running]


def _publish(core: Any, service: Any, address: str) -> None:
    ingress = service.status.load_balancer.ingress or []
    if [each.ip for each in ingress] == [address]:
        return
    status = {"status": {"loadBalancer": {"ingress": [{"ip": address}]}}}
    name, namespace = service.metadata.name, service.metadata.namespace
    core.patch_namespaced_service_status(name, namespace, status, _request_timeout=TIMEOUT)
