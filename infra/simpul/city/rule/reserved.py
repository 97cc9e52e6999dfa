"""Names that are taken: by the cluster, by the vendor, by the city's own parts.

A store's name is its workload's: a namespace and a service account in the cluster, a value of tags, a part of the names
of buckets, roles and databases.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from simpul.city.fault import Fault
from simpul.city.purpose import Purpose
from simpul.city.rule.draft import EACH, Draft
from simpul.city.wording import show

if TYPE_CHECKING:
    from collections.abc import Iterator

OWN = frozenset(
    {"messaging", "storage", "platform", "sites", "trail", "keys", "logs", "store", "api", "entrance", "cloud"}
)
"""Parts of the city's cloud and what runs in its cluster beside stores."""

TAKEN = {
    r"default|kube|kube-.*": "is a namespace of Kubernetes' own",
    r"(ack|arms|istio|sls|loong|alicloud|csi)(-.*)?": "is like a namespace that the vendor makes in its clusters",
    r"(acs|aliyun|alibaba)(-.*)?|aliyun.*": "begins as the vendor's own names do, which it refuses in tags",
    r"simpul(-.*)?": "begins as the city's own things do",
    "|".join([*sorted(OWN), *Purpose]): "is what a part of the city's own is called",
}
"""Why names of these forms aren't to be had."""

HOSTS = {
    r"localhost|broadcasthost|ip6-(localhost|loopback|localnet|mcastprefix|allnodes|allrouters|allhosts)": (
        "is what each machine calls itself, or all of its network"
    ),
    r"all|ungrouped": "is a word of Ansible's for more than one host",
}
"""Why names of these forms are no host's: what /etc/hosts of Debian and Ubuntu has, and patterns of an inventory."""


def check_stores(draft: Draft) -> Iterator[Fault]:
    """Find stores that are called as something else is."""
    for spot in draft.find("cloud", "stores", EACH, "name"):
        for form, why in TAKEN.items():
            if re.fullmatch(form, str(spot.value)):
                yield Fault(spot.loc, why, show(spot.value), "Name the store after what its workload is for.")
                break


def check_hosts(draft: Draft) -> Iterator[Fault]:
    """Find hosts whose name means something else, to a machine or to Ansible."""
    for spot in draft.find("sites", EACH, "hosts", EACH, "name"):
        for form, why in HOSTS.items():
            if re.fullmatch(form, str(spot.value)):
                yield Fault(spot.loc, why, show(spot.value), "Name it after where it stands, such as bpn-timur-1.")
