"""Messaging: a hub in the cloud, and at each site a leaf that keeps reports until the hub has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from simpul.city import MessagingClient, MessagingWorkload
from simpul.city.model import ADMINISTRATOR
from simpul.city.registry import host
from simpul.handover import CloudEstate, ClusterHandle, Endpoint, ImageRegistry, SiteEstate
from simpul.image.recipe import reference
from simpul.platform.authority import Authority
from simpul.provider import resource
from simpul.provider.cluster import IMAGES

WORKLOAD = "messaging"

MQTT_PORT, NATS_PORT, LEAF_PORT = 8883, 4222, 7422
CLOUD_DISK_GIB = 20
"""The least that a cloud disk has: the vendor's "Disks" page gives 20 GiB for ESSD PL1, ultra and standard disks."""

BACKEND = "service.beta.kubernetes.io/backend-type"
BALANCER_ANNOTATION = "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-"


SCHEMES = {"mqtt": ("mqtts", MQTT_PORT), "nats": ("tls", NATS_PORT)}
"""By which scheme and port a client's protocol is spoken."""


@dataclass(frozen=True)
class MessagingArgs:
    """What messaging is made of: what the city wants of it, its image and who pulls it, where it goes, who vouches.

    `area` is the city's code without its dot.
    """

    wanted: MessagingWorkload
    area: str
    registry: str
    images: ImageRegistry | None
    cloud: CloudEstate
    sites: Sequence[SiteEstate]
    authority: Authority


class Messaging(pulumi.ComponentResource):
    """The hub and its leaves. `endpoints` is where clients find them."""

    endpoints: tuple[Endpoint, ...]

    def __init__(self, name: str, args: MessagingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make messaging, its resources named after `name`, as `args` say."""
        super().__init__("simpul:platform:Messaging", name, {}, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        leaves = {site.slug: self._password(f"{site.slug}-leaf") for site in args.sites}
        hub = self._hub(leaves)
        sites = [self._leaf(site, leaves[site.slug]) for site in args.sites]
        self.endpoints = (*hub, *(endpoint for endpoints in sites for endpoint in endpoints))
        self.register_outputs({})

    def _hub(self, leaves: dict[str, resource.Password]) -> tuple[Endpoint, ...]:
        cloud = self._args.cloud
        gib = max(CLOUD_DISK_GIB, self._args.wanted.storage_gib)
        values = {
            "role": "hub",
            "domain": "hub",
            "sites": {slug: {"hash": password.hash} for slug, password in leaves.items()},
            "storage": {"gib": gib, "className": cloud.cluster.storage_class},
            "service": {"annotations": _annotations(cloud)},
        }
        return self._release(cloud.cluster, "hub", self._args.area, [cloud.balancer_address], values)

    def _leaf(self, site: SiteEstate, password: resource.Password) -> tuple[Endpoint, ...]:
        url = pulumi.Output.concat("tls://", self._args.cloud.balancer_address, f":{LEAF_PORT}")
        values = {
            "role": "leaf",
            "domain": site.slug,
            "hub": {"url": url, "password": password.result},
            "storage": {
                "gib": self._args.wanted.storage_gib,
                "className": site.cluster.storage_class,
                "host": site.cluster.home,
            },
        }
        addresses = [site.address, *(host.address for host in site.hosts if host.address != site.address)]
        return self._release(site.cluster, site.slug, site.slug, addresses, values)

    def _release(
        self,
        cluster: ClusterHandle,
        part: str,
        area: str,
        addresses: Sequence[pulumi.Input[str]],
        values: Mapping[str, object],
    ) -> tuple[Endpoint, ...]:
        """Put the server of `part` and `area` into `cluster`, found at the first of `addresses`."""
        name = f"{self._name}-{part}"
        certificate = self._args.authority.issue(f"{name}-certificate", addresses, self._child)
        clients = [client for client in self._args.wanted.clients if client.is_at(cluster.site)]
        known = {client.name: self._users(part, client.users()) for client in clients}
        administrator = self._users(part, {ADMINISTRATOR: 1})
        resource.Release(
            name,
            resource.ReleaseArgs(
                cluster=cluster.name,
                kubeconfig=cluster.kubeconfig,
                name=WORKLOAD,
                namespace=WORKLOAD,
                chart=f"charts/{WORKLOAD}",
                values={
                    "image": reference(WORKLOAD, self._args.registry),
                    "pullSecrets": [IMAGES] if self._args.images else [],
                    "clients": {
                        client.name: _may(client, area, cluster.site) | {"users": _hashes(known[client.name])}
                        for client in clients
                    },
                    "administrator": _hashes(administrator),
                    "tls": {
                        "ca": self._args.authority.ca_pem,
                        "certificate": certificate.certificate_pem,
                        "key": certificate.private_key_pem,
                    },
                    "maxAgeDays": self._args.wanted.max_age_days,
                    **values,
                },
                images=self._images(),
                home=cluster.home,
                let_go=list(cluster.let_go),
                offline_days=cluster.offline_days,
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(cluster.ready)),
        )
        users = [(SCHEMES[client.protocol], known[client.name]) for client in clients]
        return tuple(
            Endpoint(
                WORKLOAD,
                cluster.site,
                pulumi.Output.concat(f"{scheme}://", addresses[0], f":{port}"),
                user,
                password.result,
                self._args.authority.ca_pem,
            )
            for (scheme, port), passwords in [*users, (SCHEMES["nats"], administrator)]
            for user, password in passwords.items()
        )

    def _images(self) -> resource.ImagesArgs | None:
        """Give how pods pull, by the name that images have: that of the cloud's network, at a site too."""
        login = self._args.images
        if login is None:
            return None
        called = host(self._args.registry)
        return resource.ImagesArgs(registry=called, username=login.username, password=login.password)

    def _users(self, part: str, numbers: Mapping[str, int]) -> dict[str, resource.Password]:
        """Make a password for each user at the server of `part`."""
        return {user: self._password(f"{part}-{user}") for user in numbers}

    def _password(self, part: str) -> resource.Password:
        return resource.Password(f"{self._name}-{part}-password", resource.PasswordArgs(), opts=self._child)


def _hashes(users: Mapping[str, resource.Password]) -> dict[str, object]:
    return {user: {"hash": password.hash} for user, password in users.items()}


def _may(client: MessagingClient, area: str, site: str | None) -> dict[str, object]:
    """Say what a client may at the site, or at the hub (None): it speaks for one area, and the hub's hear all."""
    publish = [] if client.protocol == "nats" else [f"reports.{area}.{topic}" for topic in client.publish]
    heard = "reports" if site is None else f"reports.{area}"
    return {
        "protocol": client.protocol,
        "publish": publish,
        "subscribe": [f"{heard}.{topic}" for topic in client.subscribe],
    }


def _annotations(cloud: CloudEstate) -> dict[str, pulumi.Input[str]]:
    """Say to the vendor's controller which load balancer serves the hub, and to whom where that is known."""
    served: dict[str, pulumi.Input[str]] = {"id": cloud.balancer_id, "force-override-listeners": "true"}
    if cloud.guests_id is not None:
        served |= {"acl-status": "on", "acl-type": "white", "acl-id": cloud.guests_id}
    # By nodes' ports: the city's wall lets clients in there, and not where pods are.
    return {BACKEND: "ecs", **{f"{BALANCER_ANNOTATION}{name}": value for name, value in served.items()}}
