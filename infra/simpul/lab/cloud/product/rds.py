"""ApsaraDB RDS: instances. A real PostgreSQL stands behind each one of that engine."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, ClassVar, Final

from simpul.lab.cloud import address, failover, reference, region
from simpul.lab.cloud.authority import Pair
from simpul.lab.cloud.database import access
from simpul.lab.cloud.database.backing import Databases, Server
from simpul.lab.cloud.kind import Kind, Order
from simpul.lab.cloud.product import ram
from simpul.lab.cloud.reference import Reference
from simpul.lab.cloud.refusal import Refusal
from simpul.lab.cloud.rule import Known, zones

if TYPE_CHECKING:
    from simpul.lab.cloud.estate import Estate
    from simpul.lab.cloud.store import Record

INSTANCE: Final = "alicloud:rds/instance:Instance"
POSTGRESQL: Final = "PostgreSQL"
NAMES: Final = {POSTGRESQL: "pgm", "MySQL": "rm", "SQLServer": "rm", "MariaDB": "rm"}
"""The engines, and what the ids of their instances begin with."""
DOMAINS: Final = {POSTGRESQL: "pg.rds", "MySQL": "mysql.rds", "SQLServer": "sqlserver.rds", "MariaDB": "mariadb.rds"}
PORTS: Final = {POSTGRESQL: 5432, "MySQL": 3306, "SQLServer": 1433, "MariaDB": 3306}
VERSIONS: Final = ("10.0", "11.0", "12.0", "13.0", "14.0", "15.0", "16.0", "17.0", "18.0")
"""The versions of PostgreSQL on sale."""
CLASS: Final = re.compile(
    r"pg\.n[124]e?\.\d{1,2}c\.(?P<disks>[12])m"  # general purpose, with cloud disks: one machine or two
    r"|pg\.x[248]e?\.(?:medium|large|xlarge|\d{1,2}xlarge)\.(?P<whole>[12])c?"  # dedicated
)
"""The form of an instance class of PostgreSQL; it ends with how many machines it has."""
CATEGORIES: Final = {"1": "Basic", "2": "HighAvailability"}
STORAGE: Final = range(10, 64001, 5)
"""Gigabytes on sale."""
AUTO: Final = "Auto"
"""What lets the vendor choose the zone of a standby."""
ENCRYPTED: Final = ("Open", "Update")
NOBODY: Final = ["127.0.0.1"]


class Instance(Kind):
    """An RDS instance."""

    token = INSTANCE
    unread: ClassVar[frozenset[str]] = frozenset(
        {
            "force", "forceRestart", "direction", "effectiveTime", "modifyMode", "switchTime", "upgradeTime",
            "securityIpMode", "securityIpType", "whitelistNetworkType", "dbInstanceIpArrayName",
            "dbInstanceIpArrayAttribute", "freshWhiteListReadins", "releasedKeepPolicy", "manualHaTime",
        }
    )  # fmt: skip
    references = (
        Reference("encryptionKey", reference.KEY, "InvalidEncryptionKey.NotFound", "", also=(reference.ALIAS,)),
    )
    rules = (
        Known("engine", tuple(NAMES), "InvalidEngine.Malformed"),
        Known("instanceStorage", STORAGE, "InvalidStorage.Malformed"),
        Known("zoneId", zones, "InvalidZoneId.NotFound"),
        Known("zoneIdSlaveA", lambda place: (*zones(place), AUTO), "InvalidZoneIdSlave1.NotFound"),
        Known("zoneIdSlaveB", lambda place: (*zones(place), AUTO), "InvalidZoneIdSlave2.NotFound"),
    )
    stable: ClassVar[Mapping[str, Any]] = {
        "status": "Running",
        "dbInstanceType": "Primary",
        "dbInstanceStorageType": "cloud_essd",
        "tcpConnectionType": "SHORT",
        "monitoringPeriod": 300,
        "maintainTime": "18:00Z-22:00Z",
        "sqlCollectorStatus": "Disabled",
        "tdeStatus": "Disabled",
        "forceEncryption": 0,
        "optimizedWrites": "none",
        "securityIps": NOBODY,
        "sslAction": "Close",
        "caType": "",
        "collation": "C",
    }

    def examine(self, order: Order) -> None:
        """Refuse an unknown version or class, an allow-list that isn't one, a place that doesn't fit, and to shrink."""
        values = order.inputs
        if values["engine"] == POSTGRESQL:
            _examine_postgres(values)
        for entry in values.get("securityIps", ()):
            access.read(entry)
        _examine_place(order)
        ram.examine_role(order.estate, values.get("roleArn"))
        if order.record and values["instanceStorage"] < order.record.outputs["instanceStorage"]:
            raise Refusal("InvalidDowngrade", "The storage of an instance with cloud disks cannot shrink.")

    def draw(self, order: Order) -> str:
        """Make an id as the vendor's: it tells the engine."""
        return region.draw(order.estate.region, NAMES[order.inputs["engine"]], 17)

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Give its place, its ports and what its name at the vendor's would be."""
        values, engine = order.inputs, order.inputs["engine"]
        switches = _switches(order)
        zone = values.get("zoneId") or (
            switches[0].outputs["zoneId"] if switches else region.ZONES[order.estate.region][0]
        )
        prefix = values.get("connectionStringPrefix") or identity
        encrypted = values.get("sslAction") in ENCRYPTED
        name = f"{prefix}.{DOMAINS[engine]}.aliyuncs.com"
        return {
            "vpcId": values.get("vpcId") or (switches[0].outputs["vpcId"] if switches else ""),
            "zoneId": zone,
            "category": values.get("category") or _category(values),
            "port": values.get("port") or str(PORTS[engine]),
            "connectionStringPrefix": prefix,
            "connectionString": name,
            "sslConnectionString": name if encrypted else "",
            "sslStatus": "Yes" if encrypted else "No",
            "resourceGroupId": values.get("resourceGroupId") or region.DEFAULT_GROUP,
        }

    def reserve(self, order: Order, identity: str) -> dict[str, Any]:
        """Take an address for its server, and a certificate for it."""
        del identity
        databases = order.estate.databases
        if databases is None or order.inputs["engine"] != POSTGRESQL:
            return {}
        taken = address.take(order.estate.store)
        return {"address": taken, "pair": asdict(databases.sign(taken))}

    def describe(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Give what lists call otherwise."""
        del estate
        values = record.outputs
        names = {"name": values.get("instanceName", ""), "chargeType": values.get("instanceChargeType", "")}
        return {**names, "dbType": "Primary", "netType": "Intranet", "availabilityZone": values["zoneId"]}

    def suppress(self, name: str, wanted: Mapping[str, Any]) -> bool:
        """Keep quiet about the term of an instance that has none, and about what changes by itself."""
        prepaid = wanted.get("instanceChargeType") == "Prepaid"
        if name == "instanceStorage":  # whoever lets it grow by itself is told nothing of its size
            return wanted.get("storageAutoScale") == "Enable"
        if name == "vswitchId":  # nor of the switches of one in two zones
            return len(str(wanted.get(name) or "").split(",")) > 1
        if name in ("storageThreshold", "storageUpperBound"):
            return wanted.get("storageAutoScale") != "Enable"
        return name in ("period", "autoRenew", "autoRenewPeriod") and not prepaid

    def realize(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Start its server."""
        if not served(estate, record):
            return {}
        estate.progress(f"{record.outputs.get('instanceName') or record.id}: PostgreSQL starts")
        return _start(estate, record)

    def alter(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Bring its server in line: who may connect, and how."""
        encrypted = record.outputs["sslAction"] in ENCRYPTED
        told = {"sslStatus": "Yes" if encrypted else "No"}
        return told | (_start(estate, record) if served(estate, record) else {})

    def dismantle(self, estate: Estate, record: Record) -> None:
        """Remove its server, and what was in it."""
        for other in estate.store.all():
            if other.token != INSTANCE and record.id in (
                other.outputs.get("instanceId"),
                other.outputs.get("dbInstanceId"),
            ):
                estate.store.remove(other)
        if estate.databases is not None and record.behind:
            estate.databases.stop(server(estate, record))


def fail_over(estate: Estate, identity: str) -> None:
    """Let the standby of an instance take over: from then on the vendor tells its zones the other way round."""
    failover.exchange(estate, INSTANCE, identity, "zoneId", "zoneIdSlaveA")


def grow(estate: Estate, identity: str, gib: int) -> None:
    """Make an instance's disk larger, as the vendor's automatism or a person in the console would."""
    failover.change(estate, INSTANCE, identity, instanceStorage=gib)


def served(estate: Estate, record: Record) -> Databases | None:
    """Give what runs the server behind an instance, None where there is none."""
    return estate.databases if record.behind else None


def server(estate: Estate, record: Record) -> Server:
    """Give what is to run behind an instance's record."""
    values = record.outputs
    vpc = estate.store.get(reference.NETWORK, values["vpcId"])
    allowed = access.allow(values["securityIps"], vpc.outputs["cidrBlock"] if vpc else "")
    return Server(record.id, record.behind["address"], int(values["port"]), allowed, _pair(record))


def _pair(record: Record) -> Pair | None:
    """Give the certificate it serves with: the city's own if it brought one, else the cloud's."""
    values = record.outputs
    if values["sslAction"] not in ENCRYPTED:
        return None
    if values.get("caType") == "custom" and values.get("serverCert") and values.get("serverKey"):
        return Pair(values["serverCert"], values["serverKey"])
    return Pair(**record.behind["pair"])


def _start(estate: Estate, record: Record) -> dict[str, Any]:
    """Start or bring in line; give where it answers, and the certificates that its own hangs on."""
    wanted = server(estate, record)
    if estate.databases is not None:
        estate.databases.start(wanted)
    told = {"connectionString": wanted.address, "port": str(wanted.port)}
    if "privateIpAddress" not in record.inputs:
        told["privateIpAddress"] = wanted.address
    if wanted.pair is not None:
        told["sslConnectionString"] = wanted.address
        told["serverCert"] = wanted.pair.certificate
    return told


def _category(values: Mapping[str, Any]) -> str:
    match = CLASS.fullmatch(values["instanceType"])
    return CATEGORIES[match["disks"] or match["whole"]] if match else CATEGORIES["2"]


def _examine_postgres(values: Mapping[str, Any]) -> None:
    if values["engineVersion"] not in VERSIONS:
        raise Refusal(
            "InvalidEngineVersion.Malformed",
            f"The version {values['engineVersion']} is not one of {', '.join(VERSIONS)}.",
        )
    if not CLASS.fullmatch(values["instanceType"]):
        raise Refusal("InvalidDBInstanceClass.NotFound", f"The class {values['instanceType']} is not sold here.")
    category = values.get("category", _category(values))
    if category in CATEGORIES.values() and category != _category(values):
        raise Refusal("InvalidCategory", f"The class {values['instanceType']} is not one of the category {category}.")


def _switches(order: Order) -> list[Record]:
    ids = [each for each in str(order.inputs.get("vswitchId") or "").split(",") if each]
    found = [order.estate.store.get(reference.SWITCH, each) for each in ids]
    return [each for each in found if each is not None]


def _examine_place(order: Order) -> None:
    """Refuse switches in other zones than its own, or in several VPCs."""
    values = order.inputs
    chosen = [values[name] for name in ("zoneId", "zoneIdSlaveA", "zoneIdSlaveB") if values.get(name)]
    for switch in _switches(order):
        if chosen and switch.outputs["zoneId"] not in chosen and AUTO not in chosen:
            raise Refusal(
                "InvalidVSwitchId.NotFound", f"{switch.id} is in {switch.outputs['zoneId']}, not in {chosen}."
            )
    vpcs = {each.outputs["vpcId"] for each in _switches(order)} | ({values["vpcId"]} if values.get("vpcId") else set())
    if len(vpcs) > 1:
        raise Refusal("InvalidVpcIdVSwitchId.Mismatch", "The switches of an instance have to be in its VPC.")
