"""Where the vendor has data centres, as far as a city can choose: regions, zones, and what an id there looks like."""

from __future__ import annotations

import re
import secrets
import string
from typing import Final

ZONES: Final = {
    "ap-southeast-5": ("ap-southeast-5a", "ap-southeast-5b", "ap-southeast-5c"),
    "ap-southeast-1": ("ap-southeast-1a", "ap-southeast-1b", "ap-southeast-1c"),
    "ap-southeast-3": ("ap-southeast-3a", "ap-southeast-3b", "ap-southeast-3c"),
}
"""Zones by region: Jakarta, and the neighbours that a test of residency needs."""

NAMES: Final = {
    "ap-southeast-5": "Indonesia (Jakarta)",
    "ap-southeast-1": "Singapore",
    "ap-southeast-3": "Malaysia (Kuala Lumpur)",
}

MARKS: Final = {"ap-southeast-5": "k1a", "ap-southeast-1": "t4n", "ap-southeast-3": "8ps"}
"""The letters that a region puts at the head of its ids."""

ACCOUNT: Final = "5123456789012345"
DEFAULT_GROUP: Final = "rg-acfmsimpullab00"
"""The resource group that every account has from the start."""

LETTERS: Final = string.ascii_lowercase + string.digits
INSTANCE_TYPE: Final = re.compile(
    r"ecs\.(?:[gcr](?:5|6|6e|7|7a|7e|8a|8e|8i|8y|9i)|[cgr]n?\d[a-z]{0,2}|u1-c1m[1248]|e-c1m[124]|t[56]-c1m[1245]|hfg[678]|hfc[678]|hfr[678])"
    r"\.(?:small|large|xlarge|\d{1,2}xlarge)"
)
"""The form of an instance type; families that the region is known to sell."""


def draw(region: str, prefix: str, length: int = 18) -> str:
    """Draw a new id: `vpc-k1a` and letters that nobody had before."""
    return f"{prefix}-{MARKS.get(region, 'k1a')}{letters(length)}"


def letters(length: int) -> str:
    """Draw letters and digits."""
    return "".join(secrets.choice(LETTERS) for _ in range(length))
