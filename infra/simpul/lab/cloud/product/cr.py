"""Container Registry, Enterprise Edition: instances and what is in them. A real registry stands behind each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, Any, ClassVar, Final

from simpul.lab import place
from simpul.lab.cloud import address, region
from simpul.lab.cloud.authority import Pair
from simpul.lab.cloud.kind import Kind, Order, Source
from simpul.lab.cloud.reference import Reference
from simpul.lab.cloud.refusal import Refusal
from simpul.lab.cloud.registry.backing import Registry, Rule
from simpul.lab.cloud.rule import Form, Sole
from simpul.lab.cloud.store import DELETING

if TYPE_CHECKING:
    from simpul.lab.cloud.estate import Estate
    from simpul.lab.cloud.store import Record

INSTANCE: Final = "alicloud:cr/registryEnterpriseInstance:RegistryEnterpriseInstance"
NAMESPACE: Final = "alicloud:cs/registryEnterpriseNamespace:RegistryEnterpriseNamespace"
REPOSITORY: Final = "alicloud:cs/registryEnterpriseRepo:RegistryEnterpriseRepo"
ENTRY: Final = "alicloud:cr/endpointAclPolicy:EndpointAclPolicy"
LINK: Final = "alicloud:cr/vpcEndpointLinkedVpc:VpcEndpointLinkedVpc"
HOLDER: Final = (Reference("instanceId", INSTANCE, "INSTANCE_NOT_EXIST", ""),)
OUTER, INNER = "internet", "vpc"
EVERYBODY: Final = "0.0.0.0/0"
"""Whom an open endpoint lets in whose list is empty."""
PART: Final = r"[a-z0-9]+(?:[._-][a-z0-9]+)*"
PASSWORD: Final = re.compile(r"(?=.*[A-Za-z0-9])(?=.*[^A-Za-z])(?=.*[^0-9])[!-~]{8,32}")


class Instance(Kind):
    """An instance: a registry of the city's own."""

    token = INSTANCE
    prefix = "cri"
    worldwide = True
    rules = (
        Form("instanceName", r"[a-z0-9](?:[a-z0-9-]{1,28})[a-z0-9]", "INSTANCE_NAME_INVALID"),
        Sole(("instanceName",), "INSTANCE_NAME_EXIST"),
    )
    unread: ClassVar[frozenset[str]] = frozenset(
        {"password", "period", "customOssBucket", "defaultOssBucket", "imageScanner"}
    )
    stable: ClassVar[Mapping[str, Any]] = {"status": "RUNNING", "renewalStatus": "ManualRenewal"}

    def examine(self, order: Order) -> None:
        """Refuse a password that is too simple."""
        password = order.inputs.get("password")
        if password is not None and not PASSWORD.fullmatch(password):
            words = "8 to 32 signs of two kinds: letters, digits, special signs"
            raise Refusal("USER_PASSWORD_INVALID", f"The password has to be of {words}.")

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Give its end, and the names that its endpoints would have at the vendor's."""
        del identity
        name, where = order.inputs["instanceName"], f"{order.estate.region}.cr.aliyuncs.com"
        return {
            "instanceEndpoints": _endpoints(f"{name}-registry.{where}", f"{name}-registry-vpc.{where}", opened=False),
            "resourceGroupId": order.inputs.get("resourceGroupId") or region.DEFAULT_GROUP,
        }

    def reserve(self, order: Order, identity: str) -> dict[str, Any]:
        """Take an address for its registry, and a certificate for it."""
        del identity
        if order.estate.registries is None:
            return {}
        taken = address.take(order.estate.store)
        return {"address": taken, "pair": asdict(order.estate.registries.sign(taken))}

    def describe(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Give what lists call otherwise."""
        ends = {
            end["endpointType"]: [each["domain"] for each in end["domains"] if end["enable"]]
            for end in record.outputs["instanceEndpoints"]
        }
        shown = {"publicEndpoints": ends[OUTER], "vpcEndpoints": ends[INNER]}
        return {"name": record.outputs["instanceName"], "region": estate.region, **shown}

    def realize(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Start its registry; give where it answers, inside and outside."""
        if estate.registries is None or not record.behind:
            return {}
        served = record.behind["address"]
        estate.registries.start(
            Registry(
                record.id,
                served,
                Pair(**record.behind["pair"]),
                str(record.inputs.get("password") or ""),
                lambda name: rule(estate, record.id, name),
                lambda source: admits(estate, record.id, source),
            )
        )
        return {"instanceEndpoints": _endpoints(served, served, opened=is_open(record))}

    def alter(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Let its password be the one of now."""
        return self.realize(estate, record)

    def dismantle(self, estate: Estate, record: Record) -> None:
        """Remove its registry and all that is in it."""
        for other in estate.store.all():
            if other.token != INSTANCE and other.outputs.get("instanceId") == record.id:
                estate.store.remove(other)
        if estate.registries is not None and record.behind:
            estate.registries.stop(record.id, record.behind["address"])


class Namespace(Kind):
    """A namespace of an instance."""

    token = NAMESPACE
    parts = ("instanceId", "name")
    references = HOLDER
    rules = (Form("name", PART, "NAMESPACE_NAME_INVALID"), Sole(("instanceId", "name"), "NAMESPACE_EXIST"))
    stable: ClassVar[Mapping[str, Any]] = {"defaultVisibility": "PRIVATE"}

    def guard(self, estate: Estate, record: Record) -> None:
        """Refuse to go with repositories in it."""
        super().guard(estate, record)
        for each in estate.store.all(REPOSITORY):
            if each.state != DELETING and each.id.startswith(f"{record.id}:"):
                raise Refusal("NAMESPACE_NOT_EMPTY", f"The namespace {record.id} has the repository {each.id}.")


class Repository(Kind):
    """A repository of a namespace."""

    token = REPOSITORY
    parts = ("instanceId", "namespace", "name")
    references = HOLDER
    rules = (Form("name", PART, "REPO_NAME_INVALID"), Sole(("instanceId", "namespace", "name"), "REPO_EXIST"))

    def examine(self, order: Order) -> None:
        """Refuse a namespace that isn't there."""
        values = order.inputs
        if order.estate.store.get(NAMESPACE, f"{values['instanceId']}:{values['namespace']}") is None:
            raise Refusal("NAMESPACE_NOT_EXIST", f"The namespace {values['namespace']} does not exist.")

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Give the id that the vendor knows it by."""
        del order, identity
        return {"repoId": f"crr-{region.letters(16)}"}


class EndpointAclPolicy(Kind):
    """A range that may come to an instance from the internet."""

    token = ENTRY
    parts = ("instanceId", "endpointType", "entry")
    references = HOLDER
    rules = (Sole(("instanceId", "endpointType", "entry"), "SLB_ACL_ENTRY_EXIST"),)
    unread: ClassVar[frozenset[str]] = frozenset({"moduleName"})

    def examine(self, order: Order) -> None:
        """Refuse what is no range."""
        try:
            ip_network(order.inputs["entry"], strict=False)
        except ValueError as error:
            raise Refusal("ENTRY_INVALID", f"The entry {order.inputs['entry']} is not valid.") from error


class VpcEndpointLinkedVpc(Kind):
    """A VPC from which an instance is reached."""

    token = LINK
    parts = ("instanceId", "vpcId", "vswitchId", "moduleName")
    references = HOLDER
    rules = (Sole(("instanceId", "vpcId", "moduleName"), "VPC_ENDPOINT_LINKED_VPC_EXIST"),)
    unread: ClassVar[frozenset[str]] = frozenset({"enableCreateDnsRecordInPvzt"})
    stable: ClassVar[Mapping[str, Any]] = {"status": "RUNNING"}


class EndpointAclService(Source):
    """Whether an instance's public endpoint is open. To ask for it is to set it, as at the vendor's."""

    token = "alicloud:cr/getEndpointAclService:getEndpointAclService"  # noqa: S105 not a password

    def answer(self, estate: Estate, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Open it or close it, and say so."""
        with estate.store.change():
            instance = estate.store.get(INSTANCE, inputs["instanceId"])
            if instance is None:
                raise Refusal("INSTANCE_NOT_EXIST", f"The instance {inputs['instanceId']} does not exist.")
            for end in instance.outputs["instanceEndpoints"]:
                if end["endpointType"] == inputs["endpointType"]:
                    end["enable"] = inputs["enable"]
            estate.store.put(instance)
        return {"status": "RUNNING" if inputs["enable"] else ""}


def rule(estate: Estate, instance: str, name: str) -> Rule | None:
    """Give what holds for the repository `name` of an instance; None if nobody declared it or may make it by a push."""
    namespace, _, repository = name.partition("/")
    declared = estate.store.get(REPOSITORY, f"{instance}:{namespace}:{repository}")
    if declared is not None:
        values = declared.outputs
        return Rule(public=values["repoType"] == "PUBLIC", immutable=bool(values.get("tagImmutability")))
    holder = estate.store.get(NAMESPACE, f"{instance}:{namespace}")
    if holder is None or not repository or not holder.outputs.get("autoCreate"):
        return None
    return Rule(public=holder.outputs["defaultVisibility"] == "PUBLIC")


def admits(estate: Estate, instance: str, source: str) -> bool:
    """Say whether a client comes from a linked VPC (in the lab, the cloud's network) or by an entry."""
    client, record = ip_address(source), estate.store.get(INSTANCE, instance)
    entries = [each.outputs["entry"] for each in estate.store.all(ENTRY) if each.outputs["instanceId"] == instance]
    ranges: list[IPv4Network | IPv6Network] = []
    if record is not None and is_open(record):
        ranges = [ip_network(each, strict=False) for each in entries or (EVERYBODY,)]
    if any(each.outputs["instanceId"] == instance for each in estate.store.all(LINK)):
        ranges.append(place.network(place.CLOUD))
    return any(client in each for each in ranges)


def is_open(record: Record) -> bool:
    """Say whether an instance's public endpoint is open; it begins closed."""
    return any(each["enable"] for each in record.outputs["instanceEndpoints"] if each["endpointType"] == OUTER)


def _endpoints(outer: str, inner: str, *, opened: bool) -> list[dict[str, Any]]:
    return [
        {"endpointType": kind, "enable": enable, "domains": [{"domain": domain, "type": "SYSTEM"}]}
        for kind, domain, enable in ((OUTER, outer, opened), (INNER, inner, True))
    ]
