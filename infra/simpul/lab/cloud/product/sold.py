"""What of databases and caches is on sale: versions and classes, in every zone of the region."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from simpul.lab.cloud import region
from simpul.lab.cloud.kind import Source
from simpul.lab.cloud.product import kvstore, rds

if TYPE_CHECKING:
    from simpul.lab.cloud.estate import Estate

CLASSES: Final = {
    "Basic": ("pg.n2.2c.1m", "pg.n4.2c.1m", "pg.n2.4c.1m", "pg.n4.4c.1m", "pg.n4.8c.1m"),
    "HighAvailability": (
        *("pg.n2.2c.2m", "pg.n4.2c.2m", "pg.n2.4c.2m", "pg.n4.4c.2m", "pg.n4.8c.2m"),
        *(
            "pg.x2.medium.2c",
            "pg.x4.medium.2c",
            "pg.x2.large.2c",
            "pg.x4.large.2c",
            "pg.x2.xlarge.2c",
            "pg.x4.xlarge.2c",
        ),
    ),
}
"""Classes of PostgreSQL, by category: those for general purposes (n), then machines of one's own (x)."""
CACHES: Final = ("redis.master.small.default", "redis.master.mid.default", "redis.master.stand.default")
CACHE_VERSIONS: Final = ("5.0", "6.0", "7.0")


class DatabaseEngines(Source):
    """The versions of PostgreSQL."""

    token = "alicloud:rds/getInstanceEngines:getInstanceEngines"  # noqa: S105 not a password

    def answer(self, estate: Estate, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Give those that the arguments choose."""
        chosen = [each for each in rds.VERSIONS if inputs.get("engineVersion") in (None, each)]
        kinds = [each for each in CLASSES if inputs.get("category") in (None, each)]
        engines = [
            {"engine": rds.POSTGRESQL, "engineVersion": version, "category": kind, "zoneIds": _zones(estate, inputs)}
            for version in (chosen if _is_postgres(inputs) else ())
            for kind in kinds
        ]
        return {"ids": [each["engineVersion"] for each in engines], "instanceEngines": engines}


class DatabaseClasses(Source):
    """The classes of PostgreSQL."""

    token = "alicloud:rds/getInstanceClasses:getInstanceClasses"  # noqa: S105 not a password

    def answer(self, estate: Estate, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Give those that the arguments choose."""
        chosen = [name for kind, names in CLASSES.items() if inputs.get("category") in (None, kind) for name in names]
        chosen = [each for each in chosen if inputs.get("dbInstanceClass") in (None, each) and _is_postgres(inputs)]
        storage = {"min": str(rds.STORAGE.start), "max": str(rds.STORAGE[-1]), "step": str(rds.STORAGE.step)}
        place = {"price": "", "storageRange": storage, "zoneIds": _zones(estate, inputs)}
        return {"ids": chosen, "instanceClasses": [{"instanceClass": each, **place} for each in chosen]}


class CacheEngines(Source):
    """The versions of Redis."""

    token = "alicloud:kvstore/getInstanceEngines:getInstanceEngines"  # noqa: S105 not a password

    def answer(self, estate: Estate, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Give those that the arguments choose."""
        sold = _is_sold(estate, inputs)
        chosen = [each for each in CACHE_VERSIONS if sold and inputs.get("engineVersion") in (None, each)]
        place = {"engine": kvstore.REDIS, "zoneId": inputs["zoneId"]}
        return {"instanceEngines": [{"engineVersion": each, **place} for each in chosen]}


class CacheClasses(Source):
    """The classes of Redis."""

    token = "alicloud:kvstore/getInstanceClasses:getInstanceClasses"  # noqa: S105 not a password

    def answer(self, estate: Estate, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Give those that the zone has."""
        chosen = list(CACHES) if _is_sold(estate, inputs) else []
        return {"instanceClasses": chosen, "classes": [{"instanceClass": each, "price": ""} for each in chosen]}


def _is_postgres(inputs: Mapping[str, Any]) -> bool:
    return inputs.get("engine") in (None, rds.POSTGRESQL)


def _is_sold(estate: Estate, inputs: Mapping[str, Any]) -> bool:
    return inputs["zoneId"] in region.ZONES[estate.region] and inputs.get("engine") in (None, kvstore.REDIS)


def _zones(estate: Estate, inputs: Mapping[str, Any]) -> list[dict[str, Any]]:
    chosen = [each for each in region.ZONES[estate.region] if inputs.get("zoneId") in (None, each)]
    return [{"id": each, "subZoneIds": [each]} for each in chosen]
