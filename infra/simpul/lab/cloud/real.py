"""What stands behind the lab's cloud, put together.

In: an estate, the folder of its memory, the programs that are needed. Out: the estate with everything behind it, and
what works beside its calls: the balancer that looks after the clusters, the gates of the registries.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from simpul.lab.cloud import address
from simpul.lab.cloud.authority import Authority
from simpul.lab.cloud.bucket.versity import Versity
from simpul.lab.cloud.cluster.ack import Ack
from simpul.lab.cloud.cluster.balancer import Balancer
from simpul.lab.cloud.database.postgres import Postgres
from simpul.lab.cloud.database.redis import Redis
from simpul.lab.cloud.estate import Estate
from simpul.lab.cloud.registry.distribution import Distribution

AUTHORITY: Final = "authority"
"""The folder of the cloud's own authority, in that of its memory."""


class Behind:
    """All that stands behind one estate."""

    def __init__(
        self, estate: Estate, state: Path, *, bundle: Path, mirrors: Mapping[str, str], nodes: int, versitygw: Path
    ) -> None:
        """Put it behind `estate`, whose memory is in `state`.

        Clusters are made of `bundle`, pull from `mirrors` and have at most `nodes` a pool; `versitygw` is a program.
        """
        authority = Authority(state / AUTHORITY)
        authority.make()
        self._registries = Distribution(authority)
        estate.clusters = Ack(bundle, mirrors, nodes, estate.progress)
        estate.databases = Postgres(authority)
        estate.caches = Redis(authority)
        estate.buckets = Versity(versitygw, address.STORAGE, estate.region, authority)
        estate.registries = self._registries
        self._balancer = Balancer(estate)

    def start(self) -> None:
        """Begin what works beside the calls."""
        self._balancer.start()

    def stop(self) -> None:
        """End what works beside the calls; databases, buckets and registries go on, and are found again."""
        self._balancer.stop()
        self._registries.leave()
