"""What the cloud asks of whatever runs its databases and caches.

In: what a server and its contents are to be. Out: one that serves at its address. All calls may be repeated: what is
there already is left as it is or brought in line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from simpul.lab.cloud.authority import Pair


@dataclass(frozen=True)
class Server:
    """A database server: its address and port, the ranges that may connect, and its certificate.

    With a certificate plain connections are refused, without one nothing else is possible.
    """

    id: str
    address: str
    port: int
    allow: Sequence[str]
    pair: Pair | None = None


@dataclass(frozen=True)
class Account:
    """Who logs in. One that is `strong` may make databases and accounts, as the vendor's privileged ones may."""

    name: str
    password: str = field(repr=False)
    strong: bool = False


@dataclass(frozen=True)
class Cache:
    """A cache: its address and port, the password of its account, "" where none is asked for, its certificate."""

    id: str
    address: str
    port: int
    password: str = field(repr=False)
    pair: Pair | None = None


class Databases(Protocol):
    """Runs database servers. Every method raises OutsideError when a program fails or refuses."""

    def sign(self, address: str) -> Pair:
        """Give a certificate of the cloud's own for a server at that address."""
        ...

    def start(self, server: Server) -> None:
        """Start a server, or bring the one that runs in line; it serves when this returns."""
        ...

    def stop(self, server: Server) -> None:
        """Remove a server and all that it holds."""
        ...

    def make(self, server: Server, database: str, encoding: str) -> None:
        """Make a database."""
        ...

    def drop(self, server: Server, database: str) -> None:
        """Remove a database with its contents; one that isn't there is removed already."""
        ...

    def admit(self, server: Server, account: Account) -> None:
        """Make an account, or give the one that is there this password."""
        ...

    def expel(self, server: Server, account: str) -> None:
        """Remove an account; what it owns stays."""
        ...

    def hand(self, server: Server, database: str, account: str) -> None:
        """Make an account a database's owner. One of the two may be gone already."""
        ...


class Caches(Protocol):
    """Runs caches. Every method raises OutsideError when a program fails."""

    def sign(self, address: str) -> Pair:
        """Give a certificate of the cloud's own for a cache at that address."""
        ...

    def start(self, cache: Cache) -> None:
        """Start a cache, or bring the one that runs in line; it serves when this returns."""
        ...

    def stop(self, cache: Cache) -> None:
        """Remove a cache and all that it holds."""
        ...
