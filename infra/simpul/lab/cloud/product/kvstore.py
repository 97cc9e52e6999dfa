"""Tair, which is Redis: instances. A real Redis stands behind each of that type."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, ClassVar, Final

from simpul.lab.cloud import address, failover, reference, region
from simpul.lab.cloud.authority import Pair
from simpul.lab.cloud.database import access
from simpul.lab.cloud.database.backing import Cache
from simpul.lab.cloud.kind import Kind, Order
from simpul.lab.cloud.reference import Reference
from simpul.lab.cloud.refusal import Refusal
from simpul.lab.cloud.rule import Form, Known, Needed, zones

if TYPE_CHECKING:
    from simpul.lab.cloud.estate import Estate
    from simpul.lab.cloud.store import Record

INSTANCE: Final = "alicloud:kvstore/instance:Instance"
REDIS: Final = "Redis"
CLASS: Final = (
    r"redis\.(?:master|basic|logic|sharding|amber|shard|splitrw)\.[a-z0-9.]+"  # the older ones
    r"|(?:redis|tair)\.(?:shard|rdb|scm|essd|essd\.standard)(?:\.[a-z0-9]+)+"
)
"""The form of an instance class."""
PASSWORD: Final = re.compile(r"[A-Za-z0-9!@#$%^&*()_+\-=]{8,32}")
KINDS: Final = (r"[A-Z]", r"[a-z]", r"[0-9]", r"[!@#$%^&*()_+\-=]")
LEAST_KINDS: Final = 3
PORT: Final = 6379
ENCRYPTED: Final = ("Enable", "Update")
HOUR: Final = 60
DAY: Final = 24 * HOUR
"""Minutes."""


class Instance(Kind):
    """A Tair or Redis instance."""

    token = INSTANCE
    prefix = "r"
    references = (
        Reference("encryptionKey", reference.KEY, "InvalidEncryptionKey.NotFound", "", also=(reference.ALIAS,)),
    )
    rules = (
        Needed(("instanceClass",), "InvalidInstanceClass.NotFound"),
        Form("instanceClass", CLASS, "InvalidInstanceClass.NotFound"),
        Known("zoneId", zones, "InvalidZoneId.NotFound"),
        Known("secondaryZoneId", zones, "InvalidSecondaryZoneId.NotFound"),
        Known("port", range(1024, 65536), "InvalidPort.Malformed"),
    )
    unread: ClassVar[frozenset[str]] = frozenset(
        {
            "password",
            "orderType",
            "effectiveTime",
            "forceUpgrade",
            "dryRun",
            "businessInfo",
            "couponNo",
            "autoUseCoupon",
        }
    )
    stable: ClassVar[Mapping[str, Any]] = {
        "status": "Normal",
        "engineVersion": "5.0",
        "paymentType": "PostPaid",
        "instanceChargeType": "PostPaid",
        "nodeType": "MASTER_SLAVE",
        "securityIps": ["127.0.0.1"],
        "securityIpGroupName": "default",
        "sslEnable": "Disable",
        "tdeStatus": "",
        "maintainStartTime": "18:00Z",
        "maintainEndTime": "22:00Z",
        "shardCount": 1,
        "privateConnectionPort": str(PORT),
    }

    def examine(self, order: Order) -> None:
        """Refuse a switch in another zone, an allow-list that isn't one, and a weak password."""
        values = order.inputs
        switch, zone = order.estate.store.get(reference.SWITCH, str(values.get("vswitchId"))), order.value("zoneId")
        if switch is not None and zone and switch.outputs["zoneId"] != zone and moves(order):
            raise Refusal("InvalidVSwitchId.NotFound", f"{switch.id} is in {switch.outputs['zoneId']}, not in {zone}.")
        for entry in values.get("securityIps", ()):
            access.read(entry)
        examine_password(order.inputs.get("password"))
        examine_zones(zone, values.get("secondaryZoneId"))
        _examine_maintenance(values)

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Give its place, and the name that it would have at the vendor's."""
        values = order.inputs
        switch = order.estate.store.get(reference.SWITCH, str(values.get("vswitchId")))
        first = switch.outputs["zoneId"] if switch else region.ZONES[order.estate.region][0]
        zone = values.get("zoneId") or values.get("availabilityZone") or first
        name = values.get("dbInstanceName") or values.get("instanceName") or ""
        prefix = values.get("privateConnectionPrefix") or identity
        served = f"{prefix}.redis.{order.estate.region}.rds.aliyuncs.com"
        return {
            "zoneId": zone,
            "availabilityZone": zone,
            "dbInstanceName": name,
            "instanceName": name,
            "connectionDomain": served,
            "connectionString": served,
            "privateConnectionPort": str(values.get("port", PORT)),
            "resourceGroupId": values.get("resourceGroupId") or region.DEFAULT_GROUP,
        }

    def reserve(self, order: Order, identity: str) -> dict[str, Any]:
        """Take an address for its server, and a certificate for it."""
        del identity
        return place(order) if order.inputs.get("instanceType", REDIS) == REDIS else {}

    def describe(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Give what lists call otherwise."""
        values = record.outputs
        switch = estate.store.get(reference.SWITCH, str(values.get("vswitchId")))
        vpc = switch.outputs["vpcId"] if switch else ""
        return {"name": values["dbInstanceName"], "vpcId": vpc, "chargeType": values["paymentType"]}

    def guard(self, estate: Estate, record: Record) -> None:
        """Refuse to go where its release is protected."""
        super().guard(estate, record)
        if record.outputs.get("instanceReleaseProtection"):
            raise Refusal("InstanceReleaseProtection", f"{record.id} is protected from release.")

    def suppress(self, name: str, wanted: Mapping[str, Any]) -> bool:
        """Keep quiet about the term of an instance that has none."""
        prepaid = "PrePaid" in (wanted.get("paymentType"), wanted.get("instanceChargeType"))
        return name in ("period", "autoRenew", "autoRenewPeriod") and not prepaid

    def realize(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Start its server; give where it answers."""
        served = start(estate, record, encrypted=record.outputs["sslEnable"] in ENCRYPTED)
        if served is None:
            return {}
        told = {"connectionDomain": served, "connectionString": served}
        return told | ({} if "privateIp" in record.inputs else {"privateIp": served})

    def alter(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Bring its server in line: password, port, encryption."""
        return self.realize(estate, record)

    def dismantle(self, estate: Estate, record: Record) -> None:
        """Remove its server, and what was set on it."""
        for other in estate.store.all():
            if other.token.startswith("alicloud:kvstore/") and other.outputs.get("instanceId") == record.id:
                estate.store.remove(other)
        stop(estate, record)


def fail_over(estate: Estate, identity: str) -> None:
    """Let the standby of an instance take over: from then on the vendor tells its zones the other way round."""
    failover.exchange(estate, INSTANCE, identity, "zoneId", "secondaryZoneId")


def place(order: Order) -> dict[str, Any]:
    """Take an address for a cache's server, and a certificate for it; nothing where none is to run."""
    caches = order.estate.caches
    if caches is None:
        return {}
    taken = address.take(order.estate.store)
    return {"address": taken, "pair": asdict(caches.sign(taken))}


def start(estate: Estate, record: Record, *, encrypted: bool) -> str | None:
    """Start a cache's server, or bring it in line; give where it answers, None where there is none."""
    if estate.caches is None or not record.behind:
        return None
    estate.caches.start(_cache(record, encrypted=encrypted))
    return str(record.behind["address"])


def stop(estate: Estate, record: Record) -> None:
    """Remove a cache's server."""
    if estate.caches is not None and record.behind:
        estate.caches.stop(_cache(record, encrypted=False))


def examine_password(password: str | None) -> None:
    """Refuse a password that is too simple. Raises Refusal."""
    if password is None:
        return
    found = sum(re.search(each, password) is not None for each in KINDS)
    if not PASSWORD.fullmatch(password) or found < LEAST_KINDS:
        words = "8 to 32 letters, digits and !@#$%^&*()_+-=, of three of upper case, lower case, digits, signs"
        raise Refusal("InvalidPassword.Format", f"The password has to be of {words}.")


def moves(order: Order) -> bool:
    """Say whether an order puts an instance somewhere: after a failover its switch is in its other zone."""
    return order.record is None or order.value("zoneId") != order.record.outputs["zoneId"]


def examine_zones(one: str | None, other: str | None) -> None:
    """Refuse a standby in the zone of what it stands by for. Raises Refusal."""
    if one and one == other:
        raise Refusal("InvalidSecondaryZoneId", f"The secondary zone can't be {one}, as the primary one is.")


def _examine_maintenance(values: Mapping[str, Any]) -> None:
    """Refuse less than an hour for maintenance; it may last past midnight."""
    begin, end = (values.get(name) for name in ("maintainStartTime", "maintainEndTime"))
    if begin and end and (_minutes(end) - _minutes(begin)) % DAY < HOUR:
        raise Refusal("InvalidMaintainTime", f"From {begin} to {end} is less than an hour.")


def _minutes(time: str) -> int:
    hour, minute = time.removesuffix("Z").split(":")
    return int(hour) * HOUR + int(minute)


def _cache(record: Record, *, encrypted: bool) -> Cache:
    values = record.outputs
    unasked = values.get("vpcAuthMode") == "Close"  # to the vendor this is what asks for no password
    return Cache(
        record.id,
        record.behind["address"],
        int(values.get("port") or PORT),
        "" if unasked else str(record.inputs.get("password") or ""),
        Pair(**record.behind["pair"]) if encrypted else None,
    )
