"""The city's own registry of images, where it is to have one: private, scanned, with tags that can't be moved.

In: the frame and the network. Out: a handle, or None where the city uses another. The name of its host follows from the
kode wilayah and the stack, so that a declaration can name its images before it is there; `problems` holds a declaration
to it.

    pods in the cloud   pull by the name that the city's network resolves, with the handle's login
    hosts of offices    pull the same names from the public endpoint, which lets in their routers
    the operator        pushes from the city's network, or to the public endpoint from a range in cloud.api.allow
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_alicloud as alicloud

from simpul.city import City
from simpul.city.registry import INSIDE, VENDOR, host, namespace, outside
from simpul.cloud.found import Listed, ask
from simpul.cloud.frame import Frame
from simpul.cloud.identity import Identity, fit
from simpul.cloud.network import Network
from simpul.cloud.profile import size
from simpul.errors import Problem
from simpul.handover import ImageRegistry
from simpul.image import recipe
from simpul.project import CHARTS
from simpul.provider.resource import Password, PasswordArgs

LONGEST = 30
"""Letters of a registry's name."""

MONTHS = 1
"""For how long it is paid ahead; it goes on by itself."""

ENTERPRISE = "enterprise"
"""The size of a registry that is one of the city's own."""

EDITION = {"small": "Basic", "standard": "Basic", "large": "Advanced"}
"""The vendor's edition by the city's profile. Its plugin knows a Standard too; the API's own page has it no more."""

SETTLED = ("instanceType", "paymentType", "renewalStatus", "renewPeriod")
"""What is settled when it is bought. Another edition is bought in the console: the vendor's plugin has no call for it,
and would show the change for ever. How it is paid and renewed is read from the bills: what is said there otherwise, or
not at all, would have the registry made anew, without its images.
"""

INNER, OUTER = "vpc", "internet"

NAMESPACE = re.compile(r"(?=.{2,120}$)[a-z0-9]([a-z0-9._-]*[a-z0-9])?")
"""What the vendor takes as a namespace: one part, of 2 to 120 letters."""

CONFIG, PASSWORD = "simpul", "registryPassword"
"""Where a stack's configuration has the password of a registry that isn't the city's own: a secret."""


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
        password = self._password()
        instance = self._instance(password)
        holder = self._namespace(instance)
        linked = self._link(instance, args.network)
        opened = self._let_in(instance)
        called = instance.instance_endpoints.apply(lambda known: _host(frame, known))
        self.handle = ImageRegistry(
            address=pulumi.Output.concat(called, "/", holder.name),
            username=password.keepers.apply(_whose),
            password=pulumi.Output.secret(password.result),
        )
        self.register_outputs({"instanceId": opened, "linkStatus": linked.status})

    def _password(self) -> Password:
        """Make the password of whoever makes the registry: the vendor sets it for no other, whoever deploys later."""
        frame = self._frame
        args = PasswordArgs(keepers={"login": login(alicloud.get_caller_identity().arn, frame.account)})
        opts = frame.stay(frame.child(self), "keepers")
        return Password(frame.identity.name("registry"), args, opts=opts)

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
            opts=frame.stay(
                frame.child(self, alicloud.cr.RegistryEnterpriseInstance, name),
                *SETTLED,
            ),
        )

    def _namespace(self, instance: alicloud.cr.RegistryEnterpriseInstance) -> alicloud.cs.RegistryEnterpriseNamespace:
        frame = self._frame
        part = frame.identity.name("images")
        name = namespace(frame.city.registry.address)
        made = alicloud.cs.RegistryEnterpriseNamespace(
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
                namespace=made.name,
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
            namespaces=[made.name],
            repo_tag_filter_pattern=".*",
            trigger_type="AUTO",
            opts=frame.child(self),
        )
        return made

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
            opts=frame.stay(
                frame.child(self, alicloud.cr.VpcEndpointLinkedVpc, frame.identity.sole),
                # The record isn't read back, and the vendor's plugin can't update it: it then reads another product's.
                # A way in from one zone serves all: it stays where it was made, or no node could pull while it moves.
                "enableCreateDnsRecordInPvzt",
                "vswitchId",
            ),
        )

    def _let_in(self, instance: alicloud.cr.RegistryEnterpriseInstance) -> pulumi.Output[str]:
        """Let in from the internet who is named, nobody where nobody is; give the instance's id once its door is so."""
        frame, named = self._frame, guests(self._frame.city)
        opened = _door(instance, wanted=bool(named))
        for entry, who in named.items():
            alicloud.cr.EndpointAclPolicy(
                frame.identity.name(f"registry-{entry}".replace("/", "-")),
                instance_id=opened,
                endpoint_type=OUTER,
                entry=entry,
                description=who,
                opts=frame.child(self, alicloud.cr.EndpointAclPolicy, entry),
            )
        return opened


def _door(instance: alicloud.cr.RegistryEnterpriseInstance, *, wanted: bool) -> pulumi.Output[str]:
    """Bring the public endpoint to stand open or closed, as is `wanted`; give the instance's id once it does.

    The vendor's plugin has no resource for it but a data source, which switches where others ask. So a preview leaves
    it alone, and an update calls it where the endpoint isn't as it should be. It is closed before the list is emptied,
    as one with an empty list is open to all.
    """
    if pulumi.runtime.is_dry_run():
        return instance.id
    return instance.id.apply(lambda id_: _switch(id_, wanted=wanted))


def _switch(id_: str, *, wanted: bool) -> pulumi.Output[str]:
    def bring(told: Any) -> pulumi.Output[str]:
        if any(bool(each.public_endpoints) == wanted for each in told.instances):
            return pulumi.Output.from_input(id_)
        return alicloud.cr.get_endpoint_acl_service_output(
            instance_id=id_, endpoint_type=OUTER, enable=wanted, module_name="Registry"
        ).instance_id

    return alicloud.cs.get_registry_enterprise_instances_output(ids=[id_]).apply(bring)


def guests(city: City) -> dict[str, str]:
    """Give the ranges that reach the registry from the internet, and whose each is.

    They are the routers of offices, whose hosts pull from there, and who may reach the cluster's API, to bring images.
    """
    routers = {f"{site.link.gateway}/32": f"The router of {site.code}" for site in city.sites if site.link.gateway}
    return {**routers, **{str(each): "Reaches the cluster's API too" for each in city.cloud.api.allow}}


def _whose(kept: Mapping[str, str] | None) -> str:
    """Give the login for which a password was made."""
    return (kept or {}).get("login", "")


def own(identity: Identity, region: str) -> str:
    """Give the host of the city's own registry, as the city's network resolves it."""
    return f"{_name(identity)}-registry{INSIDE}.{region}.cr{VENDOR}"


def declared(city: City) -> ImageRegistry | None:
    """Give the login of a registry that isn't the city's own, as declaration and configuration have it."""
    password = pulumi.Config(CONFIG).get_secret(PASSWORD)
    if city.registry.username is None or password is None:
        return None
    return ImageRegistry(pulumi.Output.from_input(city.registry.address), city.registry.username, password)


def problems(city: City, identity: Identity) -> Iterator[Problem]:
    """Find an address that isn't that of the registry which the city will have, and a login that nothing asks for."""
    called, part = host(city.registry.address), namespace(city.registry.address)
    wanted = own(identity, city.cloud.region)
    if size(city.cloud).registry == ENTERPRISE:
        if called != wanted:
            what, advice = "isn't the registry that the city will have", f'Write "{wanted}/{part}"'
            other = "or cloud.sizes.registry: default, for one that is there already"
            yield Problem("city.registry.address", what, f'"{called}"', f"{advice}, {other}.")
        if not NAMESPACE.fullmatch(part):
            what = "has no namespace that the registry can have"
            advice = "Write one part behind the host, of 2 to 120 letters, such as the city's name."
            yield Problem("city.registry.address", what, f'"{part}"', advice)
        if city.registry.username is not None:
            what = "isn't for a registry of the city's own, whose login the program makes"
            yield Problem("city.registry.username", what, f'"{city.registry.username}"', "Take it out.")
    elif called == wanted:
        what = "is the city's own registry, which isn't made: cloud.sizes.registry is default"
        region = city.cloud.region
        advice = (
            f'Write cloud.sizes.registry: enterprise, or a registry that is there, such as "registry{INSIDE}.{region}'
        )
        yield Problem("city.registry.address", what, f'"{called}"', f'{advice}{VENDOR}/{part}".')
    elif outside(called) == called and called.endswith(VENDOR):
        first, _, rest = called.partition(".")
        what = "is the registry's name for the internet, which the cluster needn't cross"
        yield Problem("city.registry.address", what, f'"{called}"', f'Write "{first}{INSIDE}.{rest}/{part}".')


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
    return own(frame.identity, frame.city.cloud.region)


def _name(identity: Identity) -> str:
    return fit(identity.sole, LONGEST)


async def listed(identity: Identity) -> Listed:
    """List what the cloud holds of the registry; the vendor lists no scan rules."""
    name = _name(identity)
    for instance in (await ask(alicloud.cs.get_registry_enterprise_instances_output(name_regex=f"^{name}$"))).instances:
        yield alicloud.cr.RegistryEnterpriseInstance, name, instance.id
        namespaces = alicloud.cs.get_registry_enterprise_namespaces_output(instance_id=instance.id)
        for each in (await ask(namespaces)).namespaces:
            yield alicloud.cs.RegistryEnterpriseNamespace, each.name, f"{instance.id}:{each.name}"
        for repo in (await ask(alicloud.cs.get_registry_enterprise_repos_output(instance_id=instance.id))).repos:
            place = f"{repo.namespace}/{repo.name}"
            yield alicloud.cs.RegistryEnterpriseRepo, place, f"{instance.id}:{repo.namespace}:{repo.name}"
        links = alicloud.cr.get_vpc_endpoint_linked_vpcs_output(instance_id=instance.id, module_name="Registry")
        for link in (await ask(links)).vpc_endpoint_linked_vpcs:
            yield alicloud.cr.VpcEndpointLinkedVpc, identity.sole, link.id
        guests = alicloud.cr.get_endpoint_acl_policies_output(instance_id=instance.id, endpoint_type=OUTER)
        for entry in (await ask(guests)).policies:
            yield alicloud.cr.EndpointAclPolicy, entry.entry, entry.id
