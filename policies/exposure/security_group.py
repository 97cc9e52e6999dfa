"""Security groups: the world comes in at the gateway's 443 and 80, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import UNKNOWN, Breach, Resource, Rule, choice
from simpul.policy.place import WORLD

OPEN = ("443/443", "80/80")
GATEWAY = "gateway"


def check(rule: Resource) -> Iterator[Breach]:
    """Find a rule that lets the world in elsewhere."""
    if rule.get("type") != "ingress" or rule.get("policy") not in (None, "accept"):
        return
    if rule.get("cidrIp") not in WORLD and rule.get("ipv6CidrIp") not in WORLD:
        return
    ports = rule.get("portRange")
    if ports is not UNKNOWN and (ports not in OPEN or rule.get("ipProtocol") != "tcp"):
        got = f"{rule.get('ipProtocol')} {ports or '-1/-1'}"
        yield Breach(
            "is open to the world", got, "Let the city's own ranges in, or tcp 443/443 and 80/80 at the gateway."
        )
    elif not _is_gateway(rule):
        advice = "Let the world in at the gateway's group alone, which has gateway in its name."
        yield Breach("is open to the world, and isn't the gateway's", rule.name, advice)


def _is_gateway(rule: Resource) -> bool:
    groups = rule.refs.get("securityGroupId", ())
    return any(GATEWAY in name.split("-") for name in (*groups, rule.name))


RULE = Rule(
    id="exposure-security-group",
    title="No port is open to the world but the gateway's 443 and 80",
    source=choice("every further port is a further door; the PDNS 2 attack of 2024 came through one"),
    looks_at="security groups' rules that let 0.0.0.0/0 or ::/0 in",
    english="Open only tcp 443 and 80 to the world, and only at the gateway.",
    indonesian="Buka hanya tcp 443 dan 80 untuk umum, dan hanya di gerbang.",
    on=Resource,
    types=("alicloud:ecs/securityGroupRule:SecurityGroupRule",),
    check=check,
)
