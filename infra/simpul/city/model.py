"""What a city declares, as frozen models. `declaration.parse` makes them; nothing here asks other parts.

The texts below the fields are what editors show: the JSON Schema is made of them.
"""

from typing import Annotated, Literal

from pydantic import Field

from simpul.city import area
from simpul.city.address import MAX_NODES_PER_SITE, MAX_NUMBER, MAX_VLAN
from simpul.city.cloud import Cloud
from simpul.city.declared import Declared, whole
from simpul.city.form import (
    AccountId,
    Address,
    CityName,
    Code,
    ConnectionId,
    Day,
    DomainName,
    Email,
    Folder,
    HostKey,
    HostName,
    Label,
    Mirror,
    PublicAddress,
    PublicRange,
    RegistryAddress,
    RuleId,
    Topic,
    TransferRange,
    User,
    Username,
)

Residency = Literal["ID"]
MAX_RANGES = 10
"""How many ranges a site's router may be from: whose carrier has more is known by none of them."""

Timezone = Literal["Asia/Jakarta", "Asia/Pontianak", "Asia/Makassar", "Asia/Jayapura"]


MOST_WHOLE_DAYS = 30
"""How many days at most lie between two whole backups of a site: what a month adds is less than what it keeps."""


class Registry(Declared):
    """Where the city's own images are."""

    address: RegistryAddress
    """host[:port]/namespace: what every image name begins with."""

    username: Username | None = None
    """Who logs in to a registry that isn't the city's own; the password is the secret simpul:registryPassword."""

    mirror: Mirror | None = None
    """The URL that the hosts' container runtime asks instead of the registry's host."""


class Line(Declared):
    """A leased line, as the vendor's Express Connect ends it in a virtual border router."""

    connection: ConnectionId
    """The id of the physical connection, which the vendor and the carrier made: pc-…"""

    vlan: Annotated[int, whole(1, MAX_VLAN)]
    """The VLAN that the site has on the connection."""

    transfer: TransferRange
    """A private /30 that nothing else has: its first address is the cloud's end, its second the site's."""


class Link(Declared):
    """How a site reaches the cloud."""

    kind: Literal["internet", "ipsec", "leased"]
    """internet: the public one, TLS alone; ipsec: a tunnel over it; leased: a line of the city's own."""

    gateway: PublicAddress | None = None
    """The public IPv4 address of the site's router, by which the entrance knows it; ipsec: where its tunnel ends."""

    ranges: Annotated[tuple[PublicRange, ...], Field(max_length=MAX_RANGES)] = ()
    """Where the router's address changes: the carrier's public ranges, /16 or smaller, that it is from. At most 10."""

    open: bool = False
    """Where neither can be told: the entrance then takes messages from the whole internet, for all sites."""

    line: Line | None = None
    """leased: the line."""

    offline_days: Annotated[int, whole(0, 30)] = 7
    """For how many days the site may be out of reach before a run fails for it; 0 allows none."""


class Host(Declared):
    """A Linux machine at a site, reached over SSH."""

    name: HostName
    """Its name, a DNS label that no other host of the city has."""

    address: Address
    """Its IPv4 address in the site's network, outside `cloud.addresses`."""

    port: Annotated[int, whole(1, 65535)] = 22
    """Where its SSH server listens."""

    user: User = "simpul"
    """The user to log in as, who may become root with sudo."""

    role: Literal["server", "agent"]
    """server: runs the site's cluster, exactly one a site; agent: works for it."""

    volumes: bool = False
    """Whether the site's volumes lie on its disk: true for one host at most, without which it is the server."""

    host_key: HostKey | None = None
    """Its public SSH host key; without it, the operator's known_hosts decides."""


class Site(Declared):
    """An office or a cabinet with hosts of the city's own."""

    code: Code
    """The kode wilayah of the kecamatan or kelurahan it serves, in quotes; it gives the name."""

    number: Annotated[int, whole(1, MAX_NUMBER)]
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

    @property
    def home(self) -> Host:
        """The host on whose disk the site's volumes lie."""
        return next((host for host in self.hosts if host.volumes), self.server)


ADMINISTRATOR = "administrator"
"""Who looks at the streams of every server of the messages, and takes out what is in them: the name of no client."""


class MessagingClient(Declared):
    """Who may say and hear what, at one server of the messages: a device, or a part of the platform."""

    name: Label
    """Its name, a DNS label of at most 24 characters, by which it logs in."""

    at: Literal["sites", "cloud"] = "sites"
    """sites: it gets in at each site, with a password for each; cloud: at the hub."""

    site: Code | None = None
    """The one site at which it gets in; without it, each."""

    protocol: Literal["mqtt", "nats"] = "mqtt"
    """mqtt publishes and listens; nats listens, and reads what is stored."""

    publish: Annotated[tuple[Topic, ...], Field(max_length=16)] = (">",)
    """What it may publish below reports/AREA, the site's code without dots, or the city's at the hub; nats: nothing."""

    subscribe: Annotated[tuple[Topic, ...], Field(max_length=16)] = (">",)
    """What it may hear and read: at a site below reports/AREA, at the hub below reports."""

    passwords: Annotated[tuple[Annotated[int, whole(1, 9999)], ...], Field(min_length=1, max_length=2)] = (1,)
    """The numbers of its valid passwords. [1, 2] makes a second one beside the first, [2] ends the first."""

    def is_at(self, site: str | None) -> bool:
        """Tell whether it gets in at the site with this code; None is the hub."""
        return self.at == "cloud" if site is None else self.at == "sites" and self.site in (None, site)

    def users(self) -> dict[str, int]:
        """Give the names by which it logs in, each with its password's number: the first is called as the client is."""
        return {self.name if number == 1 else f"{self.name}.{number}": number for number in self.passwords}


class MessagingWorkload(Declared):
    """Messages from the sites to the cloud: kept at a site until the cloud has them."""

    storage_gib: Annotated[int, whole(1, 1024)] = 4
    """How much disk each cluster keeps for messages, in GiB."""

    max_age_days: Annotated[int, whole(1, 365)] = 30
    """For how many days a message is kept."""

    clients: Annotated[tuple[MessagingClient, ...], Field(max_length=32)] = (
        MessagingClient(name="report"),
        MessagingClient(name="reader", at="cloud", protocol="nats", publish=()),
    )
    """Who gets in. Without it: report at each site, for its own reports, and reader at the hub, for all."""


class Workloads(Declared):
    """The parts of the platform that the city wants; one that is absent or null isn't there."""

    messaging: MessagingWorkload | None = None
    """Messages from the sites to the cloud. Write {} for its defaults."""


class Retention(Declared):
    """How long is kept what must be kept. No law names a number; the city does, and answers for it."""

    logs_days: Annotated[int, whole(7, 3650)]
    """For how many days logs of networks, clusters and workloads can be searched; 3650 keeps them for ever."""

    audit_days: Annotated[int, whole(90, 3650)]
    """For how many days the record of who did what is kept, where nobody can change it."""

    backup_days: Annotated[int, whole(7, 730)]
    """For how many days a backup is kept, and to how far back a database can be set."""

    @property
    def whole_days(self) -> int:
        """After how many days a site's backups begin anew with a whole one; those between build on it."""
        return min(self.backup_days, MOST_WHOLE_DAYS)


class Contact(Declared):
    """Who is told when something is wrong."""

    name: Label
    """A short name, a DNS label of at most 24 characters."""

    email: Email
    """Where the alarm goes."""


class Vendor(Declared):
    """A company that works on the city's cloud, within one area and until a day."""

    name: Label
    """A short name, a DNS label of at most 24 characters."""

    account: AccountId
    """The company's own Alibaba Cloud account, 16 digits in quotes, from which it takes its role."""

    area: Code
    """The kode wilayah that it works for, the city's or one in it: nothing outside is its to touch."""

    ends: Day
    """The last day of its access, such as 2027-06-30."""


class Waiver(Declared):
    """A rule that the city doesn't keep for a while, with a reason that stands in every report."""

    rule: RuleId
    """The rule's id; docs/rules.md lists them."""

    where: Annotated[str, Field(min_length=1, max_length=200)]
    """What it is waived for: the name of a resource, a manifest or a host; * for any letters, behind what names it."""

    reason: Annotated[str, Field(min_length=10, max_length=500)]
    """Why, and what is done instead."""

    by: CityName
    """Who answers for it: a person or an office."""

    ends: Day
    """The last day on which it counts, at most 180 days from today."""


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

    owner: CityName
    """The office that answers for all of it, as tags and reports show it."""

    domain: DomainName
    """The city's domain, such as "balikpapan.go.id", under which its services are found."""

    contacts: Annotated[tuple[Contact, ...], Field(min_length=1, max_length=20)]
    """Who is told when something is wrong."""

    retention: Retention
    """How long is kept what must be kept."""

    keys_end: Day
    """The last day of the keys by which sites write to the cloud's storage; a later day here gives them longer."""

    vendor: Vendor | None = None
    """A company that works on the city's cloud."""

    rehearsal: bool = False
    """Whether it is a rehearsal, from its first run on: it holds nothing that must be kept."""

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

    waivers: tuple[Waiver, ...] = ()
    """The rules that the city doesn't keep for a while."""

    @property
    def slug(self) -> str:
        """The code without its dot, for names that can't have it."""
        return self.wilayah.replace(".", "")


def _name(code: str) -> str:
    found = area.find(code)
    if found is None:
        raise KeyError(code)
    return found.name
