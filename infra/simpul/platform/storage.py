"""Where volumes in the cloud come from: a class of disks that are encrypted by the city's key."""

from __future__ import annotations

from dataclasses import replace

import pulumi

from simpul.handover import ClusterHandle
from simpul.provider import resource

CLASS = "simpul-encrypted"
CHART = "storage"


class Storage(pulumi.ComponentResource):
    """The class, as a release. `cluster` is the cluster with it, for what comes after."""

    cluster: ClusterHandle

    def __init__(self, name: str, cluster: ClusterHandle, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the class in `cluster`, whose disks have a key."""
        super().__init__("simpul:platform:Storage", name, {}, opts)
        release = resource.Release(
            name,
            resource.ReleaseArgs(
                cluster=cluster.name,
                kubeconfig=cluster.kubeconfig,
                name=CHART,
                namespace=CHART,
                chart=f"charts/{CHART}",
                values={"className": CLASS, "keyId": cluster.disk_key},
                offline_days=cluster.offline_days,
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(cluster.ready)),
        )
        self.cluster = replace(cluster, storage_class=CLASS, ready=(*cluster.ready, release))
        self.register_outputs({})
