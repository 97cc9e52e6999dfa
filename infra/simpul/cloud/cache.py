"""The city's caches: Redis with a standby in another zone, one for each store that wants one.

In: the frame, the network and the keys. Out: a handle for each. What holds personal data is Tair, which can encrypt
what it writes down from version 6.0 on; the smaller Redis can't, and is for all else.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_alicloud as alicloud

from simpul.city import Store
from simpul.cloud.found import Listed, ask
from simpul.cloud.frame import Frame
from simpul.cloud.identity import Identity
from simpul.cloud.key import Keys, encryption_role
from simpul.cloud.network import Network
from simpul.handover import CacheHandle
from simpul.provider.resource import Password

VERSION, TAIR_VERSION = "5.0", "7.0"
"""Of Redis the newest of the classes below; of Tair one that encrypts."""

TAIR_TAGS = ("simpul:wilayah", "simpul:stack", "simpul:managed-by", "simpul:workload", "simpul:data-class")
"""The tags of a Tair instance: the vendor takes five when it makes one, and these say whose it is and what is in it."""

PORT = 6379
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
BACKUP = "17:00Z-18:00Z"
MAINTENANCE = ("18:00Z", "19:00Z")
"""When it is night in all of Indonesia, as for databases."""

TAIR = {
    "redis.master.small.default": "tair.rdb.1g",
    "redis.master.mid.default": "tair.rdb.2g",
    "redis.master.stand.default": "tair.rdb.4g",
}
"""The class of Tair that is as large as a class of Redis."""

PLACE = ("zoneId", "secondaryZoneId", "vswitchId")
"""What says where a cache is: it stays there."""

CAPITALISED = ("tdeStatus",)
"""What the vendor tells in other letters than it takes; it can't be changed anyway."""


@dataclass(frozen=True)
class CachesArgs:
    """What the caches stand in, the network that reaches them, the keys that encrypt what they write down."""

    frame: Frame
    network: Network
    keys: Keys


class Caches(pulumi.ComponentResource):
    """Redis for each store that wants a cache: by password and TLS alone, within the cluster's ranges."""

    handles: tuple[CacheHandle, ...]

    def __init__(self, name: str, args: CachesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the caches `name` as `args` say."""
        super().__init__("simpul:cloud:Caches", name, {}, opts)
        self._args, self._frame = args, args.frame
        self.ids: dict[str, pulumi.Output[str]] = {}
        self.handles = tuple(
            self._tair(store) if store.data == "personal" else self._redis(store)
            for store in args.frame.city.cloud.stores
            if store.cache
        )
        self.register_outputs({"instanceIds": self.ids})

    def _redis(self, store: Store) -> CacheHandle:
        frame, network = self._frame, self._args.network
        name, password = _name(frame.identity, store), self._password(store)
        zones = list(frame.plan.switches)
        cache = alicloud.kvstore.Instance(
            name,
            db_instance_name=name,
            instance_type="Redis",
            engine_version=VERSION,
            instance_class=frame.size.cache,
            payment_type="PostPaid",
            zone_id=zones[0],
            secondary_zone_id=zones[1],
            vswitch_id=network.switches[0].id,
            resource_group_id=frame.group,
            port=PORT,
            password=password.result,
            vpc_auth_mode="Open",  # a password is asked for inside the network too
            ssl_enable="Enable",
            security_ips=self._reached_from,
            backup_periods=list(DAYS),
            backup_time=BACKUP,
            maintain_start_time=MAINTENANCE[0],
            maintain_end_time=MAINTENANCE[1],
            instance_release_protection=frame.protects(name),
            tags=frame.identity.tags(workload=store.name, data=store.data),
            opts=frame.stay(frame.child(self, alicloud.kvstore.Instance, name), *PLACE),
        )
        self.ids[store.name] = cache.id
        return _handle(store, cache.connection_domain, password)

    def _tair(self, store: Store) -> CacheHandle:
        frame, network = self._frame, self._args.network
        name, password = _name(frame.identity, store), self._password(store)
        zones, tags = list(frame.plan.switches), frame.identity.tags(workload=store.name, data=store.data)
        cache = alicloud.redis.TairInstance(
            name,
            tair_instance_name=name,
            instance_type="tair_rdb",
            instance_class=TAIR[frame.size.cache],
            engine_version=TAIR_VERSION,
            payment_type="PayAsYouGo",
            zone_id=zones[0],
            secondary_zone_id=zones[1],
            vpc_id=network.vpc.id,
            vswitch_id=network.switches[0].id,
            resource_group_id=frame.group,
            port=PORT,
            password=password.result,
            vpc_auth_mode="Open",
            ssl_enabled="Enable",
            tde_status="enabled",
            encryption_key=self._args.keys.key_id(store.data),
            role_arn=encryption_role(frame.account),
            security_ips=",".join(self._reached_from),
            tags={tag: tags[tag] for tag in TAIR_TAGS},
            opts=frame.stay(frame.child(self, alicloud.redis.TairInstance, name), *PLACE, *CAPITALISED),
        )
        self.ids[store.name] = cache.id
        return _handle(store, cache.connection_domain, password)

    @property
    def _reached_from(self) -> list[str]:
        return [str(self._frame.plan.vpc), str(self._frame.plan.cloud.pods)]

    def _password(self, store: Store) -> Password:
        return Password(_name(self._frame.identity, store), opts=self._frame.child(self))


def _handle(store: Store, host: pulumi.Output[str], password: Password) -> CacheHandle:
    return CacheHandle(store.name, host, pulumi.Output.from_input(str(PORT)), pulumi.Output.secret(password.result))


def _name(identity: Identity, store: Store) -> str:
    return identity.name(f"cache-{store.name}")


async def listed(identity: Identity) -> Listed:
    """List what the cloud holds of the caches; the vendor lists Redis and Tair together."""
    caches = alicloud.kvstore.get_instances_output(name_regex=f"^{identity.prefix}-", tags=identity.mark)
    for cache in (await ask(caches)).instances:
        kind = alicloud.redis.TairInstance if cache.instance_class in TAIR.values() else alicloud.kvstore.Instance
        yield kind, cache.db_instance_name or cache.name, cache.id
