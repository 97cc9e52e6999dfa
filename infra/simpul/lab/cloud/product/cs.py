"""Container Service: managed clusters and their credentials. A real Kubernetes stands behind each."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

from simpul.lab.cloud import address, reference, region
from simpul.lab.cloud.cidr import network, overlap
from simpul.lab.cloud.cluster.backing import Cluster, Node
from simpul.lab.cloud.kind import Kind, Order, Source
from simpul.lab.cloud.product.eip import ADDRESS
from simpul.lab.cloud.product.log import PROJECT
from simpul.lab.cloud.product.slb import BALANCER
from simpul.lab.cloud.product.vpc import blocks
from simpul.lab.cloud.reference import Reference
from simpul.lab.cloud.refusal import Refusal
from simpul.lab.cloud.rule import Form, Sole
from simpul.lab.cloud.store import CREATING, DELETING, READY

if TYPE_CHECKING:
    from simpul.lab.cloud.estate import Estate
    from simpul.lab.cloud.store import Record

CLUSTER: Final = "alicloud:cs/managedKubernetes:ManagedKubernetes"
POOL: Final = "alicloud:cs/nodePool:NodePool"
GATEWAY: Final = "alicloud:vpc/natGateway:NatGateway"
VERSION: Final = "1.34.3-aliyun.1"
VERSION_FORM: Final = r"1\.\d{2}\.\d{1,2}-aliyun\.\d+"
PODS: Final = "172.20.0.0/16"
SERVICES: Final = "172.21.0.0/20"
DNS: Final = 10
BASIC: Final = "ack.standard"
TERWAY: Final = "terway-eniip"
FLANNEL: Final = "flannel"
STATES: Final = {CREATING: "initial", READY: "running", DELETING: "deleting"}
"""The states of a cluster in the vendor's words."""


class ManagedKubernetes(Kind):
    """An ACK managed cluster."""

    token = CLUSTER
    unread: ClassVar[frozenset[str]] = frozenset({"addons", "newNatGateway", "podVswitchIds", "slbInternetEnabled"})
    lingers: ClassVar[bool] = True
    references = tuple(
        Reference(name, PROJECT, "ErrorLogProjectNotFound", "", by="projectName")
        for name in ("controlPlaneLogProject", "slsProjectName")
    )
    rules = (
        Form("version", VERSION_FORM, "ErrorUnsupportedVersion"),
        Form("maintenanceWindow.duration", r"\d+h", "ErrorInvalidMaintenanceWindow"),
        Sole(("name",), "ErrorClusterNameAlreadyExist"),
    )
    stable: ClassVar[Mapping[str, Any]] = {
        "clusterSpec": BASIC,
        "version": VERSION,
        "deletionProtection": False,
    }

    def examine(self, order: Order) -> None:
        """Refuse switches of several VPCs, ranges that overlap, and to give RRSA or the encryption of Secrets up."""
        for name in ("enableRrsa", "encryptionProviderKey"):
            if order.record and order.record.outputs.get(name) and not order.inputs.get(name):
                raise Refusal("ErrorUnsupportedOperation", f"The {name} of a cluster can't be taken off again.")
        vpcs = {each.outputs["vpcId"] for each in switches(order)}
        if len(vpcs) != 1:
            raise Refusal("ErrorInvalidVSwitch", "The switches of a cluster have to be in one VPC.")
        vpc = vpcs.pop()
        self._examine_network(order, vpc)
        self._examine_ranges(order, vpc)

    def _examine_network(self, order: Order, vpc: str) -> None:
        """Refuse what the pods' network hasn't: flannel a range, Terway switches in the VPC and its nodes' zones."""
        plugins = {each["name"] for each in order.inputs.get("addons", ()) if not each.get("disabled")}
        if {TERWAY, FLANNEL} <= plugins:
            raise Refusal("ErrorAddonConflict", f"A cluster has {TERWAY} or {FLANNEL}.")
        if TERWAY in plugins and not order.inputs.get("podVswitchIds"):
            raise Refusal("ErrorMissingPodVswitchIds", f"{TERWAY} needs podVswitchIds.")
        if FLANNEL in plugins and not order.inputs.get("podCidr"):
            raise Refusal("ErrorMissingPodCidr", f"{FLANNEL} needs podCidr.")
        zones = {each.outputs["zoneId"] for each in switches(order)}
        for each in pod_switches(order.estate, order.inputs):
            if each.outputs["vpcId"] != vpc or each.outputs["zoneId"] not in zones:
                raise Refusal("ErrorInvalidPodVSwitch", f"{each.id} is not in a zone of the nodes in {vpc}.")

    def _examine_ranges(self, order: Order, vpc: str) -> None:
        values = order.inputs
        if not values.get("podCidr") and not values.get("podVswitchIds"):
            raise Refusal("ErrorMissingPodCidr", "Flannel needs podCidr, Terway needs podVswitchIds.")
        found = order.estate.store.get(reference.NETWORK, vpc)
        taken = [(vpc, each) for each in blocks(order.estate, found)] if found else []
        for each in order.others():
            if each.outputs["vpcId"] == vpc:
                taken += [
                    (each.id, each.outputs[name]) for name in ("podCidr", "serviceCidr") if each.outputs.get(name)
                ]
        for name in ("podCidr", "serviceCidr"):
            if values.get(name) and (other := overlap(network(values[name]), taken)):
                raise Refusal("ErrorCidrConflict", f"The {name} {values[name]} overlaps a range of {other}.")
            taken.append((name, values.get(name, "")))

    def mint(self, order: Order) -> str:
        """Make an id as the vendor's: c and 32 hexadecimal digits."""
        del order
        return f"c{secrets.token_hex(16)}"

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Give its VPC and where its own services answer."""
        return {
            "name": order.inputs.get("name") or f"{order.inputs.get('namePrefix', '')}{region.letters(26)}",
            "vpcId": switches(order)[0].outputs["vpcId"],
            "vswitchIds": [each.id for each in switches(order)],
            "workerRamRoleName": f"KubernetesWorkerRole-{identity[1:]}",
            "isEnterpriseSecurityGroup": order.inputs.get("isEnterpriseSecurityGroup", False),
        }

    def reserve(self, order: Order, identity: str) -> dict[str, Any]:
        """Take an address for the control plane's machine, and note where its pods are and what it is sold as."""
        kept = {"spec": order.inputs.get("clusterSpec", self.stable["clusterSpec"]), "pods": _pods(order)}
        if order.estate.clusters is None:
            return {"machines": [], "token": "", **kept}
        machine = {"name": f"ack-{identity[1:7]}-0", "address": address.take_machine(order.estate.store, set())}
        return {"machines": [machine], "token": secrets.token_hex(32), **kept}

    def alter(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Keep the specification: the vendor's plugin changes none but the basic one, whatever it is told."""
        if record.behind.get("spec") == BASIC and record.inputs.get("clusterSpec"):
            record.behind["spec"] = record.inputs["clusterSpec"]
            with estate.store.change():
                estate.store.put(record)
        return {"clusterSpec": record.behind["spec"]}

    def adopt(self, estate: Estate, record: Record) -> None:
        """Make what the vendor makes along with a cluster: security group, balancer of the API, NAT gateway."""
        values, named = record.outputs, {"resourceGroupId": record.outputs["resourceGroupId"]}
        if not values.get("securityGroupId"):
            group = {"securityGroupName": f"alicloud-cs-auto-created-security-group-{record.id}", **named}
            values["securityGroupId"] = estate.attach(
                record, reference.SECURITY_GROUP, {**group, "vpcId": values["vpcId"]}
            ).id
        place = {"addressType": "intranet", "vswitchId": values["vswitchIds"][0], **named}
        machines = record.behind["machines"]
        own = {"address": machines[0]["address"]} if machines else {}
        balancer = {"loadBalancerName": f"ManagedK8SSlbIntranet-{record.id}", **place, **own}
        made = estate.attach(record, BALANCER, balancer)
        values["slbId"], values["slbIntranet"] = made.id, made.outputs["address"]
        domain = f"*.{record.id}.{estate.region}.alicontainer.com"
        internal = f"https://{made.outputs['address']}:6443"
        values["connections"] = {**values["connections"], "apiServerIntranet": internal, "serviceDomain": domain}
        if record.inputs.get("slbInternetEnabled"):
            eip = estate.attach(record, ADDRESS, {"addressName": f"ManagedK8S-{record.id}", **named})
            values["slbInternet"] = eip.outputs["ipAddress"]
            values["connections"]["apiServerInternet"] = f"https://{values['slbInternet']}:6443"
        gateways = [each for each in estate.store.all(GATEWAY) if each.outputs["vpcId"] == values["vpcId"]]
        if values.get("newNatGateway") and not gateways:
            wanted = {"vpcId": values["vpcId"], "vswitchId": values["vswitchIds"][0], "natType": "Enhanced"}
            values["natGatewayId"] = estate.attach(record, GATEWAY, wanted).id

    def observe(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Give the identity provider by which its service accounts take RAM roles, once it has one."""
        if not record.outputs.get("enableRrsa"):
            return {"rrsaMetadata": {"enabled": False}}
        name, place = f"ack-rrsa-{record.id}", estate.region
        provider = {
            "ramOidcProviderName": name,
            "ramOidcProviderArn": f"acs:ram::{region.ACCOUNT}:oidc-provider/{name}",
            "rrsaOidcIssuerUrl": f"https://oidc-ack-{place}.oss-{place}.aliyuncs.com/{record.id}",
        }
        return {"rrsaMetadata": {"enabled": True, **provider}}

    def describe(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Give its state in the vendor's words, and its nodes."""
        nodes = [node for pool in pools(estate, record.id) for node in pool.behind["machines"]]
        workers = [{"id": each["name"], "name": each["name"], "privateIp": each["address"]} for each in nodes]
        names = {"clusterId": record.id, "clusterName": record.outputs["name"]}
        return {"state": STATES[record.state], "workerNodes": workers, **names}

    def realize(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Start its control plane."""
        if estate.clusters is not None and record.behind["machines"]:
            estate.progress(f"{record.outputs['name']}: the control plane starts")
            estate.clusters.start(cluster(record))
        return {}

    def dismantle(self, estate: Estate, record: Record) -> None:
        """Remove its pools and its control plane."""
        for pool in pools(estate, record.id):
            estate.dismantle(pool)
        if estate.clusters is not None and record.behind["machines"]:
            estate.clusters.stop(cluster(record))


class ClusterCredential(Source):
    """The administrator's credential of a cluster."""

    token = "alicloud:cs/getClusterCredential:getClusterCredential"  # noqa: S105 not a password

    def answer(self, estate: Estate, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Give the certificates, and the kubeconfig with them as the vendor's plugin asks for it: the public one."""
        found = estate.read(CLUSTER, inputs["clusterId"])
        if found is None:
            raise Refusal("ErrorClusterNotFound", f"The cluster {inputs['clusterId']} does not exist.")
        if estate.clusters is None or not found.behind["machines"]:
            raise Refusal(
                "ErrorClusterSwitchedOff",
                f"No Kubernetes stands behind {found.id}: the lab's cloud was started with --no-backing. "
                "Run `simpul lab up` as root for one that has.",
            )
        credential = estate.clusters.credential(cluster(found))
        certificates = {
            "clusterCert": credential.authority,
            "clientCert": credential.certificate,
            "clientKey": credential.key,
        }
        public = found.outputs["connections"].get("apiServerInternet", "")
        told = credential.kubeconfig(found.id, public)
        return {"clusterName": found.outputs["name"], "kubeConfig": told, "certificateAuthority": certificates}


def pools(estate: Estate, identity: str) -> list[Record]:
    """Give the node pools of a cluster."""
    return [each for each in estate.store.all(POOL) if each.outputs["clusterId"] == identity]


def cluster(record: Record) -> Cluster:
    """Give what is to run behind a cluster's record."""
    services = network(record.outputs.get("serviceCidr") or SERVICES)
    control = record.behind["machines"][0]
    return Cluster(
        id=record.id,
        name=record.outputs["name"],
        control=Node(control["name"], control["address"]),
        pods=record.behind.get("pods") or PODS,
        services=str(services),
        dns=str(services[DNS]),
        domain=record.outputs.get("clusterDomain") or "cluster.local",
        token=record.behind["token"],
    )


def pod_switches(estate: Estate, inputs: Mapping[str, Any]) -> list[Record]:
    """Give the switches in which Terway gives pods their addresses."""
    found = [estate.store.get(reference.SWITCH, each) for each in inputs.get("podVswitchIds") or ()]
    return [each for each in found if each is not None]


def _pods(order: Order) -> str:
    """Give the range of a cluster's pods: flannel's, or the narrowest that holds all of Terway's switches."""
    ranges = [network(each.outputs["cidrBlock"]) for each in pod_switches(order.estate, order.inputs)]
    if not ranges:
        return str(order.inputs.get("podCidr") or PODS)
    whole = ranges[0]
    while not all(each.subnet_of(whole) for each in ranges):
        whole = whole.supernet()
    return str(whole)


def switches(order: Order) -> list[Record]:
    """Give the switches that a cluster or a pool is to be in."""
    ids = order.inputs.get("vswitchIds") or order.inputs.get("workerVswitchIds") or []
    found = [order.estate.store.get(reference.SWITCH, each) for each in ids]
    return [each for each in found if each is not None]
