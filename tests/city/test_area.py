"""The table of area codes: it is whole, it is what its source says, and it is searched well."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import pytest

from simpul.city import area
from simpul.city.area import TABLE, Area, Level, make

LINES = gzip.decompress(TABLE.read_bytes()).decode().splitlines()


def test_the_table_is_the_one_that_its_source_note_names() -> None:
    note = TABLE.with_name("SOURCE.md").read_text("utf-8")
    text = gzip.decompress(TABLE.read_bytes())
    assert hashlib.sha256(text).hexdigest() in note, "make.py says how the table is made anew"
    assert "ODbL" in note


def test_the_table_is_sorted_and_names_each_code_once() -> None:
    codes = [line.split("\t")[0] for line in LINES]
    assert codes == sorted(set(codes))


@pytest.mark.parametrize(
    ("level", "count"),
    [(Level.PROVINCE, 38), (Level.CITY, 514), (Level.KECAMATAN, 7277), (Level.KELURAHAN, 83763)],
)
def test_each_level_is_whole(level: Level, count: int) -> None:
    assert len(area.inside("", level)) == count


def test_every_area_lies_in_one_of_the_table() -> None:
    codes = {line.split("\t")[0] for line in LINES}
    assert {code.rpartition(".")[0] for code in codes} - codes == {""}


def test_the_table_is_made_of_the_sources_lists(tmp_path: Path) -> None:
    lists = {
        "provinces.csv": "code,name\n64,KALIMANTAN TIMUR\n",
        "regencies.csv": "code,province_code,name\n64.71,64,KOTA BALIKPAPAN\n",
        "districts.csv": "code,regency_code,name\n64.71.01,64.71,Balikpapan Timur\n",
        "villages.csv": 'code,district_code,name\n64.71.01.1001,64.71.01,Mang"gar\n',
    }
    for name, text in lists.items():
        tmp_path.joinpath(name).write_text(text, "utf-8")
    made = gzip.decompress(make.make(tmp_path)).decode()
    assert made == (
        '64\tKALIMANTAN TIMUR\n64.71\tKOTA BALIKPAPAN\n64.71.01\tBalikpapan Timur\n64.71.01.1001\tMang"gar\n'
    )
    assert make.make(tmp_path) == make.make(tmp_path)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("64", "64"),
        ("6471", "64.71"),
        ("64.71", "64.71"),
        ("647101", "64.71.01"),
        ("64.7101", "64.71.01"),
        ("6471011001", "64.71.01.1001"),
        ("64.71.01.1001", "64.71.01.1001"),
    ],
)
def test_a_code_is_the_same_with_dots_and_without(text: str, code: str) -> None:
    assert area.normalise(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "6",
        "647",
        "64.7",
        "64.71.",
        ".64",
        "64-71",
        "64 71",
        "64.71\n",
        "64.71.01.10",
        "\u0666\u0664.\u0667\u0661",
        "x",
    ],
)
def test_what_is_no_code_is_none(text: str) -> None:
    assert area.normalise(text) is None


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("31", "DKI Jakarta"),
        ("64", "Kalimantan Timur"),
        ("64.71", "Kota Balikpapan"),
        ("64.71.06", "Balikpapan Kota"),
        ("64.71.05.1002", "Sepinggan"),
    ],
)
def test_an_area_is_found_by_its_code(code: str, name: str) -> None:
    assert area.find(code) == Area(code, name)


@pytest.mark.parametrize("code", ["", "00", "64.7", "64.71.07", "99.99.99.9999", "64.71\t"])
def test_no_area_is_found_where_there_is_none(code: str) -> None:
    assert area.find(code) is None


def test_the_kecamatan_of_balikpapan() -> None:
    assert [str(found) for found in area.inside("64.71", Level.KECAMATAN)] == [
        "64.71.01 Balikpapan Timur",
        "64.71.02 Balikpapan Barat",
        "64.71.03 Balikpapan Utara",
        "64.71.04 Balikpapan Tengah",
        "64.71.05 Balikpapan Selatan",
        "64.71.06 Balikpapan Kota",
    ]
    assert len(area.inside("64.71", Level.KELURAHAN)) == 34
    assert area.inside("64.71", Level.CITY) == []


def test_the_nearest_code_is_that_of_the_fewest_wrong_digits() -> None:
    kecamatan = area.inside("64.71", Level.KECAMATAN)
    assert [found.code for found in area.nearest("64.72.03", kecamatan)] == ["64.71.03", "64.71.06", "64.71.05"]
    assert area.nearest("64.71.01", []) == []


def test_an_area_is_found_by_its_name_with_or_without_its_kind() -> None:
    cities = [Level.CITY]
    assert (
        area.named("kota balikpapan", cities) == area.named("Balikpapan", cities) == [Area("64.71", "Kota Balikpapan")]
    )
    assert [found.name for found in area.named("Bandung", cities)] == ["Kabupaten Bandung", "Kota Bandung"]
    assert area.named("Atlantis", list(Level)) == []
