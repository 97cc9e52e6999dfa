"""Backups: kept in the country, as what they are backups of."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import Breach, Resource, Rule, law, leaves
from simpul.policy.place import foreign_region

PLACES = ("region", "regionid")


def check(backup: Resource) -> Iterator[Breach]:
    """Find a region abroad that backups go to or come from."""
    for path, value in leaves(backup.props):
        if path[-1].lower().endswith(PLACES) and foreign_region(value, backup.frame):
            yield Breach(f"keeps backups abroad: {'.'.join(path)}", f'"{value}"', "Keep them in the country.")


RULE = Rule(
    id="residency-backup",
    title="Backups stay in the country",
    source=law("PP 71/2019 art 20(2)", "a backup is stored data; it stays in Indonesia as the data does"),
    looks_at="backup vaults, their policies, replicas, and a database's backups in another region",
    english="Keep backups and their replicas in regions of the city's country.",
    indonesian="Simpan cadangan dan replikanya di wilayah dalam negeri.",
    unwaivable="what was abroad can't be called back",
    on=Resource,
    types=("alicloud:hbr/*", "alicloud:rds/rdsInstanceCrossBackupPolicy:*"),
    check=check,
)
