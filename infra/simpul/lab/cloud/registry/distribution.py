"""docker-registry behind ACR: Debian's, each instance a program of its own behind a gate at its own address.

In: registries as `backing` has them. Out: what an image client finds at the address. The program listens at a socket
in its folder, so that nobody gets around the gate; the gate ends with the cloud and opens again with it.
"""

from __future__ import annotations

import secrets
import socket
from pathlib import Path
from threading import Lock
from typing import Final

import yaml

from simpul.lab import daemon, network, server
from simpul.lab.cloud import home
from simpul.lab.cloud.authority import Authority, Pair, write_private
from simpul.lab.cloud.registry.backing import Registry
from simpul.lab.cloud.registry.gate import Gates

TIMEOUT: Final = 2
PROGRAM: Final = "/usr/bin/docker-registry"


class Distribution:
    """Runs registries on the cloud's network; see Registries for what its methods promise."""

    def __init__(self, authority: Authority) -> None:
        """Let `authority` sign the registries' certificates."""
        self._authority = authority
        self._gates = Gates()
        self._lock = Lock()

    def sign(self, address: str) -> Pair:
        """Give a certificate of the cloud's own."""
        return self._authority.sign(address)

    def start(self, registry: Registry) -> None:
        """Start a registry, or bring the one that runs in line."""
        with self._lock:
            network.hold(registry.address)
            folder, name = home.make(registry.id), home.name(registry.id)
            behind = folder / "socket"
            if not daemon.running(name):
                behind.unlink(missing_ok=True)
                home.write(folder / "config.yml", yaml.safe_dump(_configuration()))
                argv = server.command(folder, PROGRAM, "serve", f"{server.HOME}/config.yml")
                daemon.start(name, argv, lambda: _answers(behind), env=server.ENVIRONMENT)
            certificate, key = (daemon.folder(name) / each for each in ("server.crt", "server.key"))
            write_private(certificate, registry.pair.certificate)
            write_private(key, registry.pair.key)
            self._gates.open(registry, certificate, key, behind)

    def stop(self, identity: str, address: str) -> None:
        """Remove a registry."""
        with self._lock:
            self._gates.close(identity)
            daemon.stop(home.name(identity))
            network.release(address)
            home.remove(identity)

    def leave(self) -> None:
        """Close the gates; the registries behind them go on."""
        self._gates.stop()


def _configuration() -> dict[str, object]:
    return {
        "version": "0.1",
        "log": {"level": "warn"},
        "storage": {
            "filesystem": {"rootdirectory": f"{server.HOME}/images"},
            "cache": {"blobdescriptor": "inmemory"},
            "delete": {"enabled": True},
        },
        "http": {
            "net": "unix",
            "addr": f"{server.HOME}/socket",
            "relativeurls": True,  # it doesn't know the address of its gate
            "secret": secrets.token_hex(16),
        },
    }


def _answers(behind: Path) -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(TIMEOUT)
            connection.connect(str(behind))
            return True
    except OSError:
        return False
