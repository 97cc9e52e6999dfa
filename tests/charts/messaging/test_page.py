"""The values' table in the chart's README is made from values.schema.json and values.yaml, and is kept current."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from charts.messaging.rendering import CHART

PAGE = CHART / "README.md"
BEGIN, END = "<!-- values: made from values.schema.json -->", "<!-- end of values -->"


def test_the_values_table_is_current() -> None:
    before, _, rest = PAGE.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    made = f"{before}{BEGIN}\n{table()}{END}{after}"
    if os.environ.get("UPDATE_GOLDEN"):
        PAGE.write_text(made)
    assert PAGE.read_text() == made, f"UPDATE_GOLDEN=1 pytest {Path(__file__).name} writes the table anew"


def test_every_value_is_described() -> None:
    assert [name for name, schema, _ in values(load()) if not schema.get("description")] == []


def test_every_object_refuses_what_it_does_not_know() -> None:
    def loose(schema: Any, path: str) -> Iterator[str]:
        if isinstance(schema, dict):
            if schema.get("type") == "object" and "additionalProperties" not in schema and path != "/properties/global":
                yield path
            for key, value in schema.items():
                yield from loose(value, f"{path}/{key}")

    assert list(loose(load(), "")) == []


def load() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((CHART / "values.schema.json").read_text())
    return schema


def table() -> str:
    lines = ["| Value | Meaning | Takes | Default |", "|---|---|---|---|"]
    for name, schema, default in values(load()):
        lines.append(f"| `{name}` | {schema['description']} | {takes(schema)} | {default} |")
    return "\n".join(lines) + "\n"


def values(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Give every value: its name, its schema with references followed, and its default in Markdown."""
    defaults = yaml.safe_load((CHART / "values.yaml").read_text())
    for name, child in schema["properties"].items():
        if name != "global":
            yield from walk(name, child, schema["$defs"], defaults.get(name), needed=name in schema["required"])


def walk(
    name: str, schema: dict[str, Any], known: dict[str, Any], default: Any, *, needed: bool
) -> Iterator[tuple[str, dict[str, Any], str]]:
    if "$ref" in schema:
        schema = known[schema["$ref"].rpartition("/")[2]] | schema
    inner, required = schema.get("properties"), schema.get("required", [])
    is_leaf = not inner or not default
    shown = f"`{json.dumps(default)}`" if default is not None else "**required**" if needed else ""
    yield name, schema, shown if is_leaf else ""
    for key, child in (inner or {}).items():
        given = default.get(key) if isinstance(default, dict) else None
        yield from walk(f"{name}.{key}", child, known, given, needed=key in required)
    named = schema.get("additionalProperties")
    if isinstance(named, dict) and "properties" in named:
        for key, child in named["properties"].items():
            yield from walk(f"{name}.<name>.{key}", child, known, None, needed=key in named["required"])


def takes(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return ", ".join(f"`{one}`" for one in schema["enum"])
    if "pattern" in schema:
        return "`" + schema["pattern"].replace("|", "\\|") + "`"
    if "minimum" in schema:
        return f"{schema['type']}, {schema['minimum']} to {schema.get('maximum', 'any')}"
    return str(schema["type"])
