"""The stack's file of Balikpapan, as it stands in the project."""

from __future__ import annotations

from pathlib import Path

import pytest

from simpul.city import area, load, plan
from simpul.errors import CityError
from simpul.project import ROOT

BALIKPAPAN = ROOT / "Pulumi.balikpapan.yaml"


def test_balikpapan_has_a_site_in_each_of_its_kecamatan() -> None:
    city = load(BALIKPAPAN)
    kecamatan = area.inside("64.71", area.Level.KECAMATAN)
    assert city.wilayah == "64.71"
    assert [(site.code, site.name) for site in city.sites] == [(found.code, found.name) for found in kecamatan]
    assert set(plan(city).sites) == {found.code for found in kecamatan}


def test_the_comments_of_balikpapan_name_its_kecamatan_rightly() -> None:
    lines = [line for line in BALIKPAPAN.read_text("utf-8").splitlines() if "- code:" in line]
    said = [line.partition("# ")[2].partition(":")[0] for line in lines]
    assert said == [site.name for site in load(BALIKPAPAN).sites]


def test_the_providers_region_is_compared_although_the_city_has_other_faults(tmp_path: Path) -> None:
    text = BALIKPAPAN.read_text("utf-8")
    path = tmp_path / "Pulumi.x.yaml"
    path.write_text(
        text.replace("alicloud:region: ap-southeast-5", "alicloud:region: cn-hangzhou").replace("number: 1", "")
    )
    with pytest.raises(CityError) as caught:
        load(path)
    assert [problem.where for problem in caught.value.problems] == ["config.alicloud:region", "city.sites[0].number"]
