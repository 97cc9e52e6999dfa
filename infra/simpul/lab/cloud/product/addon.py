"""Components of Container Service's clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from simpul.lab.cloud.kind import Kind, Order
from simpul.lab.cloud.product.cs import CLUSTER
from simpul.lab.cloud.reference import Reference
from simpul.lab.cloud.rule import Known

if TYPE_CHECKING:
    from simpul.lab.cloud.estate import Estate
    from simpul.lab.cloud.store import Record

VERSIONS: Final = {
    "ack-node-problem-detector": "1.2.24",
    "ack-pod-identity-webhook": "0.2.0",
    "ack-secret-manager": "0.5.9",
    "alb-ingress-controller": "v2.19.0-aliyun.1",
    "alicloud-monitor-controller": "v1.8.6",
    "ack-cost-exporter": "1.0.23",
    "ack-kms-agent-webhook-injector": "0.3.0",
    "arms-prometheus": "1.1.32",
    "cluster-autoscaler": "v1.33.0",
    "cloud-controller-manager": "v2.12.1",
    "coredns": "v1.11.3.5-5321daf49-aliyun",
    "csi-plugin": "v1.34.2",
    "csi-provisioner": "v1.34.2",
    "flannel": "v0.15.1.24-86c5e0b2-aliyun",
    "gatekeeper": "v3.18.2.134-gbd65d2f-aliyun",
    "logtail-ds": "v1.8.7.0-aliyun",
    "loongcollector": "v3.1.4",
    "managed-csiprovisioner": "v1.34.2",
    "metrics-server": "v0.3.9.8-0e2f0f6-aliyun",
    "migrate-controller": "v1.8.6",
    "nginx-ingress-controller": "v1.12.1-aliyun.1",
    "policy-template-controller": "v0.2.4",
    "security-inspector": "v0.13.0",
    "storage-operator": "v1.33.1",
    "terway-controlplane": "v1.15.0",
    "terway-eniip": "v1.15.0",
}
"""The components that a cluster can have, each with a version; the vendor moves on from these."""


class KubernetesAddon(Kind):
    """A component of a cluster. To make one that is there already is to set it anew."""

    token = "alicloud:cs/kubernetesAddon:KubernetesAddon"  # noqa: S105 not a password
    parts = ("clusterId", "name")
    references = (Reference("clusterId", CLUSTER, "ErrorClusterNotFound", ""),)
    rules = (Known("name", tuple(VERSIONS), "AddonNotFound"),)

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Give its version."""
        del identity
        return {"version": order.inputs.get("version", VERSIONS.get(order.inputs["name"], ""))}

    def describe(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Give what lists call otherwise."""
        del estate
        return {"currentVersion": record.outputs["version"], "currentConfig": record.outputs.get("config", "")}
