"""Security groups and their rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

from simpul.lab.cloud import reference, region
from simpul.lab.cloud.cidr import network
from simpul.lab.cloud.kind import Kind, Order
from simpul.lab.cloud.reference import Reference
from simpul.lab.cloud.refusal import Refusal

if TYPE_CHECKING:
    from simpul.lab.cloud.estate import Estate
    from simpul.lab.cloud.store import Record

RULE: Final = "alicloud:ecs/securityGroupRule:SecurityGroupRule"
SERVICES: Final = "100.64.0.0/10"
"""Where the vendor's own services answer within a VPC."""


class SecurityGroup(Kind):
    """A security group."""

    token = reference.SECURITY_GROUP
    prefix = "sg"
    stable: ClassVar[Mapping[str, Any]] = {
        "innerAccessPolicy": "Accept",
        "innerAccess": True,
        "securityGroupType": "normal",
    }

    def dismantle(self, estate: Estate, record: Record) -> None:
        """Take its rules along, as the vendor does."""
        for rule in estate.store.all(RULE):
            if rule.outputs["securityGroupId"] == record.id:
                estate.dismantle(rule)


class SecurityGroupRule(Kind):
    """A rule of a security group: its id says all of it, so that one that is there already is simply the one made."""

    token = RULE
    references = (Reference("securityGroupId", reference.SECURITY_GROUP, "InvalidSecurityGroupId.NotFound", ""),)

    def examine(self, order: Order) -> None:
        """Refuse a rule without a range of ports where the protocol has them."""
        ports = order.inputs.get("portRange", "-1/-1")
        if order.inputs["ipProtocol"] in ("tcp", "udp") and not _sound(ports):
            raise Refusal("InvalidPortRange.Malformed", f"The port range {ports} is not valid for this protocol.")

    def mint(self, order: Order) -> str:
        """Make an id as the vendor's plugin does."""
        values = order.inputs
        peers = ("cidrIp", "ipv6CidrIp", "sourceSecurityGroupId", "prefixListId")
        peer = next((values[name] for name in peers if values.get(name)), "")
        parts = [values["securityGroupId"], values["type"], values["ipProtocol"], values.get("portRange", "-1/-1")]
        rest = [values.get("nicType", "intranet"), peer, values.get("policy", "accept"), values.get("priority", 1)]
        return ":".join(str(each) for each in (*parts, *rest))

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Give its network card type, in a VPC always the inner one, and the id by which the vendor itself knows it."""
        there = order.estate.store.get(RULE, identity)
        own = there.outputs["securityGroupRuleId"] if there else region.draw(order.estate.region, "sgr")
        return {"nicType": order.inputs.get("nicType", "intranet"), "securityGroupRuleId": own}

    def describe(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Give what lists call otherwise."""
        del estate
        values = record.outputs
        inward = values["type"] == "ingress"
        cidr, group = values.get("cidrIp", ""), values.get("sourceSecurityGroupId", "")
        return {
            "groupId": values["securityGroupId"],
            "direction": values["type"],
            "sourceCidrIp" if inward else "destCidrIp": cidr,
            "sourceGroupId" if inward else "destGroupId": group,
        }

    def suppress(self, name: str, wanted: Mapping[str, Any]) -> bool:
        """Keep quiet about ports where the protocol has none."""
        return (name == "portRange" and wanted.get("ipProtocol") not in ("tcp", "udp")) or super().suppress(
            name, wanted
        )


def closed(estate: Estate, group: Record, vpc: str) -> Iterator[str]:
    """List what a machine in `group` lacks of its VPC, whose range is `vpc`, to become a node.

    An enterprise group lets nothing through that no rule does; of a normal one only a rule takes away.
    """
    if group.outputs["securityGroupType"] != "enterprise":
        return
    rules = [each.outputs for each in estate.store.all(RULE) if each.outputs["securityGroupId"] == group.id]
    for way, range_ in (("egress", vpc), ("egress", SERVICES), ("ingress", vpc)):
        wanted = network(range_)
        open_ = (
            network(rule["cidrIp"])
            for rule in rules
            if rule["type"] == way and rule["ipProtocol"] == "all" and rule.get("policy", "accept") == "accept"
            if rule.get("cidrIp")
        )
        if not any(wanted.subnet_of(each) for each in open_):
            yield f"{way} {range_}"


def _sound(ports: str) -> bool:
    first, _, last = ports.partition("/")
    return first.isdigit() and last.isdigit() and 1 <= int(first) <= int(last) <= 65535  # noqa: PLR2004 ports
