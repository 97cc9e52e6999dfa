"""Tair under its newer API. A real Redis stands behind each instance, as behind kvstore's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

from simpul.lab.cloud import failover, reference, region
from simpul.lab.cloud.database import access
from simpul.lab.cloud.kind import Kind, Order
from simpul.lab.cloud.product import kvstore, ram
from simpul.lab.cloud.reference import Reference
from simpul.lab.cloud.refusal import Refusal
from simpul.lab.cloud.rule import Form, Known, zones

if TYPE_CHECKING:
    from simpul.lab.cloud.estate import Estate
    from simpul.lab.cloud.store import Record

INSTANCE: Final = "alicloud:redis/tairInstance:TairInstance"
ON: Final = "Enabled"


class TairInstance(Kind):
    """A Tair instance."""

    token = INSTANCE
    prefix = "r"
    own = "tairInstanceId"
    references = (
        Reference("encryptionKey", reference.KEY, "InvalidEncryptionKey.NotFound", "", also=(reference.ALIAS,)),
    )
    rules = (
        Form("instanceClass", r"tair\.(?:rdb|scm|essd)(?:\.[a-z0-9]+)+", "InvalidInstanceClass.NotFound"),
        Known("zoneId", zones, "InvalidZoneId.NotFound"),
        Known("secondaryZoneId", zones, "InvalidSecondaryZoneId.NotFound"),
    )
    unread: ClassVar[frozenset[str]] = frozenset(
        {"password", "effectiveTime", "forceUpgrade", "modifyMode", "autoRenew", "autoRenewPeriod", "period"}
    )
    stable: ClassVar[Mapping[str, Any]] = {
        "status": "Normal",
        "engineVersion": "5.0",
        "paymentType": "PayAsYouGo",
        "nodeType": "MASTER_SLAVE",
        "architectureType": "standard",
        "networkType": "VPC",
        "securityIps": "127.0.0.1",
        "securityIpGroupName": "default",
        "sslEnabled": "Disable",
        "tdeStatus": "Disabled",
        "vpcAuthMode": "Open",
        "shardCount": 1,
        "port": kvstore.PORT,
    }

    def examine(self, order: Order) -> None:
        """Refuse a switch in another zone, an allow-list that isn't one, and a weak password."""
        values = order.inputs
        switch = order.estate.store.get(reference.SWITCH, values["vswitchId"])
        if switch is not None and switch.outputs["zoneId"] != values["zoneId"] and kvstore.moves(order):
            words = f"{switch.id} is in {switch.outputs['zoneId']}, not in {values['zoneId']}."
            raise Refusal("InvalidVSwitchId.NotFound", words)
        for entry in str(values.get("securityIps") or "127.0.0.1").split(","):
            access.read(entry)
        kvstore.examine_password(values.get("password"))
        kvstore.examine_zones(values.get("zoneId"), values.get("secondaryZoneId"))
        ram.examine_role(order.estate, values.get("roleArn"))
        if order.record and order.record.outputs["tdeStatus"] == ON and values.get("tdeStatus") == "disabled":
            raise Refusal("InvalidTDEStatus", "Encryption can't be switched off.")

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Give the name that it would have at the vendor's."""
        prefix = order.inputs.get("connectionStringPrefix") or identity
        return _told(order.inputs) | {
            "connectionDomain": f"{prefix}.redis.{order.estate.region}.rds.aliyuncs.com",
            "resourceGroupId": order.inputs.get("resourceGroupId") or region.DEFAULT_GROUP,
        }

    def reserve(self, order: Order, identity: str) -> dict[str, Any]:
        """Take an address for its server, and a certificate for it."""
        del identity
        return kvstore.place(order)

    def realize(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Start its server; give where it answers."""
        served = kvstore.start(estate, record, encrypted=record.outputs["sslEnabled"] in kvstore.ENCRYPTED)
        return {} if served is None else {"connectionDomain": served}

    def alter(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Bring its server in line: password, encryption."""
        return _told(record.outputs) | self.realize(estate, record)

    def dismantle(self, estate: Estate, record: Record) -> None:
        """Remove its server."""
        kvstore.stop(estate, record)


def fail_over(estate: Estate, identity: str) -> None:
    """Let the standby of an instance take over: from then on the vendor tells its zones the other way round."""
    failover.exchange(estate, INSTANCE, identity, "zoneId", "secondaryZoneId")


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    """Give whether it encrypts, as the vendor tells it: in other letters than it takes."""
    return {"tdeStatus": str(values["tdeStatus"]).capitalize()} if values.get("tdeStatus") else {}
