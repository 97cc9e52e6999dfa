"""Values that suit a property, and values that don't, from the vendor's facts about it alone."""

from __future__ import annotations

import re
from typing import Any

from simpul.lab.cloud.schema import Property

SUITING = {
    "valid IP": "10.0.0.{}",
    "valid CIDR": "10.{}.0.0/16",
    "JSON": '{{"a": {}}}',
    "YAML": "a: {}",
    "'ecs.'": "ecs.g{}",
    "RFC3339": "2030-01-{:02}T00:00:00Z",
    "YYYY-MM-DD": "2030-01-{:02}",
    "numeric string": "{}",
    "strconv.Atoi": "{}",
    "convert to int": "{}",
    "'GID-'": "GID-a{}",
}
"""Values by words of the vendor's validators."""

RANGE = re.compile(r"(?:in the range|at least) \((-?[\d.]+)(?: - (-?[\d.]+))?\)|between (-?\d+) and (-?\d+) inclusive")
LENGTH = re.compile(r"(?:length of FIELD to be in the range \(|length range is )(\d+)")
STEP = re.compile(r"multiple of (\d+)")
LONGEST = 200


def suiting(fact: Property, which: int = 1) -> Any:
    """Give a value that the vendor accepts; another one for each `which`, from 1, as far as there are as many."""
    match fact.shape:
        case "object":
            return _object(fact, which)
        case "list" | "set" if fact.fields:
            return [_object(fact, which)] * max(fact.min_items or 1, 1)
        case "list" | "set":
            count = max(fact.min_items or 1, 1)
            kind = str(fact.elem or "string")
            return [_scalar(fact, kind, which * 10 + n if kind == "int" else which + n) for n in range(count)]
        case "map":
            return {"key": which == 1 if fact.elem == "bool" else f"a{which}"}
        case shape:
            return _scalar(fact, shape, which)


def _object(fact: Property, which: int) -> dict[str, Any]:
    """Fill in what an object requires, or else the first thing that it may have: an empty one says nothing."""
    settable = [each for each in fact.fields.values() if each.settable and not each.deprecated]
    required = [each for each in settable if each.required]
    lasting = [each for each in settable if not each.force_new]
    return {each.name: suiting(each, which) for each in required or (lasting or settable)[:1]}


def _scalar(fact: Property, shape: str, which: int) -> Any:
    words = fact.check or ""
    if fact.enum:
        chosen = fact.enum[(which - 1) % len(fact.enum)]
        return int(chosen) if shape == "int" else chosen
    if shape == "bool":
        return which == 1
    if shape in ("int", "float"):
        found = RANGE.search(words)
        low = float(found[1] or found[3]) if found else 0
        step = int(found[1]) if (found := STEP.search(words)) else 1
        return (int(max(low, 0)) // step + which) * step
    for said, form in SUITING.items():
        if said in words:
            return form.format(which)
    least = int(found[1]) if (found := LENGTH.search(words)) else 0
    return f"a{which}".ljust(min(least, LONGEST), "a")


def unlike(fact: Property) -> Any:
    """Give a value that the cloud may hold, but that `suiting` never gives."""
    match fact.shape:
        case "int" | "float":
            return 7654321
        case "list" | "set":
            return [7654321 if fact.elem == "int" else "unlike"]
        case _:
            return "unlike"


def breaking(fact: Property) -> Any:
    """Give a value that a validator refuses, whatever it is for: the one that the facts were read with."""
    wrong: Any = -987654321 if fact.shape in ("int", "float") or fact.elem == "int" else "\x01zz"
    return [wrong] if fact.shape in ("list", "set") else wrong
