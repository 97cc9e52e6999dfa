"""What the cloud asks of whatever runs its image registries.

In: what a registry is to be, and the rules that hold for a repository at the moment of a request. Out: one that serves
HTTPS at its address. All calls may be repeated: what is there already is left as it is or brought in line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from simpul.lab.cloud.authority import Pair


@dataclass(frozen=True)
class Rule:
    """What holds for a repository: whether everybody may pull, and whether a tag stays what it is."""

    public: bool = False
    immutable: bool = False


@dataclass(frozen=True)
class Registry:
    """A registry: its address, its certificate, and the password with which one logs in, under any name.

    `rule` gives what holds for a repository now, None where there is no such one. `admits` says whether a client at
    an address may come at all now.
    """

    id: str
    address: str
    pair: Pair
    password: str = field(repr=False)
    rule: Callable[[str], Rule | None]
    admits: Callable[[str], bool]


class Registries(Protocol):
    """Runs registries. Every method raises OutsideError when a program fails."""

    def sign(self, address: str) -> Pair:
        """Give a certificate of the cloud's own for a registry at that address."""
        ...

    def start(self, registry: Registry) -> None:
        """Start a registry, or bring the one that runs in line; it serves when this returns."""
        ...

    def stop(self, identity: str, address: str) -> None:
        """Remove a registry with its images."""
        ...
