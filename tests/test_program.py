"""What a run makes: the whole city, or on its first day the cloud alone."""

from __future__ import annotations

import pytest

from simpul.city import City, load
from simpul.cloud import Found
from simpul.errors import CityError
from simpul.program import Part, choose, compose, confirm
from simpul.project import ROOT
from simpul.recording import ANSWERS, COMPUTED, Recorder, run


@pytest.fixture(scope="module")
def city() -> City:
    return load(ROOT / "Pulumi.balikpapan.yaml")


def types(city: City, part: Part) -> set[str]:
    recorder = Recorder(ANSWERS, COMPUTED)
    outputs = run(lambda: compose(city, Found(), part), recorder, "balikpapan")
    assert outputs["clusters"][0]["kubeconfig"], "the operator tries it before the rest is made"
    assert bool(outputs["sites"]) == bool(outputs["endpoints"]) == (part == "all")
    return {each.typ for each in recorder.resources}


def test_the_cloud_alone_needs_no_way_into_what_it_makes(city: City) -> None:
    """A first run spoke to a private address that it had made a moment before."""
    beyond = {"simpul:edge:Host", "simpul:helm:Release"}
    assert types(city, "cloud") == types(city, "all") - beyond - {
        each for each in types(city, "all") if each.startswith(("simpul:edge:", "simpul:platform:"))
    } - {"simpul:secret:Certificate"}
    assert beyond <= types(city, "all")


@pytest.mark.parametrize(("wanted", "part"), [(None, "all"), ("all", "all"), ("cloud", "cloud")])
def test_a_stack_says_which_part(wanted: str | None, part: str) -> None:
    assert choose(wanted, Found()) == part


@pytest.mark.parametrize("wanted", ["", "site", "Cloud", "true"])
def test_another_part_is_refused(wanted: str) -> None:
    with pytest.raises(CityError, match=r"config\.simpul:part: must be all or cloud"):
        choose(wanted, Found())


def test_the_cloud_alone_takes_nothing_away_that_stands() -> None:
    there = Found(placed=("simpul-6471-messaging-hub", "barat-1"))
    with pytest.raises(CityError, match=r"(?s)would take away.*2 of them.*messaging-hub.*pulumi config rm simpul:part"):
        choose("cloud", there)
    assert choose(None, there) == "all"


def test_a_city_that_stands_does_not_become_a_rehearsal(city: City) -> None:
    rehearsal = city.model_copy(update={"rehearsal": True})
    confirm(rehearsal, Found())
    confirm(city, Found(protected=frozenset({("alicloud:rds/instance:Instance", "simpul-6471-reports")})))
    for there in (
        Found(protected=frozenset({("alicloud:rds/instance:Instance", "simpul-6471-reports")})),
        Found(locked={("alicloud:oss/bucketWorm:BucketWorm", "simpul-6471-backup"): {}}),
    ):
        with pytest.raises(CityError, match=r"city\.rehearsal: can't be said of a city that stands.*simpul-6471-"):
            confirm(rehearsal, there)
