"""Cities that differ in what the vendor's limits ask about: profiles, time zones, the longest name of the table.

Each passes `simpul check`, comes up on the stand-in, which holds it to the vendor's words, stays as it is, and is taken
away in the documented way.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from cloud.engine import make, open_stack, removable, run
from lab.cloud.client import serve
from lab.cloud.fake import FakeBacking
from simpul.city import area, load
from simpul.city.area import Level
from simpul.cloud.identity import Identity
from simpul.cloud.registry import own
from simpul.project import ROOT
from simpul.review import review

REGION = "ap-southeast-5"


@dataclass(frozen=True)
class Kind:
    """A city: its code, which gives its name, its time zone, its profile, its stack."""

    code: str
    timezone: str
    profile: str
    stack: str

    def declaration(self) -> dict[str, Any]:
        """Return its declaration: Balikpapan's with an office for each kind of link, under its own codes."""
        city: dict[str, Any] = yaml.safe_load((ROOT / "Pulumi.balikpapan.yaml").read_text())["config"]["simpul:city"]
        found = area.find(self.code)
        assert found is not None
        places = area.inside(self.code, Level.KECAMATAN)
        sites = [city["sites"][at] for at in (0, 1, 4)]
        for site, place in zip(sites, places, strict=False):
            site["code"] = place.code
        city.update(name=found.name, wilayah=self.code, timezone=self.timezone, owner=f"Diskominfo {found.name}")
        city["sites"] = sites
        city["cloud"]["profile"] = self.profile
        city["cloud"]["zones"] = [f"ap-southeast-5{letter}" for letter in "abc"]
        identity = Identity(self.code.replace(".", ""), self.code, found.name, city["owner"], self.stack)
        there = f"registry-vpc.{REGION}.aliyuncs.com"
        city["registry"] = {"address": f"{there if self.profile == 'small' else own(identity, REGION)}/kota"}
        return city

    def write(self, folder: Path) -> Path:
        """Write its stack's file into `folder`."""
        file = folder / f"Pulumi.{self.stack}.yaml"
        config = {"alicloud:region": "ap-southeast-5", "simpul:city": self.declaration()}
        file.write_text(yaml.safe_dump({"config": config}, sort_keys=False, allow_unicode=True))
        return file


LONGEST = max(area.inside("", Level.CITY), key=lambda each: len(each.name))
CITIES = (
    Kind("31.74", "Asia/Jakarta", "large", "jakarta-selatan"),
    Kind("61.71", "Asia/Pontianak", "small", "pontianak"),
    Kind(LONGEST.code, "Asia/Makassar", "standard", "a-stack-with-a-name-of-its-own-of-40-let"),
    Kind("91.71", "Asia/Jayapura", "small", "Jayapura_2"),
)


def test_the_longest_name_is_long() -> None:
    assert len(LONGEST.name) >= 40


@pytest.mark.parametrize("kind", CITIES, ids=lambda kind: kind.stack)
def test_it_passes_a_check(kind: Kind, tmp_path: Path) -> None:
    found = review(kind.write(tmp_path))
    assert (found.problems, [str(each) for each in found.findings.errors], found.lacks) == ((), [], ())


@pytest.mark.engine
@pytest.mark.parametrize("kind", CITIES, ids=lambda kind: kind.stack)
def test_it_comes_stays_and_goes(kind: Kind, tmp_path: Path) -> None:
    city = load(kind.write(tmp_path))
    (tmp_path / "work").mkdir()
    with serve(tmp_path / "cloud", FakeBacking()) as cloud:
        stack = open_stack(cloud, tmp_path / "work", removable(city), kind.stack)
        make(stack)
        gone = run(stack.destroy)
        assert (gone.said, gone.done) == ([], {"delete"})
        assert cloud.estate.store.all() == []
