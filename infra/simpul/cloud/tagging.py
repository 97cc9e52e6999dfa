"""Tags for the products that take less of a tag than most of the vendor's do.

In: the tags that a resource of the city has. Out: tags that the product takes, simpul-wilayah: "6471" for
simpul:wilayah: "64.71" where it takes neither colons nor dots. A value that is
cut or written in other letters ends with a digest of what it was, so that two cities, owners or stacks stay apart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from simpul.cloud.identity import DIGEST


@dataclass(frozen=True)
class Room:
    """What a product takes of a value: how many bytes of UTF-8, and which letters, as a class of a pattern.

    `keys` says that keys are held to the letters too; `drops` are letters that go without leaving a mark.
    """

    longest: int
    letters: str
    keys: bool = False
    drops: str = ""

    def tags(self, tags: Mapping[str, str]) -> dict[str, str]:
        """Return `tags` so that they fit."""
        return {self._key(key): self._value(value) for key, value in tags.items()}

    def _key(self, key: str) -> str:
        return re.sub(rf"[^{self.letters}]+", "-", key) if self.keys else key

    def _value(self, value: str) -> str:
        value = value.translate(dict.fromkeys(map(ord, self.drops)))
        plain = re.sub(rf"[^{self.letters}]+", "-", value).strip("-")
        if plain.replace("-", " ") == value.replace("-", " ") and len(plain.encode()) <= self.longest:
            return plain
        head = plain.encode()[: self.longest - DIGEST - 1].decode(errors="ignore").rstrip("- ")
        return f"{head}-{sha256(value.encode()).hexdigest()[:DIGEST]}".lstrip("-")


KMS = Room(128, r"A-Za-z0-9/\\_.+=:@-")
"""Keys and the instance that they are in: no spaces, nothing but these."""

ALIDNS = Room(20, r"A-Za-z0-9_-", keys=True, drops=".")
"""Domains: 20 bytes, in which an owner's name and a stack's often don't fit."""

NLB = Room(128, r"A-Za-z0-9_.:/=+@-")
"""Network load balancers, their listeners and groups of servers: no spaces, nothing but these."""
