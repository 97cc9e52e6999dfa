"""How Container Service's clusters grow and shrink by themselves: one setting a cluster, which has the cluster's id."""

from __future__ import annotations

from simpul.lab.cloud.kind import Kind
from simpul.lab.cloud.product.cs import CLUSTER
from simpul.lab.cloud.reference import Reference


class AutoscalingConfig(Kind):
    """The setting of a cluster. To make it where it is already is to set it anew."""

    token = "alicloud:cs/autoscalingConfig:AutoscalingConfig"  # noqa: S105 not a password
    parts = ("clusterId",)
    references = (Reference("clusterId", CLUSTER, "ErrorClusterNotFound", ""),)
