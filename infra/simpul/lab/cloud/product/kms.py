"""Keys, their aliases, policies of access, secrets. A key or a secret that is deleted waits for its end first."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final

from simpul.lab.cloud import reference, region
from simpul.lab.cloud.kind import Kind, Order
from simpul.lab.cloud.reference import Reference
from simpul.lab.cloud.refusal import Refusal
from simpul.lab.cloud.rule import Form, Known, Needed, Sole, zones

if TYPE_CHECKING:
    from simpul.lab.cloud.estate import Estate
    from simpul.lab.cloud.store import Record

WINDOW: Final = 30
"""Days that a key or a secret waits for its end, where the program doesn't say how many."""
INTERVAL: Final = r"\d+[dhms]"
"""A span of time as the vendor writes it: `365d`, `86400s`."""
INSTANCE: Final = "alicloud:kms/instance:Instance"
SECRET: Final = "alicloud:kms/secret:Secret"  # noqa: S105 not a password
NO_INSTANCE: Final = "Forbidden.DKMSInstanceNotFound"
IN_INSTANCE: Final = Reference("dkmsInstanceId", INSTANCE, NO_INSTANCE, "Forbidden.DKMSInstanceNotEmpty")
ZONES: Final = 2
TIME: Final = "%Y-%m-%dT%H:%M:%SZ"
EXISTS: Final = "Rejected.ResourceExist"
ROTATED: Final = ("automaticRotation", ("Enabled",))


class Instance(Kind):
    """A KMS instance: where keys are, in two zones. Keys that wait for their end go with it."""

    token = INSTANCE
    prefix = "kst"
    unread: ClassVar[frozenset[str]] = frozenset({"forceDeleteWithoutBackup", "period"})
    stable: ClassVar[Mapping[str, Any]] = {
        "status": "Connected",
        "paymentType": "PayAsYouGo",
        "productVersion": "3",
        "renewStatus": "ManualRenewal",
    }
    rules = (Known("zoneIds", zones, "InvalidParameter.ZoneIds"),)

    def examine(self, order: Order) -> None:
        """Refuse fewer zones than two, and a switch of another VPC or zone."""
        if len(set(order.inputs["zoneIds"])) < ZONES:
            raise Refusal("InvalidParameter.ZoneIds", f"A KMS instance needs {ZONES} zones.")
        for each in order.inputs["vswitchIds"]:
            switch = order.estate.store.get(reference.SWITCH, each)
            there = switch is not None and switch.outputs["vpcId"] == order.inputs["vpcId"]
            if switch and not (there and switch.outputs["zoneId"] in order.inputs["zoneIds"]):
                raise Refusal("InvalidParameter.VSwitchIds", f"{each} is not in the VPC and the zones.")

    def dismantle(self, estate: Estate, record: Record) -> None:
        """Take along the keys and secrets that wait for their end."""
        for token in (reference.KEY, SECRET):
            for each in estate.store.retired(token):
                if each.outputs.get("dkmsInstanceId") == record.id:
                    estate.store.remove(each)


class Key(Kind):
    """A key. Deleted, it is `PendingDeletion` for its window, and lists show it as that."""

    token = reference.KEY
    prefix = "key"
    lingers = True
    unread: ClassVar[frozenset[str]] = frozenset({"pendingWindowInDays"})
    stable: ClassVar[Mapping[str, Any]] = {
        "automaticRotation": "Disabled",
        "deletionProtection": "Disabled",
        "keySpec": "Aliyun_AES_256",
        "keyUsage": "ENCRYPT/DECRYPT",
        "origin": "Aliyun_KMS",
        "status": "Enabled",
        "keyState": "Enabled",
        "isEnabled": True,
        "creator": region.ACCOUNT,
    }
    references = (IN_INSTANCE,)
    rules = (
        Form("rotationInterval", INTERVAL, "InvalidParameter.RotationInterval"),
        Needed(("rotationInterval",), "MissingParameter.RotationInterval", ROTATED),
    )

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Give its name in policies, and its first version."""
        return {
            "arn": f"acs:kms:{order.estate.region}:{region.ACCOUNT}:key/{identity}",
            "primaryKeyVersion": str(uuid.uuid4()),
            "creationDate": _stamp(),
            "lastRotationDate": _stamp(),
        }

    def observe(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Give the state in all of its spellings, when it is made anew next, and how often, in seconds."""
        del estate
        values = record.outputs
        status, rotates = values["status"], values.get("automaticRotation") == "Enabled"
        due = _later(values["lastRotationDate"], values["rotationInterval"]) if rotates else ""
        told = (
            {"rotationInterval": f"{_seconds(values['rotationInterval'])}s"} if values.get("rotationInterval") else {}
        )
        return told | {"keyState": status, "isEnabled": status == "Enabled", "nextRotationDate": due}

    def retire(self, record: Record) -> dict[str, Any]:
        """Schedule its deletion."""
        days = record.inputs.get("pendingWindowInDays", WINDOW)
        return {"status": "PendingDeletion", "deleteDate": _stamp(timedelta(days=days))}


class Alias(Kind):
    """A name of a key, taken once in an account and region."""

    token = reference.ALIAS
    parts = ("aliasName",)
    references = (Reference("keyId", reference.KEY, "Forbidden.KeyNotFound", ""),)
    rules = (Form("aliasName", r"alias/[\w/-]{1,249}", "InvalidParameter"), Sole(("aliasName",), EXISTS))

    def examine(self, order: Order) -> None:
        """Refuse a name that the vendor keeps for its own services."""
        name = str(order.inputs["aliasName"])
        if name.startswith("alias/acs/"):
            raise Refusal(
                "InvalidParameter",
                f"The aliasName {name} is not valid: the prefix alias/acs/ is reserved for keys of the services.",
            )


class Policy(Kind):
    """A policy of a KMS instance: which keys and secrets an application reaches, from where."""

    token = "alicloud:kms/policy:Policy"  # noqa: S105 not a password
    parts = ("policyName",)
    references = (Reference("kmsInstanceId", INSTANCE, NO_INSTANCE, ""),)
    rules = (Sole(("policyName",), EXISTS),)


class Secret(Kind):
    """A secret. Its name is taken until its recovery window is over, unless it is deleted without recovery."""

    token = SECRET
    parts = ("secretName",)
    references = (IN_INSTANCE,)
    unread: ClassVar[frozenset[str]] = frozenset({"forceDeleteWithoutRecovery", "recoveryWindowInDays"})
    stable: ClassVar[Mapping[str, Any]] = {"secretType": "Generic"}
    rules = (
        Form("secretName", r"[\w/+=.@-]{1,192}", "InvalidParameter"),
        Form("rotationInterval", INTERVAL, "InvalidParameter.RotationInterval"),
        Sole(("secretName",), EXISTS),
    )

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Give its name in policies, and the stage of its version."""
        return {
            "arn": f"acs:kms:{order.estate.region}:{region.ACCOUNT}:secret/{identity}",
            "versionStages": ["ACSCurrent"],
        }

    def retire(self, record: Record) -> dict[str, Any]:
        """Schedule its deletion, unless the program wants none of that."""
        if record.inputs.get("forceDeleteWithoutRecovery"):
            return {}
        days = record.inputs.get("recoveryWindowInDays", WINDOW)
        return {"plannedDeleteTime": _stamp(timedelta(days=days))}


def _stamp(later: timedelta = timedelta()) -> str:
    return (datetime.now(UTC) + later).strftime(TIME)


def _seconds(interval: str) -> int:
    return int(interval[:-1]) * {"d": 86400, "h": 3600, "m": 60, "s": 1}[interval[-1]]


def _later(stamp: str, interval: str) -> str:
    return (datetime.strptime(stamp, TIME).replace(tzinfo=UTC) + timedelta(seconds=_seconds(interval))).strftime(TIME)
