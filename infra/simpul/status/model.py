"""What `simpul status` tells; the JSON form has exactly these keys."""

from __future__ import annotations

from dataclasses import dataclass

LEAST_DAYS = 30
"""With so few days left a city isn't well: each is renewed from 120 days before its end, and this one wasn't."""


@dataclass(frozen=True)
class CityName:
    """Which city it is."""

    name: str
    wilayah: str


@dataclass(frozen=True)
class CloudStatus:
    """How many resources the stack has in the cloud."""

    resources: int


@dataclass(frozen=True)
class HostStatus:
    """A host; `ready` when its cluster says so of the node with its address.

    `state` is what the last run left it in: ready, deferred or unfinished.
    """

    name: str
    address: str
    ready: bool
    state: str


@dataclass(frozen=True)
class SiteStatus:
    """A site; `reachable` when one of its hosts answers on the port for SSH."""

    code: str
    name: str
    reachable: bool
    hosts: tuple[HostStatus, ...]


@dataclass(frozen=True)
class ClusterStatus:
    """A cluster: `kubeconfig` is a path; a finished pod counts as ready. `error` says why it couldn't be asked."""

    name: str
    site: str | None
    kubeconfig: str
    nodes: int
    nodes_ready: int
    pods: int
    pods_ready: int
    error: str | None = None

    @property
    def well(self) -> bool:
        """Say whether it has nodes, and all that it has is ready."""
        return self.error is None and 0 < self.nodes == self.nodes_ready and self.pods == self.pods_ready


@dataclass(frozen=True)
class ReleaseStatus:
    """A Helm release."""

    cluster: str
    namespace: str
    name: str
    chart: str
    revision: int
    status: str


@dataclass(frozen=True)
class CertificateStatus:
    """A certificate: `what` it is, `where` it is used (a host, a cluster, a resource of the stack), when it `ends`."""

    what: str
    where: str
    ends: str
    days_left: int

    @property
    def well(self) -> bool:
        """Say whether there is time to renew it."""
        return self.days_left > LEAST_DAYS


@dataclass(frozen=True)
class BackupStatus:
    """The backups of a host in the city's bucket: when the last one was begun (ISO 8601), and how old it is.

    `last` and `age_hours` are None where there is none. `overdue` when the last night but one has none, or the site
    stands for so long without any. `error` says why the bucket couldn't be asked.
    """

    site: str
    host: str
    last: str | None
    age_hours: int | None
    overdue: bool
    error: str | None = None


@dataclass(frozen=True)
class CityStatus:
    """A city, whole. `well` when everything that was asked is."""

    well: bool
    city: CityName
    cloud: CloudStatus
    sites: tuple[SiteStatus, ...]
    clusters: tuple[ClusterStatus, ...]
    releases: tuple[ReleaseStatus, ...]
    certificates: tuple[CertificateStatus, ...] = ()
    backups: tuple[BackupStatus, ...] = ()
