"""The declaration of a city: read, checked, and its addresses worked out. Pure: it makes and reaches nothing.

A stack's file or a mapping enters (`load`, `parse`), a frozen City leaves, or a CityError with all problems.
"""

from __future__ import annotations

from simpul.city.address import ClusterRanges, Plan, plan
from simpul.city.declaration import parse
from simpul.city.model import City, Cloud, Host, Link, MessagingWorkload, Registry, Site, Workloads
from simpul.city.schema import json_schema
from simpul.city.stack import load

__all__ = [
    "City",
    "Cloud",
    "ClusterRanges",
    "Host",
    "Link",
    "MessagingWorkload",
    "Plan",
    "Registry",
    "Site",
    "Workloads",
    "json_schema",
    "load",
    "parse",
    "plan",
]
