"""The declaration of a city: read, checked, and its addresses worked out. Pure: it makes and reaches nothing.

A stack's file or a mapping enters (`load`, `parse`), a frozen City leaves, or a CityError with all problems.
"""

from __future__ import annotations

from simpul.city.address import ClusterRanges, Plan, plan
from simpul.city.cloud import Api, Cloud, DataClass, Replacement, Sizes, Store
from simpul.city.declaration import parse
from simpul.city.model import (
    City,
    Contact,
    Host,
    Line,
    Link,
    MessagingClient,
    MessagingWorkload,
    Registry,
    Retention,
    Site,
    Vendor,
    Waiver,
    Workloads,
)
from simpul.city.purpose import PURPOSE, Purpose
from simpul.city.schema import json_schema
from simpul.city.stack import load

__all__ = [
    "PURPOSE",
    "Api",
    "City",
    "Cloud",
    "ClusterRanges",
    "Contact",
    "DataClass",
    "Host",
    "Line",
    "Link",
    "MessagingClient",
    "MessagingWorkload",
    "Plan",
    "Purpose",
    "Registry",
    "Replacement",
    "Retention",
    "Site",
    "Sizes",
    "Store",
    "Vendor",
    "Waiver",
    "Workloads",
    "json_schema",
    "load",
    "parse",
    "plan",
]
