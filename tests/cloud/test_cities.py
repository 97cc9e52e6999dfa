"""Cities that differ in what the vendor's limits ask about: profiles, time zones, the longest name of the table.

Each is declared in a file, protected, passes `simpul check`, comes up on the stand-in, which holds it to the vendor's
words, stays as it is, and is taken away as docs/run-a-city.md says, but for what is named.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
import yaml
from pulumi import automation

from cloud.engine import declare, make, open_stack, run
from lab.cloud.client import Client, serve
from lab.cloud.fake import FakeBacking
from simpul.city import area, load
from simpul.city.area import Level
from simpul.cloud.identity import Identity
from simpul.cloud.registry import own
from simpul.lab.cloud.product.oss import BUCKET
from simpul.policy import day
from simpul.project import ROOT
from simpul.review import review

REGION = "ap-southeast-5"
TAKE_AWAY = (ROOT / "docs" / "run-a-city.md").read_text("utf-8").partition(". Take it away\n")[2].partition("\n#")[0]
"""How the page says that a city goes."""

STAYS = {
    "the bucket `backup`": {"oss/bucket:Bucket"},
    "the bucket `audit`": {"oss/bucket:Bucket"},
    "the vault of Cloud Backup": {"hbr/vault:Vault"},
    "the keys, their aliases and their KMS instance": {"kms/key:Key", "kms/alias:Alias", "kms/instance:Instance"},
    "the VPC and its switches": {"vpc/network:Network", "vpc/switch:Switch"},
    "the resource group": {"resourcemanager/resourceGroup:ResourceGroup"},
}
"""The types of what stays, by how the rows of the page's table begin."""


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
        if self.profile == "large":
            city["cloud"]["api"] = {"public": True, "allow": ["203.0.113.0/28", "198.51.100.7/32"]}
        city["cloud"]["zones"] = [f"ap-southeast-5{letter}" for letter in "abc"]
        identity = Identity(self.code.replace(".", ""), self.code, found.name, city["owner"], self.stack)
        there = f"registry-vpc.{REGION}.aliyuncs.com"
        city["registry"] = {"address": f"{there if self.profile == 'small' else own(identity, REGION)}/kota"}
        return city

    def bare(self) -> dict[str, Any]:
        """Return its declaration with what the page says to write before it is taken away."""
        city = self.declaration()
        written = re.search(r"^    cloud:\n(?:    .*\n)+", TAKE_AWAY, re.MULTILINE)
        assert written is not None
        more = yaml.safe_load(dedent(written[0]))
        [waived] = more["waivers"]
        waived["ends"] = str(day.today() + timedelta(days=30))  # "a day soon"
        city["cloud"].update(more["cloud"])
        city["waivers"] = [*city.get("waivers", ()), waived]
        return city

    def write(self, folder: Path, city: dict[str, Any]) -> Path:
        """Write its stack's file into `folder`, with its declaration as `city` is."""
        file = folder / f"Pulumi.{self.stack}.yaml"
        config = {"alicloud:region": REGION, "simpul:city": city}
        file.write_text(yaml.safe_dump({"config": config}, sort_keys=False, allow_unicode=True))
        return file


LONGEST = max(area.inside("", Level.CITY), key=lambda each: len(each.name))
CITIES = (
    Kind("31.74", "Asia/Jakarta", "large", "jakarta-selatan"),
    Kind("61.71", "Asia/Pontianak", "small", "pontianak"),
    Kind(LONGEST.code, "Asia/Makassar", "standard", "a-stack-with-a-name-of-its-own-of-40-let"),
    Kind("91.71", "Asia/Jayapura", "small", "Jayapura_2"),
    *(Kind("64.71", "Asia/Makassar", profile, f"bpn{profile}") for profile in ("small", "standard", "large")),
)


def test_the_longest_name_is_long() -> None:
    assert len(LONGEST.name) >= 40


def test_the_page_names_every_kind_that_stays() -> None:
    rows = [row for row in re.findall(r"^\| (.+?) \|", TAKE_AWAY, re.MULTILINE) if row != "what stays"]
    assert [[begin for begin in STAYS if row.startswith(begin)] for row in rows] == [[begin] for begin in STAYS]


@pytest.mark.parametrize("kind", CITIES, ids=lambda kind: kind.stack)
@pytest.mark.parametrize("declaration", [Kind.declaration, Kind.bare], ids=["protected", "before-it-goes"])
def test_it_passes_a_check(kind: Kind, declaration: Callable[[Kind], dict[str, Any]], tmp_path: Path) -> None:
    found = review(kind.write(tmp_path, declaration(kind)))
    assert (found.problems, [str(each) for each in found.findings.errors], found.lacks) == ((), [], ())


@pytest.mark.engine
@pytest.mark.parametrize("kind", CITIES, ids=lambda kind: kind.stack)
def test_it_comes_stays_and_goes_but_for_what_is_named(kind: Kind, tmp_path: Path) -> None:
    city = load(kind.write(tmp_path, kind.declaration()))
    assert city.cloud.protect
    (tmp_path / "work").mkdir()
    with serve(tmp_path / "cloud", FakeBacking()) as cloud:
        stack = open_stack(cloud, tmp_path / "work", city, kind.stack)
        make(stack)

        stack.workspace.program = declare(load(kind.write(tmp_path, kind.bare())))
        for _ in range(2):
            bared = run(stack.up)
            [said] = bared.said
            assert "pulumi stack output stays" in said
            assert "replace" not in bared.done
        assert bared.done == {"same"}, "a second run finds nothing to do"
        named = {(each["type"], each["id"]) for each in automation.Stack.outputs(stack)["stays"].value}
        assert {type_.removeprefix("alicloud:") for type_, _ in named} == set().union(*STAYS.values())

        gone = run(stack.destroy)
        assert gone.said == []
        assert left(cloud) == named


def left(cloud: Client) -> set[tuple[str, str]]:
    """Give type and id of what a cloud holds, but for what is set on a bucket and what the vendor makes by itself."""
    there = [each for each in cloud.estate.store.all() if not each.owner]
    beside = {each.token for each in there if each.token.startswith("alicloud:oss/bucket")} - {BUCKET}
    return {(each.token, each.id) for each in there if each.token not in beside}
