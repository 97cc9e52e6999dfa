"""docker-registry behind ACR: Debian's, each instance a program of its own behind a gate at its own address.

In: registries as `backing` has them. Out: what an image client finds at the address. The program listens at a socket
in its folder, so that nobody gets around the gate; the gate ends with the cloud and opens again with it.
"""

from __future__ import annotations

import secrets
import shutil
import socket
from pathlib import Path
from threading import Lock
from typing import Final

import yaml

from simpul.lab import daemon, network
from simpul.lab.cloud.authority import Authority, Pair, write_private
from simpul.lab.cloud.registry.backing import Registry
from simpul.lab.cloud.registry.gate import Gates
from simpul.lab.place import SERVERS

TIMEOUT: Final = 2
PROGRAM: Final = "docker-registry"


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
            home = daemon.folder(_name(registry.id))
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
            behind = home / "socket"
            if not daemon.running(_name(registry.id)):
                behind.unlink(missing_ok=True)
                write_private(home / "config.yml", yaml.safe_dump(_configuration(home)))
                daemon.start(_name(registry.id), [PROGRAM, "serve", home / "config.yml"], lambda: _answers(behind))
            for name, text in {"server.crt": registry.pair.certificate, "server.key": registry.pair.key}.items():
                write_private(home / name, text)
            self._gates.open(registry, home / "server.crt", home / "server.key", behind)

    def stop(self, identity: str, address: str) -> None:
        """Remove a registry."""
        with self._lock:
            self._gates.close(identity)
            daemon.stop(_name(identity))
            network.release(address)
            shutil.rmtree(daemon.folder(_name(identity)), ignore_errors=True)

    def leave(self) -> None:
        """Close the gates; the registries behind them go on."""
        self._gates.stop()


def _name(identity: str) -> str:
    return f"{SERVERS}/{identity}"


def _configuration(home: Path) -> dict[str, object]:
    return {
        "version": "0.1",
        "log": {"level": "warn"},
        "storage": {
            "filesystem": {"rootdirectory": str(home / "images")},
            "cache": {"blobdescriptor": "inmemory"},
            "delete": {"enabled": True},
        },
        "http": {
            "net": "unix",
            "addr": str(home / "socket"),
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
