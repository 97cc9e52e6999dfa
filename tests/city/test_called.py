"""Names of cities, as people write them, against the ministry's table."""

from __future__ import annotations

import re
from typing import Any

import pytest

from simpul.city import area
from simpul.city.area import Area, Level
from simpul.city.area.called import called
from simpul.city.declaration import examine

CITIES = area.inside("", Level.CITY)


def bare(city: Area) -> str:
    """Give a city's name without what kind of a city it is."""
    return re.sub(r"^(Kota|Kabupaten)( Administrasi)? ", "", city.name)


def written(city: Area) -> set[str]:
    """Give a city's name as people write it."""
    short = city.name.replace("Kabupaten", "Kab.").replace("Kepulauan", "Kep.").replace("Administrasi", "Adm.")
    kind = "City" if city.name.startswith("Kota") else "Regency"
    return {
        city.name,
        city.name.upper(),
        short,
        f"Pemerintah {city.name}",
        f"Pemerintah Daerah {short}",
        f"{bare(city)} {kind}",
        city.name.replace(" ", ""),
        f"Diskominfo {city.name}",
        f"Ibu kita ({city.name})",
    }


@pytest.mark.parametrize("city", CITIES, ids=lambda city: city.code)
def test_each_city_is_meant_by_its_name_however_it_is_written(city: Area) -> None:
    for name in written(city) - {city.name.replace(" ", "")}:
        assert called(name) == [city], name
    assert city in called(bare(city))
    assert city in called(bare(city).replace(" ", ""))
    assert city in called(bare(city).replace(" ", "-"))


def test_a_name_without_its_kind_means_all_of_that_name_and_no_other() -> None:
    for city in CITIES:
        assert {bare(each) for each in called(bare(city))} == {bare(city)}


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("Bogor", ["32.01", "32.71"]),
        ("Kota Bogor", ["32.71"]),
        ("Kotamadya Balikpapan", ["64.71"]),
        ("Balikpapn", ["64.71"]),
        ("Padangsidimpuan", ["12.77"]),
        ("Kota Baru", ["63.02"]),
        ("Kota Waringin Timur", ["62.02"]),
        ("Kepulauan Banggai", ["72.07"]),
        ("Pangkajene dan Kepulauan", ["73.10"]),
        ("Pare-Pare", ["73.72"]),
        ("Solo (Kota Surakarta)", ["33.72"]),
        ("Banjarmasin (Kota Batu)", ["35.79"]),
        ("Tangerang Selatan", ["36.74"]),
        ("Kota Sleman", ["34.04"]),
        ("Toba Samosir", ["12.12"]),
        ("Kab. Yapen Waropen", ["91.05"]),
        ("Polewali-Mamasa", ["76.04"]),
        ("Balikpapan Samarinda", ["64.71", "64.72"]),
        ("Dinas Kominfo Kota Balikpapan", ["64.71"]),
        ("Jogja", []),
        ("Atlantis", []),
        ("", []),
        ("123", []),
    ],
)
def test_a_name_means(name: str, codes: list[str]) -> None:
    assert [city.code for city in called(name)] == codes


def test_every_city_can_be_declared(declaration: dict[str, Any]) -> None:
    sites = declaration["sites"]
    for city in CITIES:
        places = area.inside(city.code, Level.KECAMATAN)
        own = [{**site, "code": place.code} for site, place in zip(sites, places, strict=False)]
        labels = {"name": city.name, "wilayah": city.code, "owner": f"Diskominfo {bare(city)}"}
        vendor = {**declaration["vendor"], "area": city.code}
        assert examine({**declaration, **labels, "vendor": vendor, "sites": own})[1] == [], city.name
