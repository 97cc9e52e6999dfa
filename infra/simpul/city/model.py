"""What a city declares, as frozen models. `declaration.parse` makes them; nothing here asks other parts.

The texts below the fields are what editors show: the JSON Schema is made of them.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from simpul.city import area
from simpul.city.address import MAX_NODES_PER_SITE, MAX_NUMBER, MAX_ZONES
from simpul.city.form import (
    Address,
    CityName,
    Code,
    Folder,
    HostKey,
    HostName,
    Mirror,
    Range,
    Region,
    RegistryAddress,
    User,
)

Residency = Literal["ID"]
Timezone = Literal["Asia/Jakarta", "Asia/Pontianak", "Asia/Makassar", "Asia/Jayapura"]


class Declared(BaseModel):
    """A part of the declaration: it can't be changed, and knows all its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


def _whole(low: int, high: int) -> object:
    """Make a whole number's limits: strict, so that no text, fraction or truth value passes for one."""
    return Field(strict=True, ge=low, le=high)


class Cloud(Declared):
    """The city's cloud side."""

    region: Region
    """The Alibaba Cloud region, in the country of `residency`: ap-southeast-5 (Jakarta) for ID."""

    zones: Annotated[tuple[str, ...], Field(min_length=1, max_length=MAX_ZONES)]
    """The region's zones to use. Add further ones at the end: their order gives the ranges."""

    addresses: Range
    """The private IPv4 range that all networks of the cloud and of the sites' clusters are taken from."""

    profile: Literal["small", "standard", "large"]
    """How much of everything: small to try, standard for a city, large for a metropolis."""

    nodes: Annotated[int, _whole(1, 200)] | None = None
    """How many work nodes the cloud's cluster has, if not what the profile says."""


class Registry(Declared):
    """Where the city's own images are."""

    address: RegistryAddress
    """host[:port]/namespace: what every image name begins with."""

    mirror: Mirror | None = None
    """The URL that the hosts' container runtime asks instead of the registry's host."""


class Link(Declared):
    """How a site reaches the cloud."""

    kind: Literal["internet", "ipsec", "leased"]
    """internet: the public one, TLS alone; ipsec: a tunnel over it; leased: a line of the city's own."""

    offline_days: Annotated[int, _whole(0, 30)] = 7
    """For how many days the site may be out of reach before a run fails for it; 0 allows none."""


class Host(Declared):
    """A Linux machine at a site, reached over SSH."""

    name: HostName
    """Its name, a DNS label that no other host of the city has."""

    address: Address
    """Its IPv4 address in the site's network, outside `cloud.addresses`."""

    port: Annotated[int, _whole(1, 65535)] = 22
    """Where its SSH server listens."""

    user: User = "simpul"
    """The user to log in as, who may become root with sudo."""

    role: Literal["server", "agent"]
    """server: runs the site's cluster, exactly one a site; agent: works for it."""

    host_key: HostKey | None = None
    """Its public SSH host key; without it, the operator's known_hosts decides."""


class Site(Declared):
    """An office or a cabinet with hosts of the city's own."""

    code: Code
    """The kode wilayah of the kecamatan or kelurahan it serves, in quotes; it gives the name."""

    number: Annotated[int, _whole(1, MAX_NUMBER)]
    """Given once and never changed: the site's address ranges follow from it."""

    link: Link
    """How it reaches the cloud."""

    hosts: Annotated[tuple[Host, ...], Field(min_length=1, max_length=MAX_NODES_PER_SITE)]
    """Its machines, exactly one of them with the role server."""

    @property
    def name(self) -> str:
        """The area's name; KeyError if there is no such area, which `parse` never lets through."""
        return _name(self.code)

    @property
    def slug(self) -> str:
        """The code without dots, for names that can't have them."""
        return self.code.replace(".", "")

    @property
    def server(self) -> Host:
        """The host that runs the site's cluster."""
        return next(host for host in self.hosts if host.role == "server")


class MessagingWorkload(Declared):
    """Messages from the sites to the cloud: kept at a site until the cloud has them."""

    storage_gib: Annotated[int, _whole(1, 1024)] = 4
    """How much disk each cluster keeps for messages, in GiB."""

    max_age_days: Annotated[int, _whole(1, 365)] = 30
    """For how many days a message is kept."""


class Workloads(Declared):
    """The parts of the platform that the city wants; one that is absent or null isn't there."""

    messaging: MessagingWorkload | None = None
    """Messages from the sites to the cloud. Write {} for its defaults."""


class City(Declared):
    """A city: one Pulumi stack."""

    name: CityName
    """The city's name, as reports and tags show it."""

    wilayah: Code
    """The city's kode wilayah, four digits in quotes, such as "64.71"."""

    timezone: Timezone
    """Asia/Jakarta or Asia/Pontianak (WIB), Asia/Makassar (WITA) or Asia/Jayapura (WIT)."""

    residency: Residency
    """The country (ISO 3166) in which the city's data may be kept."""

    cloud: Cloud
    """The cloud side."""

    registry: Registry
    """The registry of the city's own images."""

    bundle: Folder = "bundles/k3s"
    """The folder of the project with k3s, its air-gap images and sha256sum-amd64.txt."""

    sites: tuple[Site, ...]
    """The offices with hosts; [] for a city that has none yet."""

    workloads: Workloads = Workloads()
    """The parts of the platform that the city wants."""

    @property
    def slug(self) -> str:
        """The code without its dot, for names that can't have it."""
        return self.wilayah.replace(".", "")


def _name(code: str) -> str:
    found = area.find(code)
    if found is None:
        raise KeyError(code)
    return found.name
