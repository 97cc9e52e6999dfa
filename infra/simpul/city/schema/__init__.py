"""The JSON Schema of a stack's file, for editors: the models enter, a schema leaves.

`python -m simpul.city.schema` writes it to SCHEMA; a test holds it to be current.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from simpul.city.model import City
from simpul.city.stack import KEY

SCHEMA = Path(__file__).parents[1] / "city.schema.json"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """Make the schema of a `Pulumi.<stack>.yaml` that declares a city."""
    city = City.model_json_schema(ref_template="#/$defs/{model}")
    parts = city.pop("$defs")
    return {
        "$schema": _DIALECT,
        "title": "A stack that declares a city",
        "type": "object",
        "required": ["config"],
        "properties": {
            "config": {
                "type": "object",
                "required": [KEY],
                "properties": {KEY: {"$ref": "#/$defs/City"}},
            },
        },
        "$defs": {"City": city, **parts},
    }


def render() -> str:
    """Give the text of SCHEMA."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
