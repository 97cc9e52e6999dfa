"""Files that aren't there or aren't text, and YAML that is read with its double keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from simpul.city.document import read_document
from simpul.errors import CityError


def read(path: Path) -> str:
    """Give what is said of the file at `path`, its folder's name left out."""
    with pytest.raises(CityError) as caught:
        read_document(path, root=())
    return str(caught.value).replace(str(path.parent), "")


def test_a_file_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    tmp_path.joinpath("Pulumi.balikpapan.yaml").write_text("config:\n")
    tmp_path.joinpath("Pulumi.yaml").write_text("name: simpul\n")
    said = read(tmp_path / "Pulumi.balikpapa.yaml")
    assert said == ("/Pulumi.balikpapa.yaml: doesn't exist\n    The stacks' files there: /Pulumi.balikpapan.yaml.")


def test_a_file_that_is_not_there_with_none_beside_it(tmp_path: Path) -> None:
    said = read(tmp_path / "nowhere" / "Pulumi.x.yaml")
    assert said == "/Pulumi.x.yaml: doesn't exist\n    Give the path of a Pulumi.<stack>.yaml."


def test_a_folder(tmp_path: Path) -> None:
    assert "is a folder" in read(tmp_path)


def test_a_path_below_a_file(tmp_path: Path) -> None:
    tmp_path.joinpath("file").write_text("")
    assert "can't be read (got Not a directory)" in read(tmp_path / "file" / "Pulumi.x.yaml")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: \x07\n", "has a character that YAML doesn't allow"),
        ("[" * 500, "is nested too deeply"),
        ("a: 1\nb: !!int x\n", "x.yaml:2: has a value that YAML can't read"),
        ("a: !!timestamp x\n", "x.yaml:1: has a value that YAML can't read"),
        ("a: !!bool x\n", "x.yaml:1: has a value that YAML can't read"),
        ("a: !!set {b}\n", "x.yaml:1: has a value that YAML can't read"),
        ("a: !!str 010\n", "x.yaml:1: has a value that YAML can't read"),
        ("a: !!binary AAAA\n", "x.yaml:1: has a value that YAML can't read"),
        ("a:\n  - !own [b]\n", "x.yaml:2: has a value that YAML can't read"),
        ("a: ! b\n", "x.yaml:1: has a value that YAML can't read"),
        ("? [a]\n: b\n", "x.yaml:1: has a value that YAML can't read"),
        ("a: b: c\n", "x.yaml:1: isn't YAML"),
        ("a: %b\n", "x.yaml:1: isn't YAML"),
    ],
)
def test_yaml_that_cannot_be_read(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(text)
    assert said in read(path)


def test_keys_that_are_there_twice_are_found_at_every_depth(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("a: 1\nc:\n  d:\n    - e: 1\n      e: 2\na: 2\n")
    data, problems = read_document(path, root=("c",))
    assert data == {"a": 2, "c": {"d": [{"e": 2}]}}
    assert [(problem.where, problem.what) for problem in problems] == [
        ("city.d[0].e", "is there twice, in lines 4 and 5"),
        ("a", "is there twice, in lines 1 and 6"),
    ]


def test_what_is_read_differently_is_told_by_place_line_and_reader(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("a: &a {f: 010}\nc:\n  d: [1, 2027-12-31]\n  e: {<<: *a, g: yes}\n")
    data, problems = read_document(path, root=("c",))
    assert data["c"] == {"d": [1, "2027-12-31"], "e": {"f": "010", "g": "yes"}}
    assert [(each.where, each.what, each.got, each.next) for each in problems] == [
        (
            "city.d[1]",
            "isn't the same to all who read YAML, in line 3",
            "2027-12-31: a time to YAML 1.1 and Pulumi and text to YAML 1.2",
            'Write "2027-12-31" in quotes.',
        ),
        (
            "city.e.f",
            "isn't the same to all who read YAML, in line 1",
            "010: 8 to YAML 1.1 and Pulumi and 10 to YAML 1.2",
            'Write 10 for the number, "010" in quotes for text.',
        ),
        (
            "city.e.g",
            "isn't the same to all who read YAML, in line 4",
            "yes: true to YAML 1.1 and text to YAML 1.2 and Pulumi",
            'Write true for a truth value, "yes" in quotes for text.',
        ),
    ]


def test_what_isn_t_the_city_s_may_be_written_as_its_own_reader_likes(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("other: [010, yes]\n? 1\n: a\n")
    _, problems = read_document(path, root=("c",))
    assert [(each.where, each.what) for each in problems] == [("the file", "has a key that isn't text, in line 2")]


def test_half_a_character_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text('c: {a: "\\ud83d"}\n')
    _, problems = read_document(path, root=("c",))
    assert [(each.where, each.what) for each in problems] == [("city.a", "has half a character, in line 1")]


def test_an_alias_to_itself_ends(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("a: &a [*a]\n")
    data, problems = read_document(path, root=())
    assert (list(data), problems) == (["a"], [])


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert read_document(path, root=()) == ({"a": 1}, [])
