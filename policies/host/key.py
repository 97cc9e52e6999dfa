"""Hosts: a pinned key is one that holds."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from simpul.policy import Breach, Machine, Rule, choice

STRONG = ("ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521")
RSA = "ssh-rsa"
RSA_BYTES = 384
"""3,072 bits; what is around the number in the key makes it a little longer."""


def check(machine: Machine) -> Iterator[Breach]:
    """Find a pinned key of a weak kind; one that isn't pinned is known_hosts' to judge, which must know the host."""
    key = machine.host.host_key
    if key is None:
        return
    kind, _, rest = key.partition(" ")
    if kind not in STRONG and not (kind == RSA and _size(rest.split(" ")[0]) >= RSA_BYTES):
        advice = "Pin /etc/ssh/ssh_host_ed25519_key.pub of the host."
        yield Breach("is known by a key that is too weak", kind, advice)


def _size(text: str) -> int:
    try:
        return len(base64.b64decode(text))
    except binascii.Error:
        return 0


RULE = Rule(
    id="host-key",
    title="A host is known by a strong key",
    source=choice("who can forge a host's key gets its secrets; keys that aren't pinned must be in known_hosts"),
    looks_at="host_key of hosts, where it is given",
    english="Pin a host's Ed25519, ECDSA or RSA key of at least 3072 bits, or let known_hosts know it.",
    indonesian="Sematkan kunci host Ed25519, ECDSA, atau RSA minimal 3072 bit, atau catat di known_hosts.",
    on=Machine,
    check=check,
)
