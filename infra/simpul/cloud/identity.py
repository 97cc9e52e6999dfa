"""Names and tags of a city's cloud resources: both derive from its kode wilayah.

In: the city and the stack's name. Out: names within the vendor's letters and length, and the tags that every
resource carries, by which bills, access and a cut-off run are told apart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from simpul.city import City


@dataclass(frozen=True)
class Identity:
    """Who a resource belongs to."""

    slug: str
    wilayah: str
    city: str
    stack: str

    @classmethod
    def of(cls, city: City, stack: str) -> Identity:
        """Take the identity of `city`, deployed as `stack`."""
        return cls(slug=city.slug, wilayah=city.wilayah, city=city.name, stack=stack)

    @property
    def prefix(self) -> str:
        """Give what every name of this city begins with."""
        return f"simpul-{self.slug}"

    def name(self, part: str) -> str:
        """Give the name of the resource that is `part` of the city."""
        return f"{self.prefix}-{part}"

    @property
    def sole(self) -> str:
        """Give the name of what can't share its name with another in the account: the resource group and the cluster.

        A stack that is named after the city has the plain one; another stack of the city adds its own name.
        """
        stack = _plain(self.stack)
        return self.prefix if stack == _plain(self.city) else f"{self.prefix}-{stack}"

    @property
    def title(self) -> str:
        """Give what the resource group is called in the console, by which it is known as this stack's."""
        return f"Simpul {self.city} ({self.stack})"

    @property
    def tags(self) -> dict[str, str]:
        """Give the tags of the city's resources."""
        return {"simpul:wilayah": self.wilayah, "simpul:stack": self.stack, "simpul:managed-by": "pulumi"}


def _plain(name: str) -> str:
    """Bring a name into the vendor's letters."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
