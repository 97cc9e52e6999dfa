"""A city of two sites that is well, for tests to spoil."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from status.world import ALICLOUD, HELM, PULUMI, Cluster, World, node, pod, release, serve


@dataclass
class City:
    """A city whose stack is `outputs`; what a test changes there counts when `gather` reads it."""

    world: World
    cloud: Cluster
    office: Cluster
    outputs: dict[str, Any]
    releases: list[dict[str, str]] = field(default_factory=list)
    more: list[dict[str, Any]] = field(default_factory=list)

    def save(self) -> None:
        """Let pulumi answer with `outputs`, `releases` and `more` resources as they are now."""
        types = ["pulumi:pulumi:Stack", ALICLOUD, ALICLOUD, "simpul:edge:Host"]
        self.world.set_stack(self.outputs, types, self.releases, self.more)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    made = World(tmp_path)
    made.install("pulumi", PULUMI)
    made.install("helm", HELM)
    monkeypatch.setenv("PATH", f"{tmp_path / 'programs'}{os.pathsep}/usr/bin{os.pathsep}/bin")
    return made


@pytest.fixture
def city(world: World) -> Iterator[City]:
    with serve() as cloud, serve() as office, socket.create_server(("127.0.0.1", 0)) as door:
        cloud.nodes, cloud.pods = [node("10.213.0.12")], [pod("Running", ready=True), pod("Succeeded", ready=False)]
        office.nodes, office.pods = [node("127.0.0.1")], [pod("Running", ready=True)]
        host = {"name": "bpn-timur-1", "address": "127.0.0.1", "port": door.getsockname()[1], "state": "ready"}
        outputs = {
            "city": {"name": "Balikpapan", "wilayah": "64.71"},
            "cloud": {"region": "ap-southeast-5"},
            "sites": [{"code": "64.71.01", "name": "Balikpapan Timur", "address": "127.0.0.1", "hosts": [host]}],
            "clusters": [
                {"name": "simpul-6471", "site": None, "kubeconfig": cloud.kubeconfig},
                {"name": "simpul-647101", "site": "64.71.01", "kubeconfig": office.kubeconfig},
            ],
            "endpoints": [],
        }
        made = City(world, cloud, office, outputs)
        made.save()
        world.set_releases("simpul-6471", release("messaging"))
        world.set_releases("simpul-647101", release("messaging"), release("storage"))
        yield made
