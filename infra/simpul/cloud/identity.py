"""Names and tags of a city's cloud resources: both derive from its kode wilayah.

In: the city and the stack's name. Out: names within the vendor's letters and length, and the tags that every
resource carries, by which bills, access and a cut-off run are told apart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256

from simpul.city import City, DataClass

LONGEST = 64
"""The shortest of the vendor's longest names that the city's names come near to: that of a RAM role."""

DIGEST = 6
"""How many letters tell shortened names apart."""


@dataclass(frozen=True)
class Identity:
    """Who a resource belongs to."""

    slug: str
    wilayah: str
    city: str
    owner: str
    stack: str

    @classmethod
    def of(cls, city: City, stack: str) -> Identity:
        """Take the identity of `city`, deployed as `stack`."""
        return cls(slug=city.slug, wilayah=city.wilayah, city=city.name, owner=city.owner, stack=stack)

    @property
    def prefix(self) -> str:
        """Give what every name of this city begins with."""
        return f"simpul-{self.slug}"

    def name(self, part: str, longest: int = LONGEST) -> str:
        """Give the name of the resource that is `part` of the city, within `longest` letters."""
        return fit(f"{self.prefix}-{part}", longest)

    @property
    def sole(self) -> str:
        """Give the name of what can't share its name with another in the account: the resource group and the cluster.

        A stack that is named after the city has the plain one; another stack of the city adds its own name.
        """
        stack = _plain(self.stack)
        return self.prefix if stack == _plain(self.city) else f"{self.prefix}-{stack}"

    def sole_name(self, part: str, longest: int = LONGEST) -> str:
        """Give the name of the `part` that can't share its name with another in the account."""
        return fit(f"{self.sole}-{part}", longest)

    def world_name(self, part: str, account: str, longest: int = LONGEST) -> str:
        """Give the name of the `part` that can't share its name with any in the world: buckets, log projects.

        `account` is the account's number, of which the name has a digest: names are public, the number isn't.
        """
        digest = sha256(account.encode()).hexdigest()[:DIGEST]
        return f"{fit(f'{self.sole}-{part}', longest - DIGEST - 1)}-{digest}"

    @property
    def title(self) -> str:
        """Give what the resource group is called in the console, by which it is known as this stack's."""
        return f"Simpul {self.city} ({self.stack})"

    @property
    def mark(self) -> dict[str, str]:
        """Give the tags by which a resource is known as this stack's."""
        return {"simpul:wilayah": self.wilayah, "simpul:stack": self.stack, "simpul:managed-by": "pulumi"}

    def tags(self, *, site: str = "cloud", workload: str = "platform", data: DataClass = "internal") -> dict[str, str]:
        """Give the tags of a resource for `site` (a code, or "cloud" for what serves no single one) and `workload`."""
        return {
            **self.mark,
            "simpul:city": self.city,
            "simpul:owner": self.owner,
            "simpul:site": site,
            "simpul:workload": workload,
            "simpul:data-class": data,
        }


def fit(name: str, longest: int) -> str:
    """Give `name`, or where it is longer than `longest`, its head and a digest that tells it from its like."""
    if len(name) <= longest:
        return name
    return f"{name[: longest - DIGEST - 1].rstrip('-')}-{sha256(name.encode()).hexdigest()[:DIGEST]}"


def _plain(name: str) -> str:
    """Bring a name into the vendor's letters."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
