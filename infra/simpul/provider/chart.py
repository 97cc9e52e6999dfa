"""A chart of the project as files: its digest, and whether values fit its schema.

In go a chart's folder and values; out come a digest over both, and what the chart's values.schema.json has
against the values. A value that isn't known yet is never a problem, and no message shows a secret.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

from simpul import digest as files
from simpul.project import ROOT
from simpul.provider import compare
from simpul.provider.kind import Failure
from simpul.provider.wire import UNKNOWN, has_unknown
from simpul.provider.wire import Path as ValuePath

if TYPE_CHECKING:
    import jsonschema

# Beside the chart, but no part of what is installed: its checks, the recipe of its image, what is said about it.
_BESIDE: Final = frozenset({"ci", "image", "README.md"})
# What a schema can say about a whole that can't be judged while a part of it isn't known.
_OF_THE_WHOLE: Final = frozenset(
    {"allOf", "anyOf", "oneOf", "not", "if", "contains", "uniqueItems", "enum", "const", "dependentSchemas"}
)


def folder(chart: str) -> Path:
    """Return the folder of `chart`, a path relative to the project."""
    return ROOT / chart


def digest(chart: str, values: Mapping[str, Any]) -> str:
    """Return a digest that is another one whenever a file of `chart` or one of the `values` is."""
    top = folder(chart)
    return files.of(files.settled(top, beside=_BESIDE), top, json.dumps(values, sort_keys=True).encode())


def problems(chart: str, values: Mapping[str, Any], secrets: Collection[ValuePath]) -> list[Failure]:
    """Hold `values` over the chart's defaults against its schema; `secrets` are the paths not to show."""
    top = folder(chart)
    if not (top / "Chart.yaml").is_file():
        return [Failure("chart", f"there is no Chart.yaml in {top} (got {chart})")]
    schema_file = top / "values.schema.json"
    if not schema_file.is_file():
        return []
    schema = json.loads(schema_file.read_text())
    defaults_file = top / "values.yaml"
    defaults = yaml.safe_load(defaults_file.read_text()) if defaults_file.is_file() else {}
    whole = merge(defaults or {}, values)
    import jsonschema.validators  # noqa: PLC0415 takes a tenth of a second, which only a release pays

    # Helm 4 reads a schema that names no version as draft 2020-12.
    kind = jsonschema.validators.validator_for(schema, default=jsonschema.validators.Draft202012Validator)
    errors = sorted(kind(schema).iter_errors(whole), key=lambda error: [str(part) for part in error.absolute_path])
    return [failure for error in errors for failure in _failures(error, secrets)]


def merge(defaults: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Lay `values` over `defaults` as Helm does: maps key by key, null takes a default away."""
    merged = dict(defaults)
    for key, value in values.items():
        below = merged.get(key)
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(below, Mapping):
            merged[key] = merge(below, value)
        else:
            merged[key] = value
    return merged


def _failures(error: jsonschema.ValidationError, secrets: Collection[ValuePath]) -> Iterator[Failure]:
    if error.instance is UNKNOWN or (error.validator in _OF_THE_WHOLE and has_unknown(error.instance)):
        return
    at = tuple(error.absolute_path)
    path = _text(at)
    rule: Any = error.validator_value
    whole: Any = error.instance
    known: Mapping[str, Any] = _properties(error)
    match error.validator:
        case "required":
            for name in rule:
                if name not in whole:
                    about = known.get(name, {}).get("description")
                    yield Failure(compare.join(path, name), f"is required by the chart{f' ({about})' if about else ''}")
        case "additionalProperties":
            for name in sorted(set(whole) - set(known)):
                yield Failure(
                    compare.join(path, name), f"is no value of the chart; known are {', '.join(sorted(known))}"
                )
        case _:
            yield Failure(path, f"{_rule(str(error.validator), rule)} (got {_got(error.instance, at, secrets)})")


def _rule(validator: str, rule: Any) -> str:  # noqa: PLR0911 a word for each rule
    match validator:
        case "type":
            return f"must be of type {' or '.join(rule) if isinstance(rule, list) else rule}"
        case "enum":
            return f"must be one of {', '.join(json.dumps(case) for case in rule)}"
        case "const":
            return f"must be {json.dumps(rule)}"
        case "pattern":
            return f"must match {rule}"
        case "minimum" | "minLength" | "minItems" | "minProperties":
            return f"must be at least {rule}{_of(validator)}"
        case "maximum" | "maxLength" | "maxItems" | "maxProperties":
            return f"must be at most {rule}{_of(validator)}"
        case _:
            return f"must satisfy {validator} {json.dumps(rule)}"


def _of(validator: str) -> str:
    return {"Length": " characters long", "Items": " items", "Properties": " keys"}.get(validator[3:], "")


def _properties(error: jsonschema.ValidationError) -> Mapping[str, Any]:
    return error.schema.get("properties", {}) if isinstance(error.schema, Mapping) else {}


def _got(value: Any, at: ValuePath, secrets: Collection[ValuePath]) -> str:
    shared = (secret[: len(at)] == at[: len(secret)] for secret in secrets)
    if any(shared):
        return "a secret"
    if isinstance(value, Mapping | list):
        return f"a {'map' if isinstance(value, Mapping) else 'list'} of {len(value)}"
    return json.dumps(value)


def _text(path: ValuePath) -> str:
    text = "values"
    for part in path:
        text = compare.join(text, part)
    return text
