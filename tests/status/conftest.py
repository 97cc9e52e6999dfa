"""A city of two sites that is well, for tests to spoil."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

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


@dataclass
class Bucket:
    """A bucket of backups, which answers listings on the loopback; `output` is how a stack tells of it."""

    port: int
    keys: list[str] = field(default_factory=list)

    @property
    def output(self) -> dict[str, Any]:
        return {
            "site": "64.71.01", "endpoint": f"http://127.0.0.1:{self.port}", "region": "ap-southeast-5",
            "bucket": "backup", "folder": "sites/647101/", "hosts": ["bpn-timur-1"],
            "access_key_id": "LTAI", "access_key_secret": "a-secret", "password": "a-password",
        }  # fmt: skip

    def keep(self, host: str, *, hours: int) -> None:
        """Have a backup of `host` that was begun some hours ago."""
        begun = f"{datetime.now(UTC) - timedelta(hours=hours, minutes=5):%Y%m%dT%H%M%SZ}"
        self.keys.append(f"sites/647101/{host}/record/{begun}.20261101T010000Z.cd4b4c12.json")


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    """Serve what S3 answers to a listing."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            prefix = parse_qs(urlsplit(self.path).query)["prefix"][0]
            listed = "".join(f"<Contents><Key>{key}</Key></Contents>" for key in made.keys if key.startswith(prefix))
            body = f"<ListBucketResult><IsTruncated>false</IsTruncated>{listed}</ListBucketResult>".encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 the base's own
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made = Bucket(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield made
        server.shutdown()
        thread.join()


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
