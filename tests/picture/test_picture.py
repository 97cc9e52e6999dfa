"""The picture is that of the program as it is, and has a place for all that a city may have in the cloud."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from simpul.city import City, load
from simpul.picture import place
from simpul.picture.__main__ import PICTURE
from simpul.picture.draw import WIDTH, draw
from simpul.picture.panel import APART, panels
from simpul.project import ROOT
from simpul.recording import Recording, Registered, record

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def city() -> City:
    return load(ROOT / "Pulumi.balikpapan.yaml")


@pytest.fixture(scope="module")
def recording(city: City) -> Recording:
    return record(city)


def test_it_is_current(city: City, recording: Recording) -> None:
    assert PICTURE.read_text() == draw(city, recording), "make generate draws it anew"


@pytest.mark.parametrize("profile", ["small", "standard", "large"])
def test_every_type_of_the_cloud_has_a_place(city: City, profile: str) -> None:
    zones = tuple(f"ap-southeast-5{letter}" for letter in ("abc" if profile == "large" else "ab"))
    changed = city.model_copy(update={"cloud": city.cloud.model_copy(update={"profile": profile, "zones": zones})})
    made = record(changed)
    types = {each.type for each in made.resources if each.type.startswith("alicloud:")}
    lost = {each for each in types if place.short(each) not in APART and not has_place(each)}
    assert lost == set(), "give them a panel in infra/simpul/picture/place.py"
    assert draw(changed, made)


def test_a_service_that_it_does_not_know_is_an_error() -> None:
    unheard = Registered("alicloud:unheard/thing:Thing", "simpul-6471-thing", {})
    assert not has_place(unheard.type)
    with pytest.raises(KeyError):
        panels(Recording((unheard,), {}), "simpul-6471")


def test_every_resource_is_told_or_counted(recording: Recording) -> None:
    route = Registered("alicloud:vpn/routeEntry:RouteEntry", "simpul-6471-route", {})
    before, after = (panels(each, "simpul-6471") for each in (recording, Recording((*recording.resources, route), {})))
    assert {key for key in after if after[key] != before[key]} == {"tunnel"}


def test_nothing_is_drawn_outside_of_the_page(city: City, recording: Recording) -> None:
    page = ET.fromstring(draw(city, recording))  # noqa: S314 the text is our own
    _, _, width, height = (float(each) for each in page.attrib["viewBox"].split())
    assert width == WIDTH
    for box in page.iter(f"{SVG}rect"):
        right, bottom = (
            float(box.get(at, "0")) + float(box.attrib[size]) for at, size in (("x", "width"), ("y", "height"))
        )
        assert right <= width
        assert bottom <= height


def test_a_type_is_counted_in_words() -> None:
    assert place.noun("alicloud:cen/transitRouterRouteEntry:TransitRouterRouteEntry", 3) == "3 route entries"
    assert place.noun("alicloud:oss/bucketAcl:BucketAcl", 1) == "1 ACL"


def has_place(type_: str) -> bool:
    try:
        return place.panel(type_) in place.PANELS
    except KeyError:
        return False
