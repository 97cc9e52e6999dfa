"""Security groups: the world comes in at the gateway's 443 and 80, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.city import Purpose
from simpul.policy import UNKNOWN, Breach, Estate, Resource, Rule, choice
from simpul.policy.place import WORLD
from simpul.policy.vendor import is_for

OPEN = ("443/443", "80/80")
GROUP = "alicloud:ecs/securityGroup:SecurityGroup"
OF_GROUP = "alicloud:ecs/securityGroupRule:SecurityGroupRule"


def check(estate: Estate) -> Iterator[Breach]:
    """Find rules that let the world in elsewhere."""
    groups = [group for group in estate.of(GROUP) if is_for(group, Purpose.GATEWAY)]
    gateway = {id(rule) for group in groups for rule in estate.beside(group, OF_GROUP, "securityGroupId", "id")}
    for rule in estate.of(OF_GROUP):
        yield from _check(rule, at_gateway=id(rule) in gateway)


def _check(rule: Resource, *, at_gateway: bool) -> Iterator[Breach]:
    if rule.get("type") != "ingress" or rule.get("policy") not in (None, "accept"):
        return
    if rule.get("cidrIp") not in WORLD and rule.get("ipv6CidrIp") not in WORLD:
        return
    ports = rule.get("portRange")
    if ports is not UNKNOWN and (ports not in OPEN or rule.get("ipProtocol") != "tcp"):
        got = f"{rule.get('ipProtocol')} {ports or '-1/-1'}"
        advice = "Let the city's own ranges in, or tcp 443/443 and 80/80 at the gateway."
        yield Breach("is open to the world", got, advice, rule)
    elif not at_gateway:
        advice = f"Let the world in at the gateway's group alone, which is tagged simpul:purpose {Purpose.GATEWAY}."
        yield Breach("is open to the world, and isn't the gateway's", rule.name, advice, rule)


RULE = Rule(
    id="exposure-security-group",
    title="No port is open to the world but the gateway's 443 and 80",
    source=choice("every further port is a further door; the PDNS 2 attack of 2024 came through one"),
    looks_at="security groups' rules that let 0.0.0.0/0 or ::/0 in, and simpul:purpose of their groups",
    english="Open only tcp 443 and 80 to the world, and only at the gateway.",
    indonesian="Buka hanya tcp 443 dan 80 untuk umum, dan hanya di gerbang.",
    on=Estate,
    check=check,
)
