"""Where resources stand: in the country, all of them."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import Breach, Resource, Rule, law, leaves
from simpul.policy.place import foreign_region, is_region

PLACES = ("region", "zone", "location", "regionid", "zoneid", "regions", "zones", "zoneids")
OWN_RULES = (
    "alicloud:oss/bucketReplication:*",
    "alicloud:hbr/*",
    "alicloud:rds/rdsInstanceCrossBackupPolicy:*",
    "alicloud:cs/registryEnterpriseSyncRule:*",
)


def check(resource: Resource) -> Iterator[Breach]:
    """Find a region or zone abroad, at any depth."""
    if resource.type.startswith(tuple(pattern.rstrip("*") for pattern in OWN_RULES)):
        return
    for path, value in leaves(resource.props):
        if path and path[-1].lower().endswith(PLACES) and is_region(value) and foreign_region(value, resource.frame):
            advice = f"Use {' or '.join(resource.frame.regions)}."
            yield Breach(f"stands abroad: {'.'.join(path)}", f'"{value}"', advice)


RULE = Rule(
    id="residency-region",
    title="Every resource stands in the country",
    source=law("PP 71/2019 art 20(2)", "public systems and data are managed, processed and stored in Indonesia"),
    looks_at="every region and zone that a cloud resource, or the provider itself, is given",
    english="Put every resource into a region of the city's country; for Indonesia that is Jakarta, ap-southeast-5.",
    indonesian="Tempatkan setiap sumber daya di wilayah dalam negeri; untuk Indonesia: Jakarta, ap-southeast-5.",
    unwaivable="what was abroad can't be called back",
    on=Resource,
    types=("alicloud:*", "pulumi:providers:alicloud"),
    check=check,
)
