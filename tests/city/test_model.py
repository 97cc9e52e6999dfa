"""The models: they can't be changed, and say of themselves what others need."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from simpul.city import City, MessagingWorkload, Workloads, parse


@pytest.fixture
def city(declaration: dict[str, Any]) -> City:
    return parse(declaration)


def test_names_and_slugs_follow_from_the_codes(city: City) -> None:
    assert (city.slug, [(site.slug, site.name) for site in city.sites]) == (
        "6471",
        [("647101", "Balikpapan Timur"), ("647105", "Balikpapan Selatan")],
    )


def test_the_server_of_a_site(city: City) -> None:
    assert [site.server.name for site in city.sites] == ["bpn-timur-1", "bpn-selatan-1"]


def test_a_city_cannot_be_changed(city: City) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        city.name = "Samarinda"  # type: ignore[misc]


def test_what_may_be_left_out_has_a_value(declaration: dict[str, Any]) -> None:
    del declaration["bundle"], declaration["workloads"], declaration["registry"]["mirror"]
    del declaration["sites"][0]["link"]["offline_days"]
    city = parse(declaration)
    host = city.sites[1].hosts[0]
    assert (city.bundle, city.workloads, city.registry.mirror) == ("bundles/k3s", Workloads(), None)
    assert (city.sites[0].link.offline_days, host.port, host.user, host.host_key) == (7, 22, "simpul", None)


@pytest.mark.parametrize(
    ("declared", "wanted"),
    [
        (None, None),
        ({}, MessagingWorkload(storage_gib=4, max_age_days=30)),
        ({"storage_gib": 8}, MessagingWorkload(storage_gib=8)),
    ],
)
def test_a_workload_is_there_if_it_is_declared(
    declaration: dict[str, Any], declared: Any, wanted: MessagingWorkload | None
) -> None:
    declaration["workloads"]["messaging"] = declared
    assert parse(declaration).workloads.messaging == wanted
