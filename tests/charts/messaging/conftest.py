"""A hub and two leaves on loopback, as the chart configures them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from charts.messaging.rendering import CHART, Values
from charts.messaging.server import PASSWORD, Client, Server, clients, hash_of, users, wait
from charts.messaging.wire import Wire
from simpul.image.build import gather

SITES = ("647101", "647102")


@dataclass
class City:
    """The servers and wires of a city; `client` gives a connected MQTT client that is closed afterwards."""

    hub: Server
    leaves: dict[str, Server]
    wires: dict[str, Wire]
    client: Callable[..., Client]

    def is_linked(self) -> bool:
        return int(self.hub.monitor("leafz")["leafnodes"]) == len(self.leaves)


@pytest.fixture(scope="session")
def tls() -> dict[str, str]:
    """Give the chart's `tls` value: an authority of the tests, and a certificate for 127.0.0.1."""
    return certificates("127.0.0.1")


def certificates(*addresses: str) -> dict[str, str]:
    """Make the chart's `tls` value: an authority of the tests, and a certificate for `addresses`."""
    authority, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    names = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address(each)) for each in addresses])
    plain = serialization.NoEncryption()
    return {
        "ca": certify("authority", authority, authority, x509.BasicConstraints(ca=True, path_length=0)),
        "certificate": certify("server", key, authority, names),
        "key": key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain).decode(),
    }


def certify(
    name: str, key: ec.EllipticCurvePrivateKey, signer: ec.EllipticCurvePrivateKey, extension: x509.ExtensionType
) -> str:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().serial_number(x509.random_serial_number()).public_key(key.public_key())
    builder = builder.subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
    builder = builder.issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority")]))
    builder = builder.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(hours=1))
    signed = builder.add_extension(extension, critical=True).sign(signer, hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.PEM).decode()


@pytest.fixture(scope="session")
def programs() -> Path:
    """Give what the image carries, made from its recipe as the lab makes it, in the lab's cache."""
    return gather(CHART / "image", print) / "bin"


@pytest.fixture(scope="module")
def city(programs: Path, tls: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """Run a city that a module's tests share: each leaves it linked and running, and keeps to a topic of its own."""
    with run(programs, tls, tmp_path_factory.mktemp("city")) as made:
        yield made


@pytest.fixture
def own_city(programs: Path, tls: dict[str, str], tmp_path: Path) -> Iterator[City]:
    """Run a city for a test that leaves it otherwise."""
    with run(programs, tls, tmp_path) as made:
        yield made


@contextmanager
def run(programs: Path, tls: dict[str, str], folder: Path) -> Iterator[City]:
    """Run a hub and two leaves, linked."""
    common: Values = {
        "image": "registry.example/messaging:1",
        "tls": tls,
        "storage": {"gib": 1},
        "administrator": users("administrator"),
    }
    with ExitStack() as stack:

        def serve(name: str, **values: object) -> Server:
            server = Server(programs, folder / name)
            server.write({**common, **values})
            stack.callback(server.end)
            server.start()
            return server

        def client(server: Server, name: str, **options: Any) -> Client:
            made = Client(server, name, **options).connect()
            stack.callback(made.close)
            return made

        sites = {slug: {"hash": hash_of(f"{PASSWORD}-{slug}")} for slug in SITES}
        hub = serve("hub", role="hub", domain="hub", sites=sites, clients=clients(["reports.>"]))
        wires, leaves = {}, {}
        for slug in SITES:
            wires[slug] = Wire(hub.ports["leaf"])
            stack.callback(wires[slug].close)
            way = {"url": f"tls://127.0.0.1:{wires[slug].port}", "password": f"{PASSWORD}-{slug}"}
            leaves[slug] = serve(slug, role="leaf", domain=slug, hub=way, clients=clients([f"reports.{slug}.>"]))
        made = City(hub, leaves, wires, client)
        wait(made.is_linked, "the leaves to find their hub")
        yield made
