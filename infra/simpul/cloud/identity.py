"""Names and tags of a city's cloud resources: a name derives from its kode wilayah and its stack alone.

In: the city and the stack's name. Out: names within the vendor's letters and length, and the tags that every
resource carries, by which bills, access and a cut-off run are told apart. What a person may reword, the city's name and
its owner's, is in tags and descriptions alone: most names of the vendor's can't be changed, and what has one is made
anew where it would be another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from simpul.city import PURPOSE, City, DataClass, Purpose
from simpul.city.form.name import begins_as_the_vendor
from simpul.errors import Problem

LONGEST = 64
"""The shortest of the vendor's longest names that the city's names come near to: that of a RAM role."""

DIGEST = 6
"""How many letters tell shortened names apart."""

STACK = 16
"""How many letters of a stack's name are in names."""

LONGEST_STACK = 64
"""Letters of a stack's name: as many has a tag's value of a group of monitoring, which has the fewest."""

TITLE = 50
"""Letters of a title: as many has the display name of a resource group, which has the fewest."""

ABBREVIATIONS = {"Kabupaten": "Kab.", "Kepulauan": "Kep.", "Administrasi": "Adm."}
"""How Indonesians write long names of cities where there is little room."""


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
    def short(self) -> str:
        """Give the stack in a word that names can have: its own name, or the head of it and a digest.

        No word has a hyphen and no two stacks have the same, so that no name of one stack begins as another's do.
        """
        plain = re.sub(r"[^a-z0-9]", "", self.stack.lower())
        if plain == self.stack and len(plain) <= STACK:
            return plain
        return plain[: STACK - DIGEST] + sha256(self.stack.encode()).hexdigest()[:DIGEST]

    @property
    def sole(self) -> str:
        """Give the name of what can't share its name with another in the account: the resource group, the cluster."""
        return f"{self.prefix}-{self.short}"

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
        """Give what the stack's things are called where people read it, in at most TITLE letters."""
        head, tail = "Simpul ", f" ({self.short})"
        return head + shorten(self.city, TITLE - len(head) - len(tail)) + tail

    def titles(self, title: str) -> bool:
        """Tell whether `title` is one of this stack's, whatever its city was called when it was given."""
        return title.startswith("Simpul ") and title.endswith(f" ({self.short})")

    @property
    def mark(self) -> dict[str, str]:
        """Give the tags by which a resource is known as this stack's."""
        return {"simpul:wilayah": self.wilayah, "simpul:stack": self.stack, "simpul:managed-by": "pulumi"}

    def tags(
        self,
        *,
        site: str = "cloud",
        workload: str = "platform",
        data: DataClass = "internal",
        purpose: Purpose | None = None,
    ) -> dict[str, str]:
        """Give the tags of a resource for `site` (a code, or "cloud" for what serves no single one) and `workload`.

        `purpose` is for what rules or access tell apart by it: buckets and roles.
        """
        return {
            **self.mark,
            "simpul:city": self.city,
            "simpul:owner": self.owner,
            "simpul:site": site,
            "simpul:workload": workload,
            "simpul:data-class": data,
            **({PURPOSE: purpose.value} if purpose else {}),
        }


def problems(identity: Identity) -> Iterator[Problem]:
    """List what is wrong with the stack's name: it is a tag of all that has tags."""
    stack, advice = identity.stack, "Call the stack after its city, such as balikpapan: pulumi stack init balikpapan"
    if len(stack) > LONGEST_STACK:
        what = f"has more than the {LONGEST_STACK} letters of a tag's value"
        yield Problem("the stack's name", what, f'"{stack}", {len(stack)} letters', advice)
    if begins_as_the_vendor(stack):
        what = "begins as the vendor's own names do, which it refuses in tags"
        yield Problem("the stack's name", what, f'"{stack}"', advice)


def fit(name: str, longest: int) -> str:
    """Give `name`, or where it is longer than `longest`, its head and a digest that tells it from its like."""
    if len(name) <= longest:
        return name
    return f"{name[: longest - DIGEST - 1].rstrip('-')}-{sha256(name.encode()).hexdigest()[:DIGEST]}"


def shorten(label: str, longest: int) -> str:
    """Give a label that people read in at most `longest` letters: abbreviated as they do, then cut behind a word."""
    if len(label) <= longest:
        return label
    brief = " ".join(ABBREVIATIONS.get(word, word) for word in label.split())
    if len(brief) <= longest:
        return brief
    whole, _, begun = brief[: longest - 2].rpartition(" ")
    return f"{(whole or begun[:-1]).rstrip(' .,-(')}..."
