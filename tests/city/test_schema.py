"""The JSON Schema: it is current, it explains every key, and it agrees with the models about the cases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from simpul.city import json_schema
from simpul.city.schema import SCHEMA, render
from simpul.project import ROOT

CASES = Path(__file__).with_name("case")
GOOD = [*sorted(CASES.glob("ok.*.yaml")), ROOT / "Pulumi.balikpapan.yaml"]
# Those that a schema without knowledge of areas, and of one part's agreement with another, can find too.
BAD = [
    path
    for name in ("key.*", "*.missing", "*.out_of_limits", "nothing", "*.misspelt")
    for path in CASES.glob(f"error.city.{name}.yaml")
]


def properties(schema: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the name and schema of every key of the models."""
    for model in schema["$defs"].values():
        yield from model["properties"].items()


def test_the_schema_is_current() -> None:
    assert SCHEMA.read_text("utf-8") == render(), "to write it anew: python -m simpul.city.schema"


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(json_schema())


def test_every_key_is_explained() -> None:
    assert [name for name, schema in properties(json_schema()) if not schema.get("description")] == []


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_good_declarations_agree_with_the_schema(path: Path) -> None:
    data = yaml.safe_load(path.read_text("utf-8"))
    assert list(Draft202012Validator(json_schema()).iter_errors(data)) == []


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_bad_keys_and_limits_do_not(path: Path) -> None:
    data = json.loads(json.dumps(yaml.safe_load(path.read_text("utf-8"))))
    assert list(Draft202012Validator(json_schema()).iter_errors(data))
