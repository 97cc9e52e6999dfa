"""Pydantic's errors in our words: none of them is left to pydantic's, and none repeats a secret."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from simpul.city import City, parse
from simpul.city.problem import explain
from simpul.errors import CityError


@pytest.mark.parametrize(
    ("value", "what"),
    [
        (None, "must be a whole number from 1 to 200"),
        ("7", "must be a whole number from 1 to 200"),
        (7.0, "must be a whole number from 1 to 200"),
        (True, "must be a whole number from 1 to 200"),
        (0, "must be from 1 to 200"),
        (201, "must be from 1 to 200"),
    ],
)
def test_a_number_is_told_its_limits(declaration: dict[str, Any], value: object, what: str) -> None:
    declaration["sites"][0]["number"] = value
    with pytest.raises(ValidationError) as caught:
        City.model_validate(declaration)
    assert [(fault.loc, fault.what) for fault in explain(caught.value)] == [(("sites", 0, "number"), what)]


def test_too_many_entries_are_told_how_many_may_be(declaration: dict[str, Any]) -> None:
    declaration["cloud"]["zones"] = [f"ap-southeast-5{letter}" for letter in "abcdefghijklmnopq"]
    with pytest.raises(CityError, match=r"city\.cloud\.zones: has more than 16 entries \(got a list of 17\)"):
        parse(declaration)


@pytest.mark.parametrize(
    ("part", "key", "secret"),
    [
        ("registry", "address", "https://admin:rahasia@registry.example.go.id/kota"),
        ("registry", "mirror", "http://admin:rahasia@mirror.example.go.id"),
        ("registry", "pasword", "rahasia"),
        ("cloud", "profile", {"secure": "rahasia"}),
    ],
)
def test_a_message_repeats_no_secret(declaration: dict[str, Any], part: str, key: str, secret: object) -> None:
    declaration[part][key] = secret
    with pytest.raises(CityError) as caught:
        parse(declaration)
    assert "rahasia" not in str(caught.value)
