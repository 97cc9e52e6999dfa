"""The city's own registry of images, where it is to have one: private, scanned, with tags that can't be moved.

In: the frame and the network. Out: a handle, or None where the city uses the registry that every account has. The
name of its host follows from the kode wilayah, so that a declaration can name its images before it is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_alicloud as alicloud

from simpul.cloud.found import Listed, ask
from simpul.cloud.frame import Frame
from simpul.cloud.identity import Identity, fit
from simpul.cloud.network import Network
from simpul.handover import ImageRegistry
from simpul.image import recipe
from simpul.project import CHARTS
from simpul.provider.resource import Password

LONGEST = 30
"""Letters of a registry's name."""

MONTHS = 1
"""For how long it is paid ahead; it goes on by itself."""

EDITION = {"small": "Basic", "standard": "Standard", "large": "Advanced"}
"""The vendor's edition by the city's profile."""

SETTLED = ("instanceType", "paymentType", "renewalStatus", "renewPeriod")
"""What is settled when it is bought. Another edition is bought in the console: the vendor's plugin has no call for it,
and would show the change for ever. How it is paid and renewed is read from the bills: what is said there otherwise, or
not at all, would have the registry made anew, without its images.
"""

INNER, OUTER = "vpc", "internet"


@dataclass(frozen=True)
class RegistryArgs:
    """What the registry stands in, and the network that reaches it."""

    frame: Frame
    network: Network


class Registry(pulumi.ComponentResource):
    """A registry with one private namespace, a repository for each image, and a way in from the city's network."""

    handle: ImageRegistry

    def __init__(self, name: str, args: RegistryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the registry `name` as `args` say."""
        super().__init__("simpul:cloud:Registry", name, {}, opts)
        self._frame = frame = args.frame
        password = Password(frame.identity.name("registry"), opts=frame.child(self))
        instance = self._instance(password)
        namespace = self._namespace(instance)
        linked = self._link(instance, args.network)
        self._open(instance)
        host = instance.instance_endpoints.apply(lambda known: _host(frame, known))
        self.handle = ImageRegistry(
            address=pulumi.Output.concat(host, "/", namespace.name),
            username=login(alicloud.get_caller_identity().arn, frame.account),
            password=pulumi.Output.secret(password.result),
        )
        self.register_outputs({"instanceId": instance.id, "linkStatus": linked.status})

    def _instance(self, password: Password) -> alicloud.cr.RegistryEnterpriseInstance:
        frame, name = self._frame, _name(self._frame.identity)
        return alicloud.cr.RegistryEnterpriseInstance(
            frame.identity.name("registry"),
            instance_name=name,
            instance_type=EDITION[frame.city.cloud.profile],
            payment_type="Subscription",
            period=MONTHS,
            renewal_status="AutoRenewal",
            renew_period=MONTHS,
            default_oss_bucket="true",
            image_scanner="ACR",
            password=password.result,
            resource_group_id=frame.group,
            opts=pulumi.ResourceOptions.merge(
                frame.child(self, alicloud.cr.RegistryEnterpriseInstance, name),
                pulumi.ResourceOptions(ignore_changes=list(SETTLED)),
            ),
        )

    def _namespace(self, instance: alicloud.cr.RegistryEnterpriseInstance) -> alicloud.cs.RegistryEnterpriseNamespace:
        frame = self._frame
        part = frame.identity.name("images")
        name = frame.city.registry.address.rpartition("/")[2]
        namespace = alicloud.cs.RegistryEnterpriseNamespace(
            part,
            instance_id=instance.id,
            name=name,
            auto_create=False,
            default_visibility="PRIVATE",
            opts=frame.child(self, alicloud.cs.RegistryEnterpriseNamespace, name),
        )
        for image in images():
            alicloud.cs.RegistryEnterpriseRepo(
                frame.identity.name(f"image-{image}"),
                instance_id=instance.id,
                namespace=namespace.name,
                name=image,
                summary=f"The image {image}",
                repo_type="PRIVATE",
                tag_immutability=True,
                opts=frame.child(self, alicloud.cs.RegistryEnterpriseRepo, f"{name}/{image}"),
            )
        alicloud.cr.ScanRule(
            part,
            instance_id=instance.id,
            rule_name=part,
            scan_type="VUL",
            scan_scope="NAMESPACE",
            namespaces=[namespace.name],
            repo_tag_filter_pattern=".*",
            trigger_type="AUTO",
            opts=frame.child(self),
        )
        return namespace

    def _link(
        self, instance: alicloud.cr.RegistryEnterpriseInstance, network: Network
    ) -> alicloud.cr.VpcEndpointLinkedVpc:
        """Let the city's network in, under a name that it resolves."""
        frame, switch = self._frame, network.switches[0]
        return alicloud.cr.VpcEndpointLinkedVpc(
            frame.identity.name("registry"),
            instance_id=instance.id,
            vpc_id=network.vpc.id,
            vswitch_id=switch.id,
            module_name="Registry",
            enable_create_dns_record_in_pvzt=True,
            opts=frame.child(self, alicloud.cr.VpcEndpointLinkedVpc, frame.identity.sole),
        )

    def _open(self, instance: alicloud.cr.RegistryEnterpriseInstance) -> None:
        """Let in from the internet who may reach the cluster's API from there: they bring images. Else nobody."""
        frame = self._frame
        if not frame.city.cloud.api.allow:
            return
        service = alicloud.cr.get_endpoint_acl_service_output(
            instance_id=instance.id,
            endpoint_type=OUTER,
            enable=True,
            module_name="Registry",
            opts=pulumi.InvokeOutputOptions(parent=self),
        )
        for allowed in frame.city.cloud.api.allow:
            alicloud.cr.EndpointAclPolicy(
                frame.identity.name(f"registry-{allowed}".replace("/", "-")),
                instance_id=service.instance_id,
                endpoint_type=OUTER,
                entry=str(allowed),
                description="Reaches the cluster's API too",
                module_name="Registry",
                opts=frame.child(self, alicloud.cr.EndpointAclPolicy, str(allowed)),
            )


def images() -> tuple[str, ...]:
    """Give the names of the city's images: each has a recipe in its chart's folder."""
    return tuple(recipe.read(each.parent).name for each in sorted(CHARTS.glob("*/image/image.yaml")))


def login(arn: str, account: str) -> str:
    """Give the name by which whoever deploys, `arn`, logs in to the registry: the vendor gives a password to no other.

    `acs:ram::5123456789012345:user/deployer` is `deployer@5123456789012345.onaliyun.com`. The account itself, whose
    name no data source tells, and a role have the account's number.
    """
    kind, _, name = arn.rpartition(":")[2].partition("/")
    return f"{name}@{account}.onaliyun.com" if kind == "user" else account


def _host(frame: Frame, endpoints: Sequence[Any]) -> str:
    """Give the registry's name inside of the network, as it tells it, or as the vendor makes it before it does."""
    for endpoint in endpoints or ():
        if endpoint.endpoint_type == INNER and endpoint.domains:
            return str(endpoint.domains[0].domain)
    return f"{_name(frame.identity)}-registry-vpc.{frame.city.cloud.region}.cr.aliyuncs.com"


def _name(identity: Identity) -> str:
    return fit(identity.sole, LONGEST)


async def listed(identity: Identity) -> Listed:
    """List what the cloud holds of the registry; the vendor lists no scan rules."""
    name = _name(identity)
    for instance in (await ask(alicloud.cs.get_registry_enterprise_instances_output(name_regex=f"^{name}$"))).instances:
        yield alicloud.cr.RegistryEnterpriseInstance, name, instance.id
        namespaces = alicloud.cs.get_registry_enterprise_namespaces_output(instance_id=instance.id)
        for namespace in (await ask(namespaces)).namespaces:
            yield alicloud.cs.RegistryEnterpriseNamespace, namespace.name, f"{instance.id}:{namespace.name}"
        for repo in (await ask(alicloud.cs.get_registry_enterprise_repos_output(instance_id=instance.id))).repos:
            place = f"{repo.namespace}/{repo.name}"
            yield alicloud.cs.RegistryEnterpriseRepo, place, f"{instance.id}:{repo.namespace}:{repo.name}"
        links = alicloud.cr.get_vpc_endpoint_linked_vpcs_output(instance_id=instance.id, module_name="Registry")
        for link in (await ask(links)).vpc_endpoint_linked_vpcs:
            yield alicloud.cr.VpcEndpointLinkedVpc, identity.sole, link.id
        guests = alicloud.cr.get_endpoint_acl_policies_output(instance_id=instance.id, endpoint_type=OUTER)
        for entry in (await ask(guests)).policies:
            yield alicloud.cr.EndpointAclPolicy, entry.entry, entry.id
