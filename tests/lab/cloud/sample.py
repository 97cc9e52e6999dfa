"""Values that suit a property, and values that don't, made from the vendor's facts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from simpul.lab.cloud.schema import Property, Resource

Way = tuple[Property, ...]
"""A property with all that it lies in, from the outside in."""

COUNT: Counter[str] = Counter()
"""How many facts of each kind were driven in this run; conftest tells it."""

SUITING = {
    "valid IP": "10.0.0.%d",
    "valid CIDR": "10.%d.0.0/16",
    "JSON": '{"a": %d}',
    "YAML": "a: %d",
    "'ecs.'": "ecs.g%d",
}


def ways(fields: Mapping[str, Property], above: Way = ()) -> Iterator[Way]:
    """Go through every property, at any depth."""
    for fact in fields.values():
        yield (*above, fact)
        if fact.settable:
            yield from ways(fact.fields, (*above, fact))


def suiting(fact: Property, which: int = 1) -> Any:
    """Give a value that the vendor accepts; another one for each `which` (1 or 2)."""
    match fact.shape:
        case "object":
            return {each.name: suiting(each, which) for each in fact.fields.values() if each.required}
        case "list" | "set" if fact.fields:
            return [{each.name: suiting(each, which) for each in fact.fields.values() if each.required}]
        case "list" | "set":
            count = max(fact.min_items or 1, 1)
            return [which * 10 + n if fact.elem == "int" else f"a{which}{n}" for n in range(count)]
        case "map":
            return {"key": which == 1 if fact.elem == "bool" else f"a{which}"}
        case shape:
            return _scalar(fact, shape, which)


def _scalar(fact: Property, shape: str, which: int) -> Any:
    if fact.enum:
        chosen = fact.enum[min(which, len(fact.enum)) - 1]
        return int(chosen) if shape == "int" else chosen
    if shape == "bool":
        return which == 1
    if shape in ("int", "float"):
        numbers = [
            float(each)
            for each in re.findall(r"\((-?[\d.]+)(?: - (-?[\d.]+))?\)", fact.check or "")[:1]
            for each in each
            if each
        ]
        low = int(numbers[0]) if numbers else 0
        return max(low, 1) + which
    for words, form in SUITING.items():
        if words in (fact.check or ""):
            return form % which
    return f"a{which}"


def lay(resource: Resource, base: Mapping[str, Any], way: Way, value: Any) -> dict[str, Any]:
    """Put `value` where `way` leads in a copy of `base`, without what it can't stand beside."""
    inputs = deepcopy(dict(base))
    top = way[0]
    apart = {path[0] for each in way for other in each.conflicts if (path := resource.resolve(other))}
    apart |= {each.name for each in resource.properties.values() if top.tf in (*each.conflicts, *each.exactly_one)}
    apart |= {path[0] for other in top.exactly_one if (path := resource.resolve(other))}
    for name in apart - {top.name}:
        inputs.pop(name, None)
    inputs[top.name] = _wrap(way, value)
    return inputs


def _wrap(way: Way, value: Any) -> Any:
    if len(way) == 1:
        return value
    fact, below = way[0], way[1]
    inner = {each.name: suiting(each) for each in fact.fields.values() if each.required}
    inner[below.name] = _wrap(way[1:], value)
    return inner if fact.shape == "object" else [inner]


def pathname(way: Way) -> str:
    """Give a way as a reader of a test's output knows it."""
    return ".".join(each.name for each in way)
