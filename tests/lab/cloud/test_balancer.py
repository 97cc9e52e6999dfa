"""The loop that lets load balancers serve, against a small HTTP server that answers as a cluster's API would."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml

from lab.cloud.client import Client, serve
from lab.cloud.estate import BALANCER, build
from lab.cloud.fake import FakeBacking
from simpul.lab.cloud.cluster.balancer import ANNOTATION, Balancer


@dataclass
class Kubernetes:
    """What the cluster's API has: Services, nodes and where pods run."""

    services: list[dict[str, Any]] = field(default_factory=list)
    nodes: list[dict[str, Any]] = field(default_factory=list)
    slices: list[dict[str, Any]] = field(default_factory=list)
    address: str = ""

    def node(self, name: str, *, ready: bool = True) -> None:
        """Add a node."""
        condition = {"type": "Ready", "status": "True" if ready else "False"}
        self.nodes.append({"metadata": {"name": name}, "status": {"conditions": [condition]}})

    def service(self, balancer: str, policy: str = "Cluster", kind: str = "LoadBalancer") -> None:
        """Add a Service that names a balancer."""
        metadata = {"name": "hub", "namespace": "messaging", "annotations": {ANNOTATION: balancer}}
        spec = {"type": kind, "externalTrafficPolicy": policy}
        self.services.append({"metadata": metadata, "spec": spec, "status": {"loadBalancer": {}}})

    def ingress(self) -> list[dict[str, Any]]:
        """Give where the first Service is reached, as its status says."""
        found: list[dict[str, Any]] = self.services[0]["status"]["loadBalancer"].get("ingress", [])
        return found


@pytest.fixture
def kubernetes() -> Iterator[Kubernetes]:
    state = Kubernetes()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            lists = {"/services": state.services, "/nodes": state.nodes, "/endpointslices": state.slices}
            path = self.path.partition("?")[0]
            self.answer({"items": next(items for end, items in lists.items() if path.endswith(end))})

        def do_PATCH(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state.services[0]["status"] = body["status"]
            self.answer(state.services[0])

        def answer(self, document: dict[str, Any]) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(document).encode())

        def log_message(self, *arguments: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    state.address = f"http://127.0.0.1:{server.server_port}"
    yield state
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class Scene:
    """A cloud with a cluster of two nodes, and the loop that looks after it."""

    cloud: Client
    backing: FakeBacking
    balancer: Balancer
    id: str
    address: str
    nodes: list[str]


@pytest.fixture
def scene(kubernetes: Kubernetes, tmp_path: Path) -> Iterator[Scene]:
    document = {
        "apiVersion": "v1", "kind": "Config", "current-context": "a", "users": [{"name": "a", "user": {}}],
        "clusters": [{"name": "a", "cluster": {"server": kubernetes.address}}],
        "contexts": [{"name": "a", "context": {"cluster": "a", "user": "a"}}],
    }  # fmt: skip
    backing = FakeBacking(reaches=yaml.safe_dump(document))
    with serve(tmp_path / "state", backing) as cloud:
        made = build(cloud)[BALANCER]
        nodes = sorted(name for name in backing.running if not name.endswith("-0"))
        yield Scene(cloud, backing, Balancer(cloud.estate), made.id, made.outputs["address"], nodes)


def test_a_ready_node_answers_and_the_service_says_where(scene: Scene, kubernetes: Kubernetes) -> None:
    kubernetes.node(scene.nodes[0], ready=False)
    kubernetes.node(scene.nodes[1])
    kubernetes.service(scene.id)
    scene.balancer.look()
    assert scene.backing.held == {scene.nodes[1]: {scene.address}}
    assert kubernetes.ingress() == [{"ip": scene.address}]


def test_the_address_moves_from_a_node_that_fails_and_not_back(scene: Scene, kubernetes: Kubernetes) -> None:
    for name in scene.nodes:
        kubernetes.node(name)
    kubernetes.service(scene.id)
    scene.balancer.look()
    assert scene.backing.held[scene.nodes[0]] == {scene.address}
    kubernetes.nodes[0]["status"]["conditions"][0]["status"] = "Unknown"
    scene.balancer.look()
    kubernetes.nodes[0]["status"]["conditions"][0]["status"] = "True"
    scene.balancer.look()
    assert scene.backing.held == {scene.nodes[0]: set(), scene.nodes[1]: {scene.address}}


def test_local_traffic_goes_to_a_node_that_runs_the_pods(scene: Scene, kubernetes: Kubernetes) -> None:
    for name in scene.nodes:
        kubernetes.node(name)
    endpoint = {"addresses": ["10.65.1.2"], "conditions": {"ready": True}, "nodeName": scene.nodes[1]}
    kubernetes.slices.append({"addressType": "IPv4", "endpoints": [endpoint]})
    kubernetes.service(scene.id, policy="Local")
    scene.balancer.look()
    assert scene.backing.held == {scene.nodes[1]: {scene.address}}


def test_a_service_that_goes_frees_the_address(scene: Scene, kubernetes: Kubernetes) -> None:
    kubernetes.node(scene.nodes[0])
    kubernetes.service(scene.id)
    scene.balancer.look()
    kubernetes.services.clear()
    scene.balancer.look()
    assert scene.backing.held == {scene.nodes[0]: set()}


@pytest.mark.parametrize(("kind", "balancer"), [("ClusterIP", None), ("LoadBalancer", "lb-none")])
def test_other_services_are_left_alone(scene: Scene, kubernetes: Kubernetes, kind: str, balancer: str | None) -> None:
    kubernetes.node(scene.nodes[0])
    kubernetes.service(balancer or scene.id, kind=kind)
    scene.balancer.look()
    assert scene.backing.held == {}
    assert kubernetes.ingress() == []


def test_a_cluster_that_does_not_answer_is_told_of_once_and_looked_at_again(
    scene: Scene, kubernetes: Kubernetes
) -> None:
    told: list[str] = []
    scene.cloud.estate.progress = told.append
    scene.backing.reaches = scene.backing.reaches.replace(kubernetes.address, "http://127.0.0.1:9")
    scene.balancer.look()
    scene.balancer.look()
    assert len(told) == 1
    assert told[0].startswith("bpn-6471 doesn't answer: ")
