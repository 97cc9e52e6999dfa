"""What one part of the program hands to the next: frozen, typed, made of Pulumi outputs.

cloud/ ── CloudEstate ──┐
                        ├──> platform/ ── Endpoint ──> stack outputs
edge/  ── SiteEstate  ──┘
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from simpul.city import Purpose


@dataclass(frozen=True)
class ClusterHandle:
    """A Kubernetes cluster that workloads can be put in.

    `site` is the code of its site, None for the cloud's. `kubeconfig` is a secret YAML text.
    `ready` is what a release waits for before it is made: the nodes and what they need. `offline_days` is for how
    long it may be out of reach. `storage_class` is where its volumes come from, "" for the cluster's default;
    `disk_key` is the key by which the cloud encrypts them, None where a site's own disks do. `home` is the host on
    whose disk they lie, "" where each is a disk of its own; those on the hosts in `let_go` may be given up.
    """

    name: str
    site: str | None
    kubeconfig: pulumi.Output[str]
    ready: tuple[pulumi.Resource, ...]
    offline_days: int = 0
    storage_class: str = ""
    disk_key: pulumi.Output[str] | None = None
    home: str = ""
    let_go: tuple[str, ...] = ()


@dataclass(frozen=True)
class DatabaseHandle:
    """A PostgreSQL database of the store `store`, and the account that owns it. TLS alone is answered."""

    store: str
    host: pulumi.Output[str]
    port: pulumi.Output[str]
    database: str
    username: str
    password: pulumi.Output[str]

    def export(self) -> dict[str, object]:
        """Give the database as a stack output has it."""
        return {
            "store": self.store,
            "host": self.host,
            "port": self.port,
            "database": self.database,
            "username": self.username,
            "password": self.password,
        }


@dataclass(frozen=True)
class CacheHandle:
    """A cache (Redis) of the store `store`."""

    store: str
    host: pulumi.Output[str]
    port: pulumi.Output[str]
    password: pulumi.Output[str]

    def export(self) -> dict[str, object]:
        """Give the cache as a stack output has it."""
        return {"store": self.store, "host": self.host, "port": self.port, "password": self.password}


@dataclass(frozen=True)
class BucketHandle:
    """A bucket: what it is for, the store whose files are in it ("" for none), and where an S3 client finds it."""

    purpose: Purpose
    store: str
    name: str
    endpoint: pulumi.Output[str]

    def export(self) -> dict[str, object]:
        """Give the bucket as a stack output has it."""
        return {"purpose": self.purpose.value, "store": self.store, "name": self.name, "endpoint": self.endpoint}


@dataclass(frozen=True)
class BackupStore:
    """Where a site writes its backups: its own `folder` of a bucket, and the key that opens it and nothing else.

    For `locked_days` nobody can change or delete what was written there; 0 where nothing is locked.
    """

    site: str
    endpoint: pulumi.Output[str]
    region: str
    bucket: str
    folder: str
    access_key_id: pulumi.Output[str]
    access_key_secret: pulumi.Output[str]
    locked_days: int


@dataclass(frozen=True)
class SiteBackup:
    """A site's backups: where they are, which of its hosts write them, and the password that they are encrypted with.

    `hosts` begins with the server.
    """

    store: BackupStore
    hosts: tuple[str, ...]
    password: pulumi.Output[str]

    def export(self) -> dict[str, object]:
        """Give the backups as a stack output has them."""
        return {
            "site": self.store.site,
            "endpoint": self.store.endpoint,
            "region": self.store.region,
            "bucket": self.store.bucket,
            "folder": self.store.folder,
            "access_key_id": self.store.access_key_id,
            "access_key_secret": self.store.access_key_secret,
            "hosts": list(self.hosts),
            "password": self.password,
        }


@dataclass(frozen=True)
class ImageRegistry:
    """A registry of images with a login: host and namespace that names begin with, and who pushes and pulls."""

    address: pulumi.Output[str]
    username: pulumi.Input[str]
    password: pulumi.Output[str]

    def export(self) -> dict[str, object]:
        """Give the registry as a stack output has it."""
        return {"address": self.address, "username": self.username, "password": self.password}


@dataclass(frozen=True)
class TunnelHandle:
    """The cloud's end of a site's IPsec tunnels, of which the second stands by, and the key that both ends know."""

    site: str
    address: pulumi.Output[str]
    standby: pulumi.Output[str]
    key: pulumi.Output[str]

    def export(self) -> dict[str, object]:
        """Give the tunnel as a stack output has it."""
        return {"site": self.site, "address": self.address, "standby": self.standby, "key": self.key}


@dataclass(frozen=True)
class LineHandle:
    """What both ends of a site's leased line are called (address and BGP's ASN), and the key that they know."""

    site: str
    cloud_address: str
    cloud_asn: int
    site_address: str
    site_asn: int
    key: pulumi.Output[str]

    def export(self) -> dict[str, object]:
        """Give the line as a stack output has it."""
        return {
            "site": self.site,
            "cloud_address": self.cloud_address,
            "cloud_asn": self.cloud_asn,
            "site_address": self.site_address,
            "site_asn": self.site_asn,
            "key": self.key,
        }


@dataclass(frozen=True)
class RoleHandle:
    """A role in the city's cloud: what it is for, the store whose workload has it ("" for none), and its names.

    A workload's pod asks for its role by an annotation of its service account (`name`); people take it by its `arn`.
    """

    purpose: Purpose
    store: str
    name: str
    arn: pulumi.Output[str]

    def export(self) -> dict[str, object]:
        """Give the role as a stack output has it."""
        return {"purpose": self.purpose.value, "store": self.store, "name": self.name, "arn": self.arn}


@dataclass(frozen=True)
class Staying:
    """What stays in the cloud when the city is taken away: its type in Pulumi, its id there, and until when."""

    type: str
    id: pulumi.Output[str]
    until: str

    def export(self) -> dict[str, object]:
        """Give it as a stack output has it."""
        return {"type": self.type, "id": self.id, "until": self.until}


@dataclass(frozen=True)
class CloudEstate:
    """The cloud side: its cluster, the load balancer through which sites reach it, and what workloads keep there.

    `image_registry` is None where the city uses the registry that every account has. `guests_id` is the load balancer's
    list of who may come in at what isn't for the world, None where everybody has to be let in.
    """

    cluster: ClusterHandle
    balancer_id: pulumi.Output[str]
    balancer_address: pulumi.Output[str]
    vpc_id: pulumi.Output[str]
    nat_address: pulumi.Output[str]
    guests_id: pulumi.Output[str] | None = None
    databases: tuple[DatabaseHandle, ...] = ()
    caches: tuple[CacheHandle, ...] = ()
    buckets: tuple[BucketHandle, ...] = ()
    backups: tuple[BackupStore, ...] = ()
    image_registry: ImageRegistry | None = None
    tunnels: tuple[TunnelHandle, ...] = ()
    lines: tuple[LineHandle, ...] = ()
    roles: tuple[RoleHandle, ...] = ()
    stays: tuple[Staying, ...] = ()


@dataclass(frozen=True)
class HostHandle:
    """A host: where SSH finds it, and whether it is `ready` or was `deferred` because its site was out of reach."""

    name: str
    address: str
    port: int
    state: pulumi.Output[str]

    def export(self) -> dict[str, object]:
        """Give the host as a stack output has it."""
        return {"name": self.name, "address": self.address, "port": self.port, "state": self.state}


@dataclass(frozen=True)
class SiteEstate:
    """A site: its cluster, and the address at which its office finds the platform."""

    code: str
    slug: str
    name: str
    address: str
    cluster: ClusterHandle
    hosts: tuple[HostHandle, ...]
    backup: SiteBackup

    def export(self) -> dict[str, object]:
        """Give the site as a stack output has it."""
        hosts = [host.export() for host in self.hosts]
        return {"code": self.code, "name": self.name, "address": self.address, "hosts": hosts}


@dataclass(frozen=True)
class Endpoint:
    """Where a client finds a workload, with all that it needs to get in. `site` is None for the cloud."""

    workload: str
    site: str | None
    url: pulumi.Output[str]
    username: str
    password: pulumi.Output[str]
    ca_pem: pulumi.Output[str]

    def export(self) -> dict[str, object]:
        """Give the endpoint as a stack output has it."""
        return {
            "workload": self.workload,
            "site": self.site,
            "url": self.url,
            "username": self.username,
            "password": self.password,
            "ca_pem": self.ca_pem,
        }
