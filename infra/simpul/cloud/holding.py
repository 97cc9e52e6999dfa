"""What holds the city's data, whole: the components for it, in the order in which they stand on each other.

In: the frame, the network, the keys and the logs. Out: `Holding`, handles of what workloads and sites use.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from simpul.city import Purpose
from simpul.cloud import audit, backup, cache, database, registry, site_key, storage
from simpul.cloud.audit import Audit, AuditArgs
from simpul.cloud.backup import Backup, BackupArgs
from simpul.cloud.cache import Caches, CachesArgs
from simpul.cloud.database import Databases, DatabasesArgs
from simpul.cloud.frame import Frame
from simpul.cloud.key import Keys
from simpul.cloud.logs import LogStores
from simpul.cloud.monitor import Watched
from simpul.cloud.network import Network
from simpul.cloud.registry import ENTERPRISE, Registry, RegistryArgs
from simpul.cloud.storage import AUDIT, Storage, StorageArgs
from simpul.handover import BackupStore, BucketHandle, CacheHandle, DatabaseHandle, ImageRegistry, Staying

LISTINGS = (
    storage.listed,
    site_key.listed,
    audit.listed,
    backup.listed,
    database.listed,
    cache.listed,
    registry.listed,
)
"""How each component says what the cloud holds of it."""


@dataclass(frozen=True)
class Holding:
    """Where data is, for those who may use it, what of it is to be watched, and what is locked."""

    buckets: tuple[BucketHandle, ...]
    backups: tuple[BackupStore, ...]
    databases: tuple[DatabaseHandle, ...]
    caches: tuple[CacheHandle, ...]
    image_registry: ImageRegistry | None
    watched: tuple[Watched, ...]
    stays: tuple[Staying, ...]


@dataclass(frozen=True)
class Ground:
    """What all of it stands on."""

    frame: Frame
    network: Network
    keys: Keys
    logs: LogStores


def hold(ground: Ground, parent: pulumi.Resource) -> Holding:
    """Make what holds the city's data, under `parent`."""
    frame, network, keys = ground.frame, ground.network, ground.keys
    name, child = frame.identity.name, pulumi.ResourceOptions(parent=parent)
    store = Storage(name("storage"), StorageArgs(frame, keys), child)
    buckets = {place: bucket.bucket for place, bucket in store.buckets.items()}
    Audit(name("audit"), AuditArgs(frame, ground.logs, buckets[AUDIT], keys.key_arn("internal")), child)
    files = {whose: bucket for (purpose, whose), bucket in buckets.items() if purpose is Purpose.DATA}
    copies = Backup(name("backup"), BackupArgs(frame, keys, files), child) if files else None
    databases = Databases(name("databases"), DatabasesArgs(frame, network, keys), child)
    caches = Caches(name("caches"), CachesArgs(frame, network, keys), child)
    own = Registry(name("registry"), RegistryArgs(frame, network), child) if frame.size.registry == ENTERPRISE else None
    return Holding(
        buckets=store.handles,
        backups=store.backups,
        databases=databases.handles,
        caches=caches.handles,
        image_registry=own.handle if own else None,
        watched=(
            *(Watched("database", part, each.id) for part, each in databases.instances.items()),
            *(Watched("cache", f"cache-{whose}", id_) for whose, id_ in caches.ids.items()),
        ),
        stays=(*store.stays, *(copies.stays if copies else ())),
    )
