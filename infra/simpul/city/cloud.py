"""What a city declares of its cloud side: where it is, how large, who reaches it, what it stores."""

from typing import Annotated, Literal

from pydantic import Field

from simpul.city.address import MAX_ZONES
from simpul.city.declared import Declared, whole
from simpul.city.form import Day, Label, PublicRange, Range, Region

DataClass = Literal["public", "internal", "personal"]
"""How data is treated: open to all, the city's own, or personal in the words of UU 27/2022 (UU PDP)."""

InstanceType = Literal[
    "ecs.g7.large",
    "ecs.g7.xlarge",
    "ecs.g7.2xlarge",
    "ecs.g7.4xlarge",
    "ecs.c7.xlarge",
    "ecs.c7.2xlarge",
    "ecs.r7.xlarge",
    "ecs.r7.2xlarge",
]
"""Machines for nodes: g 1 vCPU to 4 GiB, c 1 to 2, r 1 to 8, by the vendor's names."""

DatabaseClass = Literal[
    "pg.x2.medium.2c", "pg.x4.medium.2c", "pg.x2.large.2c", "pg.x4.large.2c", "pg.x2.xlarge.2c", "pg.x4.xlarge.2c"
]
"""RDS PostgreSQL in two zones, on machines of its own, as only those take a city's key: x2 1 vCPU to 2 GiB, x4 1 to 4;
medium has 2 vCPU, large 4, xlarge 8, by the vendor's names."""

CacheClass = Literal["redis.master.small.default", "redis.master.mid.default", "redis.master.stand.default"]
"""Tair (Redis) with a standby: 1, 2 and 4 GiB."""


class Sizes(Declared):
    """What is to be larger or smaller than the profile says; what is left out is as the profile has it."""

    cluster: Literal["ack.pro.small", "ack.pro.xlarge", "ack.pro.2xlarge", "ack.pro.4xlarge"] | None = None
    """How much the cluster's control plane carries."""

    system_nodes: Annotated[int, whole(1, 9)] | None = None
    """How many nodes the cluster's own parts have."""

    system_instance: InstanceType | None = None
    """Which machine such a node is."""

    work_nodes: Annotated[int, whole(1, 200)] | None = None
    """How many nodes workloads have at least."""

    work_nodes_max: Annotated[int, whole(1, 400)] | None = None
    """To how many the cluster grows by itself when workloads need it."""

    work_instance: InstanceType | None = None
    """Which machine such a node is."""

    disk_gib: Annotated[int, whole(40, 2048)] | None = None
    """The disk of a node, in GiB."""

    nat_mbps: Annotated[int, whole(1, 200)] | None = None
    """How fast the city's workloads reach out, in Mbit/s: at most 200, which is all that is sold by traffic."""

    vpn_mbps: Literal[10, 100, 200, 500, 1000] | None = None
    """How fast the tunnels of all sites are together, in Mbit/s: 100 in every profile. Choose it before the first one:
    with another bandwidth comes another gateway, with other addresses."""

    database: DatabaseClass | None = None
    """Which machine the database has."""

    database_gib: Annotated[int, whole(20, 6000)] | None = None
    """The database's disk, in GiB, in steps of 5. It grows when this does, never by itself, and doesn't shrink."""

    cache: CacheClass | None = None
    """Which machine a cache has."""

    registry: Literal["default", "enterprise"] | None = None
    """default: the registry of the vendor's that every account has; enterprise: one of the city's own, with scans."""


MAX_ALLOWED = 5
"""As many fit into the wall around the network, which takes 20 entries, beside all of the offices."""


class Api(Declared):
    """The API of the cloud's cluster: the city's own networks always reach it."""

    public: bool = False
    """Whether it can be reached from the internet, through a gate that lets nobody in but those in `allow`."""

    allow: Annotated[tuple[PublicRange, ...], Field(max_length=MAX_ALLOWED)] = ()
    """From where it may be reached there, such as ["203.0.113.0/28"], at most 5; needed where it is public."""


class Store(Declared):
    """What a workload keeps in the cloud. Its service account, of the same name, gets at nothing else."""

    name: Label
    """The workload, a DNS label of at most 24 characters."""

    data: DataClass
    """What is kept: public, internal or personal data."""

    database: bool = False
    """Whether it has a PostgreSQL database and an account for it."""

    cache: bool = False
    """Whether it has a cache (Tair, Redis)."""

    bucket: bool = False
    """Whether it has a bucket for files."""


class Replacement(Declared):
    """A resource that holds data, or has an address that others were told, and may be made anew or deleted."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    """The resource's name in the stack, as the preview that was refused says it, such as "simpul-6471-vpn"."""

    reason: Annotated[str, Field(min_length=10, max_length=500)]
    """Why, and where its data goes or who is told its new address."""

    ends: Day
    """The last day on which it may."""


class Cloud(Declared):
    """The city's cloud side."""

    region: Region
    """The Alibaba Cloud region, in the country of `residency`: ap-southeast-5 (Jakarta) for ID."""

    zones: Annotated[tuple[str, ...], Field(min_length=1, max_length=MAX_ZONES)]
    """The region's zones to use, at least 2, 3 for large. What holds data is in the first two, and stays there."""

    addresses: Range
    """The private IPv4 range that all networks of the cloud and of the sites' clusters are taken from."""

    profile: Literal["small", "standard", "large"]
    """How much of everything: small to try, standard for a city, large for a metropolis."""

    sizes: Sizes = Sizes()
    """What is to be larger or smaller than the profile says."""

    api: Api = Api()
    """Who may reach the API of the cloud's cluster from outside of the city's networks."""

    stores: tuple[Store, ...] = ()
    """What workloads keep in the cloud: databases, caches, buckets."""

    replace: tuple[Replacement, ...] = ()
    """What may be made anew or deleted although it holds data or has an address that others were told."""

    protect: bool = True
    """Whether what holds data can't be deleted: locks, deletion protection. false counts in a rehearsal, and for a city
    that is being taken away; either with a waiver."""
