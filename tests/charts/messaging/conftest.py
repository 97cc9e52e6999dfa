"""A hub and two leaves on loopback, run with what the chart renders: the parts that the tests below are made of."""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from simpul.lab.image import gather
from simpul.project import CHARTS

CHART = CHARTS / "messaging"
SITES = ("647101", "647102")
PASSWORD = "a-password-of-the-tests"
PORTS = {"nats": 4222, "mqtt": 8883, "leaf": 7422, "monitor": 8222}


def wait(until: Callable[[], bool], what: str, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, f"waited {seconds} s for {what}"
        time.sleep(0.05)


def render(*arguments: str, values: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    command = ["helm", "template", "messaging", str(CHART), "--values", "-", *arguments]
    return subprocess.run(command, input=yaml.safe_dump(values), text=True, capture_output=True, check=False)


def objects(values: dict[str, Any]) -> list[dict[str, Any]]:
    done = render(values=values)
    assert done.returncode == 0, done.stderr
    return [made for made in yaml.safe_load_all(done.stdout) if made]


def secret(made: list[dict[str, Any]], name: str) -> dict[str, str]:
    [found] = [one for one in made if one["kind"] == "Secret" and one["metadata"]["name"] == name]
    return {key: base64.b64decode(value).decode() for key, value in found["data"].items()}


@pytest.fixture(scope="session")
def tls() -> dict[str, str]:
    """An authority and a certificate for 127.0.0.1, as the chart's `tls` value."""
    key, server = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
    leaf = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "server")])
    now = datetime.now(UTC)

    def sign(subject: x509.Name, public: ec.EllipticCurvePublicKey, extension: x509.ExtensionType) -> str:
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(name).public_key(public)
        builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(hours=1))
        builder = builder.not_valid_after(now + timedelta(hours=1)).add_extension(extension, critical=True)
        signed = builder.sign(key, hashes.SHA256())
        return signed.public_bytes(serialization.Encoding.PEM).decode()

    pkcs8, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return {
        "ca": sign(name, key.public_key(), x509.BasicConstraints(ca=True, path_length=0)),
        "certificate": sign(
            leaf, server.public_key(), x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
        ),
        "key": server.private_bytes(serialization.Encoding.PEM, pkcs8, plain).decode(),
    }


@dataclass
class Server:
    """One pod's worth: the programs of the image, with the rendered configuration on ports of its own."""

    programs: Path
    folder: Path
    values: dict[str, Any]
    ports: dict[str, int]
    process: subprocess.Popen[bytes] | None = None

    def write(self) -> None:
        made = objects(self.values)
        configuration = secret(made, "messaging-configuration")
        text = configuration["nats.conf"].replace("/data", f"{self.folder}/data")
        text = text.replace("/etc/nats/certificate", f"{self.folder}/certificate").replace("0.0.0.0", "127.0.0.1")
        for name, port in PORTS.items():
            text = text.replace(f"port: {port}\n", f'host: "127.0.0.1"\nport: {self.ports[name]}\n')
        text = text.replace("127.0.0.1:8222", f"127.0.0.1:{self.ports['monitor']}")
        (self.folder / "certificate").mkdir(exist_ok=True)
        for name, content in secret(made, "messaging-certificate").items():
            (self.folder / "certificate" / name).write_text(content)
        (self.folder / "nats.conf").write_text(text)
        (self.folder / "streams.json").write_text(configuration["streams.json"])

    def start(self) -> None:
        """Do what the pod does: the streams first, then the server."""
        files = [str(self.folder / "nats.conf"), str(self.folder / "streams.json")]
        done = subprocess.run([self.programs / "streams", *files], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        log = (self.folder / "log").open("ab")
        self.process = subprocess.Popen([self.programs / "nats-server", "-c", files[0]], stdout=log, stderr=log)
        log.close()
        wait(self.is_well, f"{self.folder.name} to be healthy")

    def is_well(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.folder / "log").read_text()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.ports['monitor']}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def monitor(self, path: str) -> dict[str, Any]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.ports['monitor']}/{path}", timeout=5) as answer:
            found: dict[str, Any] = json.load(answer)
            return found

    def stored(self, stream: str = "REPORTS") -> int:
        for account in self.monitor("jsz?streams=true")["account_details"]:
            for one in account["stream_detail"]:
                if one["name"] == stream:
                    return int(one["state"]["messages"])
        pytest.fail(f"{self.folder.name} has no stream {stream}")

    def end(self, how: signal.Signals = signal.SIGKILL) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(30)
            self.process = None


@dataclass
class Uplink:
    """A wire between a leaf and its hub, which can be cut and mended."""

    target: int
    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    ends: list[socket.socket] = field(default_factory=list)
    whole: bool = True

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    def serve(self) -> None:
        while True:
            try:
                near, _ = self.listener.accept()
                far = socket.create_connection(("127.0.0.1", self.target)) if self.whole else None
            except ConnectionRefusedError:
                near.close()
                continue
            except OSError:
                return
            if far is None:
                near.close()
                continue
            self.ends += [near, far]
            for pair in ((near, far), (far, near)):
                threading.Thread(target=self.carry, args=pair, daemon=True).start()

    @staticmethod
    def carry(source: socket.socket, sink: socket.socket) -> None:
        try:
            while part := source.recv(65536):
                sink.sendall(part)
        except OSError:
            pass
        for end in (source, sink):
            end.close()

    def cut(self) -> None:
        self.whole = False
        for end in self.ends:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        self.ends.clear()

    def mend(self) -> None:
        self.whole = True


@dataclass
class City:
    hub: Server
    leaves: dict[str, Server]
    uplinks: dict[str, Uplink]

    def are_linked(self) -> bool:
        return int(self.hub.monitor("leafz")["leafnodes"]) == len(self.leaves)


def free_ports() -> dict[str, int]:
    held = {name: socket.create_server(("127.0.0.1", 0)) for name in PORTS}
    ports = {name: int(one.getsockname()[1]) for name, one in held.items()}
    for one in held.values():
        one.close()
    return ports


@pytest.fixture(scope="session")
def programs() -> Path:
    """The image's own programs, from its recipe: what the lab builds, out of the lab's cache."""
    return gather(CHART / "image", print) / "bin"


@pytest.fixture
def city(programs: Path, tls: dict[str, str], tmp_path: Path) -> Iterator[City]:
    """A hub and two leaves that run and are linked."""
    common = {"image": "registry.example/messaging:1", "tls": tls, "storage": {"gib": 1}}
    common["users"] = {"reporter": {"password": PASSWORD}}

    def server(name: str, **values: Any) -> Server:
        (tmp_path / name).mkdir()
        made = Server(programs, tmp_path / name, {**common, **values}, free_ports())
        made.write()
        made.start()
        return made

    running: list[Server] = []
    uplinks: dict[str, Uplink] = {}
    try:
        sites = {slug: {"password": f"{PASSWORD}-{slug}"} for slug in SITES}
        running.append(hub := server("hub", role="hub", domain="hub", sites=sites))
        leaves = {}
        for slug in SITES:
            uplinks[slug] = Uplink(hub.ports["leaf"])
            threading.Thread(target=uplinks[slug].serve, daemon=True).start()
            way = {"url": f"tls://127.0.0.1:{uplinks[slug].port}", "password": f"{PASSWORD}-{slug}"}
            running.append(leaf := server(slug, role="leaf", domain=slug, hub=way))
            leaves[slug] = leaf
        made = City(hub, leaves, uplinks)
        wait(made.are_linked, "the leaves to find their hub")
        yield made
    finally:
        for uplink in uplinks.values():
            uplink.listener.close()
            uplink.cut()
        for one in running:
            one.end()
