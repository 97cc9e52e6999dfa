"""A line of so many bits a second between a hub and a site: a pair of virtual cards, one in a network namespace.

Needs root. What a test makes here is called simpul-test- and is gone after it.
"""

from __future__ import annotations

import random
import string
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from charts.messaging.conftest import certificates
from charts.messaging.rendering import Values
from charts.messaging.server import PASSWORD, Client, Server, clients, hash_of

SLUG = "647101"

NAMESPACE = "simpul-test-site"
HERE, THERE = "simpul-test-h", "simpul-test-s"
HUB, SITE = "198.18.64.1", "198.18.64.2"
"""Addresses of the range for tests of networks (RFC 2544)."""

QUEUE = 64 * 1024
"""Bytes that wait before the line, as in an office's modem; what is more is dropped."""


@dataclass(frozen=True)
class Line:
    """A line that runs at its cards' speed until `limit`."""

    def limit(self, kilobits: int) -> None:
        """Let through so many kilobits a second, each way."""
        shape = ["root", "tbf", "rate", f"{kilobits}kbit", "burst", "1600", "limit", str(QUEUE)]
        _run("tc", "qdisc", "replace", "dev", HERE, *shape)
        _run("ip", "netns", "exec", NAMESPACE, "tc", "qdisc", "replace", "dev", THERE, *shape)

    def sent(self) -> int:
        """Count the bytes that the site has sent: what came out of the line at the hub."""
        return int(Path(f"/sys/class/net/{HERE}/statistics/rx_bytes").read_text())


@contextmanager
def line() -> Iterator[Line]:
    """Lay a line, and take it away."""
    _clear()
    try:
        _run("ip", "netns", "add", NAMESPACE)
        _run("ip", "link", "add", HERE, "type", "veth", "peer", "name", THERE, "netns", NAMESPACE)
        _run("ip", "address", "add", f"{HUB}/30", "dev", HERE)
        _run("ip", "link", "set", HERE, "up")
        for command in (("address", "add", f"{SITE}/30", "dev", THERE), ("link", "set", THERE, "up")):
            _run("ip", "-netns", NAMESPACE, *command)
        _run("ip", "-netns", NAMESPACE, "link", "set", "lo", "up")
        yield Line()
    finally:
        _clear()


@dataclass
class Way:
    """A site's leaf that runs, its hub that doesn't yet, and the line between the two."""

    hub: Server
    leaf: Server
    line: Line


@contextmanager
def lay(programs: Path, folder: Path) -> Iterator[Way]:
    """Run a leaf behind a line, and have its hub ready to start."""
    password, tls = f"{PASSWORD}-{SLUG}", certificates(HUB, SITE)
    known = clients([f"reports.{SLUG}.>"])
    common: Values = {"image": "registry.example/messaging:1", "tls": tls, "storage": {"gib": 1}, "clients": known}
    with ExitStack() as stack:
        between = stack.enter_context(line())
        hub = Server(programs, folder / "hub", address=HUB)
        leaf = Server(programs, folder / "leaf", address=SITE, namespace=NAMESPACE)
        hub.write({**common, "role": "hub", "domain": "hub", "sites": {SLUG: {"hash": hash_of(password)}}})
        way = {"url": f"tls://{HUB}:{hub.ports['leaf']}", "password": password}
        leaf.write({**common, "role": "leaf", "domain": SLUG, "hub": way})
        stack.callback(hub.end)
        stack.callback(leaf.end)
        leaf.start()
        yield Way(hub, leaf, between)


def keep(way: Way, count: int, size: int) -> list[str]:
    """Have the site store `count` reports of `size` letters and digits, of which no two are alike; give them."""
    letters = string.ascii_letters + string.digits
    reports = ["".join(random.choices(letters, k=size)) for _ in range(count)]  # noqa: S311
    publisher = Client(way.leaf, "publisher").connect()
    publisher.publish(f"reports/{SLUG}/water", reports)
    publisher.close()
    return reports


def _clear() -> None:
    for command in (("link", "delete", HERE), ("netns", "delete", NAMESPACE)):
        subprocess.run(["ip", *command], capture_output=True, check=False)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"
