"""Listeners: TLS 1.2 or newer, and plain HTTP only to be sent on to it."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import UNKNOWN, Breach, Resource, Rule, dig, entries, law

STRONG = ("tls_cipher_policy_1_2", "tls_cipher_policy_1_2_strict", "tls_cipher_policy_1_2_strict_with_1_3", UNKNOWN)


def check(listener: Resource) -> Iterator[Breach]:
    """Find plain HTTP that goes anywhere but to HTTPS, and TLS that is older than 1.2."""
    protocol = str(listener.get("protocol") or listener.get("listenerProtocol")).lower()
    if protocol == "http" and not _sends_on(listener):
        yield Breach("speaks HTTP in plain text", protocol, "Speak HTTPS, and send port 80 on to it.")
    if listener.type == "alicloud:slb/listener:Listener" and protocol == "https":
        policy = listener.get("tlsCipherPolicy")
        if policy not in STRONG:
            got = str(policy or "tls_cipher_policy_1_0")
            yield Breach("takes TLS that is older than 1.2", got, "Set tlsCipherPolicy to tls_cipher_policy_1_2.")


def _sends_on(listener: Resource) -> bool:
    if listener.get("listenerForward") in ("on", UNKNOWN):
        return True
    kinds = [dig(action, "type") for action in entries(listener.get("defaultActions"))]
    return bool(kinds) and all(kind in ("Redirect", UNKNOWN) for kind in kinds)


RULE = Rule(
    id="encryption-listener",
    title="Load balancers speak TLS 1.2 or newer",
    source=law(
        "UU PDP 27/2022 arts 35, 46; BSSN 4/2021", "data is protected on its way; systems of government use TLS"
    ),
    looks_at="the protocol and TLS policy of load balancers' listeners",
    english="Let listeners speak HTTPS with TLS 1.2 or newer; send HTTP on to it.",
    indonesian="Gunakan HTTPS dengan TLS 1.2 atau lebih baru; alihkan HTTP ke HTTPS.",
    on=Resource,
    types=("alicloud:slb/listener:Listener", "alicloud:alb/listener:Listener"),
    check=check,
)
