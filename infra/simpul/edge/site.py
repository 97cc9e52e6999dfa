"""A site: its hosts, and the k3s cluster that they make together."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pulumi

from simpul import digest
from simpul.city import City, ClusterRanges, Host, Site, registry
from simpul.handover import BackupStore, ClusterHandle, HostHandle, SiteBackup, SiteEstate
from simpul.project import NAMES, ROOT
from simpul.provider import resource


@dataclass(frozen=True)
class SiteArgs:
    """What a site is made of: the city that it belongs to, its declaration, its ranges, where its backups go.

    `let_go` are the hosts whose volumes the declaration lets go.
    """

    city: City
    site: Site
    ranges: ClusterRanges
    backups: BackupStore
    let_go: tuple[str, ...] = ()


class SiteHosts(pulumi.ComponentResource):
    """The hosts of one site as one k3s cluster. `estate` is what the platform gets of it."""

    estate: SiteEstate

    def __init__(self, name: str, args: SiteArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the hosts of the site `name` as `args` say."""
        super().__init__("simpul:edge:Site", name, {}, opts)
        self.args = args
        self.token = resource.Password(
            f"{name}-token", resource.PasswordArgs(length=48), opts=pulumi.ResourceOptions(parent=self)
        )
        # Of a name that stays: with another password nobody reads the backups that are there.
        self.backup_password = resource.Password(
            f"{name}-backup", resource.PasswordArgs(length=48), opts=pulumi.ResourceOptions(parent=self)
        )
        hosts = {host.name: self._host(host) for host in args.site.hosts}
        server = hosts[args.site.server.name]
        site = args.site
        self.estate = SiteEstate(
            code=site.code,
            slug=site.slug,
            name=site.name,
            address=str(site.server.address),
            cluster=ClusterHandle(
                name,
                site.code,
                server.kubeconfig,
                tuple(hosts.values()),
                site.link.offline_days,
                home=site.home.name,
                let_go=args.let_go,
            ),
            hosts=tuple(
                HostHandle(host.name, str(host.address), host.port, hosts[host.name].state) for host in site.hosts
            ),
            backup=SiteBackup(args.backups, self._written_by(), self.backup_password.result),
        )
        self.register_outputs({"kubeconfig": server.kubeconfig})

    def _host(self, host: Host) -> resource.Host:
        """Declare `host`: how it is reached, what Ansible makes of it, and which others its cluster has."""
        server = self.args.site.server
        return resource.Host(
            host.name,
            resource.HostArgs(
                name=host.name,
                address=str(host.address),
                port=host.port,
                user=host.user,
                host_key=host.host_key,
                group=host.role,
                vars=self._vars(host),
                server=None if host is server else _way_to(server),
                nodes=[each.name for each in self.args.site.hosts] if host is server else [],
                offline_days=self.args.site.link.offline_days,
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _vars(self, host: Host) -> dict[str, pulumi.Input[object]]:
        """Give the variables of the roles, as their argument specs name them."""
        city, site, ranges = self.args.city, self.args.site, self.args.ranges
        return {
            **(self._backup_vars(host) if host.name in self._written_by() else {}),
            "base_timezone": city.timezone,
            "k3s_role": host.role,
            "k3s_bundle": city.bundle,
            "simpul_bundle": _digest(ROOT / city.bundle),
            "k3s_token": self.token.result,
            "k3s_server_address": str(site.server.address),
            "k3s_cluster_name": f"simpul-{site.slug}",
            "k3s_node_ip": str(host.address),
            "k3s_pod_cidr": str(ranges.pods),
            "k3s_service_cidr": str(ranges.services),
            "k3s_dns": str(ranges.dns),
            "k3s_node_labels": {"simpul.id/wilayah": site.code},
            "k3s_registry_host": registry.host(city.registry.address),
            "k3s_registry_mirror": city.registry.mirror or _outside(city.registry.address),
        }

    def _written_by(self) -> tuple[str, ...]:
        """Name the hosts that have something to lose: the server its cluster's state, and volumes."""
        return tuple(dict.fromkeys((self.args.site.server.name, self.args.site.home.name)))

    def _backup_vars(self, host: Host) -> dict[str, pulumi.Input[object]]:
        store, kept = self.args.backups, self.args.city.retention
        return {
            "backup_endpoint": store.endpoint,
            "backup_region": store.region,
            "backup_bucket": store.bucket,
            "backup_folder": f"{store.folder}{host.name}",
            "backup_access_key_id": store.access_key_id,
            "backup_access_key_secret": store.access_key_secret,
            "backup_password": self.backup_password.result,
            "backup_days": kept.backup_days,
            "backup_whole_days": kept.whole_days,
            "backup_locked_days": store.locked_days,
        }


def _way_to(host: Host) -> resource.ServerArgs:
    """Give how `host` is reached by those who ask it about its cluster."""
    return resource.ServerArgs(
        name=host.name, address=str(host.address), port=host.port, user=host.user, host_key=host.host_key
    )


def _outside(address: str) -> str:
    """Give the URL of the registry for hosts that aren't in its VPC; "" where its name is the same for all."""
    called = registry.host(registry.outside(address))
    return f"https://{called}" if called != registry.host(address) else ""


def _digest(bundle: Path) -> str:
    """Give the digest of what is in `bundle`, so that another k3s or another image changes its hosts; "" without it."""
    told = [each for each in (bundle / "sha256sum-amd64.txt", bundle / NAMES) if each.is_file()]
    return digest.of(told, bundle) if told else ""
