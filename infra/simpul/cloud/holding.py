"""What holds the city's data, whole: the components for it, in the order in which they stand on each other.

In: the frame, the network, the keys and the logs. Out: `Holding`, handles of what workloads and sites use.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from simpul.cloud import site_key, storage
from simpul.cloud.frame import Frame
from simpul.cloud.key import Keys
from simpul.cloud.logs import LogStores
from simpul.cloud.network import Network
from simpul.cloud.storage import Storage, StorageArgs
from simpul.handover import BucketHandle

LISTINGS = (storage.listed, site_key.listed)
"""How each component says what the cloud holds of it."""


@dataclass(frozen=True)
class Holding:
    """Where data is, for those who may use it."""

    buckets: tuple[BucketHandle, ...]


@dataclass(frozen=True)
class Ground:
    """What all of it stands on."""

    frame: Frame
    network: Network
    keys: Keys
    logs: LogStores


def hold(ground: Ground, parent: pulumi.Resource) -> Holding:
    """Make what holds the city's data, under `parent`."""
    frame, child = ground.frame, pulumi.ResourceOptions(parent=parent)
    buckets = Storage(frame.identity.name("storage"), StorageArgs(frame, ground.keys), child)
    return Holding(buckets=buckets.handles)
