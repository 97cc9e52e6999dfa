"""The copy of workloads' files that is apart from them and can't be deleted: a vault of Cloud Backup.

In: the frame, the keys, the buckets with data. Out: nothing that others need. What backs up what, and why not all of
it is here, is in docs/adr/0016-backups.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_alicloud as alicloud

from simpul.cloud.found import Listed, ask, token
from simpul.cloud.frame import Frame
from simpul.cloud.identity import Identity
from simpul.cloud.key import STRICTEST, Keys
from simpul.handover import Staying

PART = "vault"
DAILY = "I|1735664400|P1D"
"""Every day from 2025-01-01 0:00 in the west of Indonesia, when it is quiet in all of it."""


@dataclass(frozen=True)
class BackupArgs:
    """What the vault stands in, the keys, and the names of the buckets that it copies, by the store that has them."""

    frame: Frame
    keys: Keys
    buckets: Mapping[str, pulumi.Output[str]]


class Backup(pulumi.ComponentResource):
    """A vault in the region, encrypted and locked, and a policy that copies each bucket to it every day."""

    stays: tuple[Staying, ...]

    def __init__(self, name: str, args: BackupArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the vault `name` as `args` say."""
        super().__init__("simpul:cloud:Backup", name, {}, opts)
        frame = args.frame
        part, sole = frame.identity.name(PART), frame.identity.sole_name(PART)
        is_locked = frame.locks(alicloud.hbr.Vault, part)
        vault = alicloud.hbr.Vault(
            part,
            vault_name=sole,
            description=description(frame.identity),
            vault_type="STANDARD",
            vault_storage_class="STANDARD",
            encrypt_type="KMS",
            kms_key_id=args.keys.key_id(STRICTEST),
            worm_enabled=is_locked,
            resource_group_id=frame.group,
            tags=frame.identity.tags(data=STRICTEST),
            opts=frame.child(self, alicloud.hbr.Vault, sole, stays=is_locked),
        )
        rule = alicloud.hbr.PolicyRuleArgs(
            rule_type="BACKUP",
            backup_type="COMPLETE",
            schedule=DAILY,
            retention=frame.city.retention.backup_days,
            vault_id=vault.id,
        )
        policy = alicloud.hbr.Policy(
            part,
            policy_name=sole,
            policy_type="STANDARD",
            policy_description="Every day, for as long as the city declares",
            rules=[rule],
            opts=frame.child(self),
        )
        for store, bucket in args.buckets.items():
            alicloud.hbr.PolicyBinding(
                frame.identity.name(f"{PART}-{store}"),
                policy_id=policy.id,
                source_type="OSS",
                data_source_id=bucket,
                policy_binding_description=f"The files of {store}",
                disabled=False,
                opts=frame.child(self),
            )
        days = frame.city.retention.backup_days
        until = f"{days} days after its last backup"
        self.stays = (Staying(token(alicloud.hbr.Vault), vault.id, until),) if is_locked else ()
        self.register_outputs({"vaultId": vault.id})


def description(identity: Identity) -> str:
    """Return what the vault is described by."""
    return f"Copies of what {identity.title} keeps"


async def listed(identity: Identity) -> Listed:
    """List what the cloud holds of the vault; the vendor lists neither policies nor what is bound to them."""
    for vault in (await ask(alicloud.hbr.get_vaults_output(name_regex=f"^{identity.sole_name(PART)}$"))).vaults:
        yield alicloud.hbr.Vault, vault.vault_name, vault.id
