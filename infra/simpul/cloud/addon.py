"""What ACK runs in the city's cluster beyond Kubernetes itself: components, each with what it is told.

In: the frame, the cluster, where its logs go. Out: the components, which releases wait for. What a cluster can have at
its creation alone is `at_creation`; all else can come, change and go on a standing one (docs/adr/0028-pods.md). To make
a component that is there already is to set it anew, so that a cut-off run leaves nothing to adopt.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_alicloud as alicloud

from simpul.cloud.frame import Frame
from simpul.cloud.logs import LogStores

NETWORK = "terway-eniip"
"""Gives pods addresses of the network's own switches, and holds NetworkPolicies."""

NETWORK_CONFIG = {"IPVlan": "false", "NetworkPolicy": "true"}
"""NetworkPolicies are held by the nodes' own filters: no program of the kernel's that images would have to carry."""

LATER = ("ack-node-problem-detector", "loongcollector", "nginx-ingress-controller")
"""What the vendor puts into a new cluster unless told not to. The first two would make a log project of their own."""

QUIET = ("csi-plugin", "csi-provisioner", "ack-pod-identity-webhook", "metrics-server")
"""The two by which the vendor's disks become volumes; the one that hands a pod the role of its service account; what
autoscaling looks at. They are told nothing."""

LOGGING = ("ack-node-problem-detector", "loongcollector")
"""What autorepair looks at, and what brings pods' logs out and the API's record with them: told the city's project."""


@dataclass(frozen=True)
class AddonsArgs:
    """What the components stand in: the cluster, the nodes on which they run, and the project of their logs."""

    frame: Frame
    cluster_id: pulumi.Output[str]
    nodes: Sequence[pulumi.Resource]
    logs: LogStores


class Addons(pulumi.ComponentResource):
    """The components of a cluster that aren't there by its creation."""

    installed: tuple[pulumi.Resource, ...]

    def __init__(self, name: str, args: AddonsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the components `name` as `args` say."""
        super().__init__("simpul:cloud:Addons", name, {}, opts)
        self._args = args
        project = args.logs.project.apply(lambda project: text({"sls_project_name": project}))
        self.installed = (
            *(self._addon(each, None) for each in QUIET),
            *(self._addon(each, project) for each in LOGGING),
        )
        self.register_outputs({})

    def _addon(self, name: str, config: pulumi.Input[str] | None) -> alicloud.cs.KubernetesAddon:
        return alicloud.cs.KubernetesAddon(
            self._args.frame.identity.name(f"addon-{name}"),
            cluster_id=self._args.cluster_id,
            name=name,
            config=config,
            opts=self._args.frame.child(self, depends_on=self._args.nodes),
        )


def at_creation() -> list[alicloud.cs.ManagedKubernetesAddonArgs]:
    """Give what a new cluster is told: its pods' network, which never changes, and to leave the rest to us."""
    later = [alicloud.cs.ManagedKubernetesAddonArgs(name=each, disabled=True) for each in LATER]
    return [alicloud.cs.ManagedKubernetesAddonArgs(name=NETWORK, config=text(NETWORK_CONFIG)), *later]


def text(config: Mapping[str, str]) -> str:
    """Write a component's configuration as the vendor's plugin reads it back, or it would show a change for ever."""
    return json.dumps(config, sort_keys=True, separators=(",", ":"))
