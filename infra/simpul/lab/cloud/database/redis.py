"""Redis behind Tair: Debian's, each instance a server of its own at its own address.

In: caches as `backing` has them. Out: what a Redis client finds at the address. One server stands for a pair, and
takes whoever is in the cloud's network and knows the password: Redis has no allow-list.
"""

from __future__ import annotations

import json
import socket
from pathlib import Path
from threading import Lock
from typing import Final

from simpul.lab import daemon, network, server
from simpul.lab.cloud import home
from simpul.lab.cloud.authority import Authority, Pair
from simpul.lab.cloud.database.backing import Cache

PROGRAM: Final = "/usr/bin/redis-server"
TIMEOUT: Final = 2

SETTINGS: Final = """\
dir {home}
bind {address}
protected-mode no
maxmemory 64mb
"""
ENCRYPTED: Final = """\
port 0
tls-port {port}
tls-cert-file {home}/server.crt
tls-key-file {home}/server.key
tls-auth-clients no
"""


class Redis:
    """Runs caches on the cloud's network; see Caches for what its methods promise."""

    def __init__(self, authority: Authority) -> None:
        """Let `authority` sign the servers' certificates."""
        self._authority = authority
        self._lock = Lock()

    def sign(self, address: str) -> Pair:
        """Give a certificate of the cloud's own."""
        return self._authority.sign(address)

    def start(self, cache: Cache) -> None:
        """Start a cache, anew if its settings changed."""
        with self._lock:
            network.hold(cache.address)
            folder = home.make(cache.id)
            if _write_settings(folder, cache):
                daemon.stop(home.name(cache.id))
            daemon.start(
                home.name(cache.id),
                server.command(folder, PROGRAM, f"{server.HOME}/redis.conf"),
                lambda: _answers(cache),
                env=server.ENVIRONMENT,
            )

    def stop(self, cache: Cache) -> None:
        """Remove a cache."""
        with self._lock:
            daemon.stop(home.name(cache.id))
            network.release(cache.address)
            home.remove(cache.id)


def _write_settings(folder: Path, cache: Cache) -> bool:
    """Write what the server reads at its start; say whether it has to be started anew for it."""
    place = {"home": server.HOME, "address": cache.address, "port": cache.port}
    settings = SETTINGS.format(**place) + (ENCRYPTED.format(**place) if cache.pair else f"port {cache.port}\n")
    if cache.password:
        settings += (
            f"requirepass {json.dumps(cache.password, ensure_ascii=False)}\n"  # its strings are quoted as JSON's are
        )
    changed = False
    if cache.pair:
        changed = home.write(folder / "server.crt", cache.pair.certificate)
        changed |= home.write(folder / "server.key", cache.pair.key)
    return home.write(folder / "redis.conf", settings) or changed


def _answers(cache: Cache) -> bool:
    try:
        with socket.create_connection((cache.address, cache.port), timeout=TIMEOUT):
            return True
    except OSError:
        return False
