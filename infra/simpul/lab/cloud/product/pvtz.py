"""PrivateZone: names that only VPCs see."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

from simpul.lab.cloud import reference
from simpul.lab.cloud.kind import Kind, Order
from simpul.lab.cloud.reference import Reference
from simpul.lab.cloud.refusal import Refusal
from simpul.lab.cloud.rule import Form, Sole

if TYPE_CHECKING:
    from simpul.lab.cloud.estate import Estate
    from simpul.lab.cloud.store import Record

ZONE: Final = "alicloud:pvtz/zone:Zone"
ATTACHMENT: Final = "alicloud:pvtz/zoneAttachment:ZoneAttachment"
RECORD: Final = "alicloud:pvtz/zoneRecord:ZoneRecord"
DOMAIN: Final = r"(?:[a-zA-Z0-9_](?:[\w-]{0,61}[a-zA-Z0-9_])?\.)*[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.?"
HOST: Final = r"@|\*|(?:\*\.)?[a-zA-Z0-9_](?:[\w.-]{0,251}[a-zA-Z0-9_])?"


class Zone(Kind):
    """A zone; VPCs that are bound to it keep it."""

    token = ZONE
    rules = (Form("zoneName", DOMAIN, "Zone.Invalid.Name"), Sole(("zoneName",), "Zone.Exists"))

    def draw(self, order: Order) -> str:
        """Make an id as the vendor's: 32 hexadecimal digits."""
        del order
        return secrets.token_hex(16)

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Give both spellings of its name."""
        del identity
        name = order.value("zoneName")
        return {"zoneName": name, "name": name, "isPtr": str(name).endswith(".in-addr.arpa")}

    def observe(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Count its records."""
        return {"recordCount": sum(each.outputs["zoneId"] == record.id for each in estate.store.all(RECORD))}

    def describe(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Give the VPCs that see it."""
        bound = [each.outputs["vpcs"] for each in estate.store.all(ATTACHMENT) if each.id == record.id]
        vpcs = [each["vpcId"] for part in bound for each in part]
        found = {each.id: each for each in estate.store.all(reference.NETWORK)}
        shown = [
            {"vpcId": each, "vpcName": found[each].outputs["vpcName"], "regionId": estate.region, "regionName": ""}
            for each in vpcs
            if each in found
        ]
        return {"bindVpcs": shown, "queryVpcId": vpcs[0] if vpcs else "", "queryRegionId": estate.region}

    def dismantle(self, estate: Estate, record: Record) -> None:
        """Take its records along."""
        for each in estate.store.all(RECORD):
            if each.outputs["zoneId"] == record.id:
                estate.dismantle(each)


class ZoneAttachment(Kind):
    """The VPCs that see a zone: one list of them for each zone, which has its id."""

    token = ATTACHMENT
    parts = ("zoneId",)
    references = (
        Reference("zoneId", ZONE, "Zone.NotExists", "Zone.VpcExists"),
        Reference("vpcIds", reference.NETWORK, "ZoneVpc.NotExists.VpcId", "DependencyViolation.PrivateZone"),
        Reference("vpcId", reference.NETWORK, "ZoneVpc.NotExists.VpcId", "DependencyViolation.PrivateZone"),
    )

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Give the VPCs in both ways of writing them."""
        del identity
        given = [each["vpcId"] for each in order.inputs.get("vpcs", ())] or list(order.inputs.get("vpcIds", ()))
        return {"vpcIds": given, "vpcs": [{"vpcId": each, "regionId": order.estate.region} for each in given]}

    def alter(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Bring both ways of writing the VPCs in line."""
        order = Order(estate, estate.resource(record.token), record.inputs, record)
        return self.compute(order, record.id)


class ZoneRecord(Kind):
    """A record of a zone."""

    token = RECORD
    parts = ("recordId", "zoneId")
    own = "recordId"
    references = (Reference("zoneId", ZONE, "Zone.NotExists", ""),)
    rules = (Form("rr", HOST, "Record.Invalid.Rr"),)

    def draw(self, order: Order) -> str:
        """Make an id as the vendor's: a number."""
        del order
        return str(secrets.randbelow(9 * 10**8) + 10**8)

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Give both spellings of its host."""
        del identity
        return {"rr": order.value("rr"), "resourceRecord": order.value("rr")}

    def examine(self, order: Order) -> None:
        """Refuse the same record twice, and an alias beside anything else of its host."""
        siblings = [each.outputs for each in order.others() if each.outputs["zoneId"] == order.inputs["zoneId"]]
        same = [each for each in siblings if each["rr"] == order.value("rr")]
        kind, value = order.inputs["type"], order.inputs["value"]
        twice = any((each["type"], each["value"]) == (kind, value) for each in same)
        if twice or any("CNAME" in (kind, each["type"]) for each in same):
            raise Refusal("Record.Invalid.Conflict", f"{order.value('rr')} has a record that conflicts with this one.")
