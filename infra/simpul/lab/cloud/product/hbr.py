"""Cloud Backup: vaults, policies, and what they back up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

from simpul.lab.cloud import region
from simpul.lab.cloud.kind import Kind, Order
from simpul.lab.cloud.reference import Reference
from simpul.lab.cloud.refusal import Refusal
from simpul.lab.cloud.rule import Form, Known, Needed, Sole

if TYPE_CHECKING:
    from simpul.lab.cloud.estate import Estate
    from simpul.lab.cloud.store import Record

VAULT: Final = "alicloud:hbr/vault:Vault"
BUCKET: Final = "alicloud:oss/bucket:Bucket"
POLICY: Final = "alicloud:hbr/policy:Policy"
SCHEDULE: Final = r"I\|\d+\|(P(?:\d+[YMWD])*(?:T(?:\d+[HMS])+)?|\d+)|C\|\d+\|\S+( \S+){5,6}"
"""When a backup runs: `I|`, the first time in seconds since 1970, `|` and an ISO 8601 period; `C|`, that, a crontab."""


class Vault(Kind):
    """A vault. With its lock on (WORM) what is in it can't be deleted before its time, and the lock stays on."""

    token = VAULT
    prefix = "v"
    worldwide = True
    stable: ClassVar[Mapping[str, Any]] = {
        "status": "CREATED",
        "vaultType": "STANDARD",
        "vaultStorageClass": "STANDARD",
        "encryptType": "HBR_PRIVATE",
    }
    rules = (
        Needed(("kmsKeyId",), "MissingParameter.KmsKeyId", ("encryptType", ("KMS",))),
        Form("vaultName", r"[^/]{1,64}", "InvalidVaultName"),
    )

    def examine(self, order: Order) -> None:
        """Refuse to take the lock off."""
        if order.record and order.record.outputs.get("wormEnabled") and not order.inputs.get("wormEnabled"):
            raise Refusal("WormCannotBeDisabled", f"{order.record.id} is locked, and stays so.")

    def guard(self, estate: Estate, record: Record) -> None:
        """Refuse to go with its lock on: its backups can't be deleted before their time, nor can it."""
        super().guard(estate, record)
        if record.outputs.get("wormEnabled"):
            raise Refusal("WormVaultCannotBeDeleted", f"{record.id} is locked: it goes when its last backup is over.")

    def describe(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Give when it was made, as lists call it."""
        del estate
        return {"createdTime": record.outputs["createTime"], "paymentType": "FREE"}


class Policy(Kind):
    """A policy: when it backs up, how long it keeps, in which vault."""

    token = POLICY
    prefix = "po"
    worldwide = True
    stable: ClassVar[Mapping[str, Any]] = {"policyType": "STANDARD"}
    references = (Reference("vaultId", VAULT, "VaultNotExist", "VaultInUse"),)
    rules = (
        Form("rules.schedule", SCHEDULE, "InvalidSchedule"),
        Known("rules.replicationRegionId", tuple(region.ZONES), "InvalidReplicationRegionId"),
    )

    def examine(self, order: Order) -> None:
        """Refuse rules of a backup that don't say when, and how long it is kept."""
        for each in order.inputs.get("rules", ()):
            if each["ruleType"] == "BACKUP" and not (each.get("schedule") and each.get("backupType")):
                raise Refusal("MissingParameter.Schedule", "A BACKUP rule needs a schedule and a backup type.")
            if each["ruleType"] != "TAG" and not (each.get("retention") or each.get("retentionRules")):
                raise Refusal("MissingParameter.Retention", f"A {each['ruleType']} rule needs a retention.")


class PolicyBinding(Kind):
    """Something that a policy backs up."""

    token = "alicloud:hbr/policyBinding:PolicyBinding"  # noqa: S105 not a password
    parts = ("policyId", "sourceType", "dataSourceId")
    references = (Reference("policyId", POLICY, "PolicyNotExist", "PolicyBindingExist"),)
    stable: ClassVar[Mapping[str, Any]] = {"crossAccountType": "SELF_ACCOUNT"}
    rules = (Sole(("policyId", "sourceType", "dataSourceId"), "PolicyBindingExist"),)

    def examine(self, order: Order) -> None:
        """Refuse a bucket that isn't there."""
        source = order.inputs.get("dataSourceId", "")
        if order.inputs.get("sourceType") == "OSS" and order.estate.store.get(BUCKET, source) is None:
            raise Refusal("DataSourceNotExist", f"The bucket {source} does not exist.")
