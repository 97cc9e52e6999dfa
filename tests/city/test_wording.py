"""How values and places are written."""

from __future__ import annotations

import pytest

from simpul.city.wording import choice, show, where


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "nothing"),
        (True, "true"),
        (7, "7"),
        ("a", '"a"'),
        ("", '""'),
        ("a\nb\x07", '"a\\nb\\x07"'),
        ("x" * 90, f'"{"x" * 80}..."'),
        (10**90, f"1{'0' * 79}..."),
        ({"a": 1}, "a mapping"),
        ([], "an empty list"),
        ([1, 2], "a list of 2"),
        ("rina@balikpapan", '"rina@balikpapan"'),
        ("https://rina:rahasia@example.go.id/a", '"***@example.go.id/a"'),
        ("-----BEGIN RSA PRIVATE KEY-----\nMII", "a private key, not shown"),
    ],
)
def test_a_value_is_shown_on_one_line_and_without_secrets(value: object, text: str) -> None:
    assert show(value) == text


def test_options_are_listed() -> None:
    assert (choice(["a"]), choice(["a", "b", "c"]), choice(["a", "b"], "and")) == ("a", "a, b or c", "a and b")


def test_a_place_is_written_as_a_path() -> None:
    assert where(("sites", 2, "hosts", 0, "address")) == "city.sites[2].hosts[0].address"
    assert (where(()), where(("config", "a"), root="")) == ("city", "config.a")
