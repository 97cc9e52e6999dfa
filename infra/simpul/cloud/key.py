"""The keys by which the city's data is encrypted at rest: one for each class of data that a city may have.

In: the frame and the network. Out: `Keys`, which gives the key of a class. The account's own default key would do for
one class only, and isn't rotated (docs/adr/0015-keys-of-our-own.md); so the keys are in a KMS instance of the city's.
Both keys are there whatever stores a city has: what serves all of it has the strictest one from its first day on, so
that no store which comes or goes changes a key under what is encrypted already.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_alicloud as alicloud

from simpul.city import DataClass
from simpul.cloud.found import Listed, ask, token
from simpul.cloud.frame import Frame
from simpul.cloud.identity import Identity
from simpul.cloud.network import Network
from simpul.cloud.tagging import KMS
from simpul.handover import Staying

CLASSES: tuple[DataClass, ...] = ("internal", "personal")
"""The classes of data that have a key of their own; public data has that of internal data."""

STRICTEST = CLASSES[-1]
"""The class whose key encrypts what serves all of a city: the cluster, its nodes, backups."""

ROTATION = f"{365 * 24 * 3600}s"
"""How often a key is made anew, in the unit in which the vendor tells it: 365 days. An engineering choice: no law names
a number."""

ENCRYPTION_ROLE = "AliyunRdsInstanceEncryptionDefaultRole"
"""The role by which RDS and Tair use an account's keys. It is one for all of an account, and their console makes it.

Its name is AliyunRDSInstanceEncryptionDefaultRole (RDS's page on its authorization, and services.yaml). Within an ARN
it is spelt as here, which Tair's API calls a fixed value; RDS's own plugin spells it in small letters alone. So the
vendor's services don't tell the three apart, and what the strictest of them asks for is sent to both.
"""

LONGEST_WAIT, SHORTEST_WAIT = 30, 7
"""Days that a key which is to be deleted can still be had back; 7 is the least that the vendor allows."""

ZONES = 2
"""How many zones the vendor wants a KMS instance to be in."""


@dataclass(frozen=True)
class KeysArgs:
    """What the keys stand in, and the network from which their instance is reached."""

    frame: Frame
    network: Network


class Keys(pulumi.ComponentResource):
    """A KMS instance, and in it a key with an alias for each class of data.

    What is locked can be read for as long as its keys are there: they stay with it.
    """

    stays: list[Staying]

    def __init__(self, name: str, args: KeysArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the keys `name` as `args` say."""
        super().__init__("simpul:cloud:Keys", name, {}, opts)
        self._frame = args.frame
        instance = self._instance(args.network)
        self.stays = [Staying(token(alicloud.kms.Instance), instance.id, "as long as its keys")]
        self._keys = {data: self._key(instance, data) for data in CLASSES}
        self.register_outputs({"keyIds": {data: key.id for data, key in self._keys.items()}})

    def key_id(self, data: DataClass) -> pulumi.Output[str]:
        """Give the id of the key for a class of data; public data has that of internal data."""
        return self._of(data).id

    def key_arn(self, data: DataClass) -> pulumi.Output[str]:
        """Give the key's name in policies."""
        return self._of(data).arn

    def _of(self, data: DataClass) -> alicloud.kms.Key:
        return self._keys["internal" if data == "public" else data]

    def _protects(self, name: str) -> bool:
        """Tell whether the vendor is to refuse the deletion of `name`: what stays is as safe as it was."""
        return self._frame.protects(name) or self._frame.outlasts

    def _instance(self, network: Network) -> alicloud.kms.Instance:
        frame = self._frame
        own, name = frame.identity.name("keys"), frame.identity.sole_name("keys")
        return alicloud.kms.Instance(
            own,
            instance_name=name,
            product_version="3",  # keys in software: hardware is another product, with another price
            payment_type="PayAsYouGo",
            vpc_id=network.vpc.id,
            vswitch_ids=[network.switches[0].id],
            zone_ids=list(frame.plan.switches)[:ZONES],
            deletion_protection=self._protects(own),
            force_delete_without_backup="false" if self._protects(own) else "true",
            tags=KMS.tags(frame.identity.tags()),
            opts=frame.stay(frame.child(self, alicloud.kms.Instance, name, stays=True), "vswitchIds", "zoneIds"),
        )

    def _key(self, instance: alicloud.kms.Instance, data: DataClass) -> alicloud.kms.Key:
        frame = self._frame
        name = frame.identity.name(f"key-{data}")
        protect = self._protects(name)
        key = alicloud.kms.Key(
            name,
            description=_description(frame.identity, data),
            dkms_instance_id=instance.id,
            key_spec="Aliyun_AES_256",
            key_usage="ENCRYPT/DECRYPT",
            automatic_rotation="Enabled",
            rotation_interval=ROTATION,
            status="Enabled",
            deletion_protection="Enabled" if protect else "Disabled",
            pending_window_in_days=LONGEST_WAIT if protect else SHORTEST_WAIT,
            tags=KMS.tags(frame.identity.tags(data=data)),
            opts=frame.child(self, alicloud.kms.Key, data, stays=True),
        )
        alias = _alias(frame.identity, data)
        beside = frame.child(self, alicloud.kms.Alias, alias, stays=True)
        named = alicloud.kms.Alias(name, alias_name=alias, key_id=key.id, opts=beside)
        self.stays.extend(
            Staying(token(type(each)), each.id, "as long as a bucket or vault that it encrypts")
            for each in (key, named)
        )
        return key


def encryption_role(account: str) -> str:
    """Return the name in policies of the role by which RDS and Tair use the keys of `account`."""
    return f"acs:ram::{account}:role/{ENCRYPTION_ROLE}"


def _description(identity: Identity, data: DataClass) -> str:
    """Give what a key is known by when it is listed, so that it holds nothing that may be reworded."""
    return f"{identity.sole}: {data} data"


def _alias(identity: Identity, data: DataClass) -> str:
    return f"alias/{identity.sole_name(data)}"


async def listed(identity: Identity) -> Listed:
    """List what the cloud holds of the keys; one that waits for its deletion is left to it."""
    name = identity.sole_name("keys")
    for instance in (await ask(alicloud.kms.get_instances_output(instance_name=name))).instances:
        yield alicloud.kms.Instance, name, instance.instance_id
    described: dict[str, DataClass] = {_description(identity, data): data for data in CLASSES}
    for key in (await ask(alicloud.kms.get_keys_output(status="Enabled"))).keys:
        if key.description in described:
            yield alicloud.kms.Key, described[key.description], key.id
    names = {_alias(identity, data) for data in described.values()}
    for alias in (await ask(alicloud.kms.get_aliases_output(name_regex=f"^alias/{identity.sole}-"))).aliases:
        if alias.alias_name in names:
            yield alicloud.kms.Alias, alias.alias_name, alias.id
