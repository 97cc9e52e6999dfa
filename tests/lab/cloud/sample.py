"""Inputs that suit a resource type, made from the vendor's facts, and resources made of them on a cloud.

What is required is filled in, of a group one is chosen, a reference leads to a resource that is made for it. What only
the vendor's servers ask for beyond that stands in need.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from lab.cloud.client import Client, Made
from lab.cloud.need import NEED
from lab.cloud.value import suiting
from simpul.lab.cloud.reference import COMMON, Reference
from simpul.lab.cloud.schema import Property, Resource

Way = tuple[Property, ...]
"""A property with all that it lies in, from the outside in."""

COUNT: Counter[str] = Counter()
"""How many facts of each kind were driven in this process; conftest tells it."""


class Sampler:
    """Makes resources of any type on a cloud."""

    def __init__(self, cloud: Client) -> None:
        """Make them on `cloud`."""
        self.cloud = cloud
        self._made: dict[str, Made] = {}
        self._numbers: Counter[str] = Counter()

    def made(self, token: str) -> Made:
        """Give a resource of that type, the same each time."""
        if token not in self._made:
            self._made[token] = self.another(token)
        return self._made[token]

    def another(self, token: str, **inputs: Any) -> Made:
        """Make one more resource of that type, with `inputs` over what suits it."""
        return self.cloud.create(token, **{**self.inputs(token), **inputs})

    def inputs(self, token: str) -> dict[str, Any]:
        """Give inputs of which a resource of that type can be made; no two times the same."""
        resource = self.cloud.estate.resource(token)
        self._numbers[token] += 1
        number = self._numbers[token]
        names = {each.name for each in resource.properties.values() if each.required and not each.removed}
        names |= set(_chosen(resource)) | {resource.naming} - {None}
        asked = NEED[token](self, number) if token in NEED else {}
        given = {str(name): self._value(resource, str(name), number) for name in names - asked.keys()}
        return {**given, **asked}

    def _value(self, resource: Resource, name: str, number: int) -> Any:
        fact = resource.properties[name]
        needs = references(self.cloud, resource.token).get(name)
        if needs is not None and needs.targets:
            id_ = self.reference(needs)
            return [id_] if fact.shape in ("list", "set") else id_
        return f"bpn-6471-{number}" if name == resource.naming else suiting(fact, number)

    def reference(self, needs: Reference) -> str:
        """Give what leads to a resource of the type that a reference needs."""
        made = self.made(needs.targets[0])
        return str(made.outputs[needs.by]) if needs.by else made.id


def references(cloud: Client, token: str) -> dict[str, Reference]:
    """Give the references that a resource of that type may hold, by the names of their properties."""
    return {**COMMON, **{each.name: each for each in cloud.estate.kind(token).references}}


def _chosen(resource: Resource) -> Iterator[str]:
    """Choose one of each group of which there must be one: the first that isn't on its way out."""
    for fact in resource.properties.values():
        group = [resource.properties[resource.resolve(each)[0]] for each in fact.exactly_one or fact.at_least_one]
        yield from [each.name for each in group if each.settable and not each.deprecated][:1]


def ways(fields: Mapping[str, Property], above: Way = ()) -> Iterator[Way]:
    """Go through every property, at any depth."""
    for fact in fields.values():
        yield (*above, fact)
        if fact.settable:
            yield from ways(fact.fields, (*above, fact))


def lay(resource: Resource, base: Mapping[str, Any], way: Way, value: Any) -> dict[str, Any]:
    """Put `value` where `way` leads in a copy of `base`, without what it can't stand beside."""
    inputs = deepcopy(dict(base))
    top = way[0]
    apart = {path[0] for each in way for other in each.conflicts if (path := resource.resolve(other))}
    apart |= {each.name for each in resource.properties.values() if top.tf in (*each.conflicts, *each.exactly_one)}
    apart |= {path[0] for other in top.exactly_one if (path := resource.resolve(other))}
    for name in apart - {top.name}:
        inputs.pop(name, None)
    inputs[top.name] = wrap(way, value)
    return inputs


def wrap(way: Way, value: Any) -> Any:
    """Put `value` into the objects that `way` leads through, each with what it requires."""
    if len(way) == 1:
        return value
    fact, below = way[0], way[1]
    inner = {each.name: suiting(each) for each in fact.fields.values() if each.required}
    inner[below.name] = wrap(way[1:], value)
    return inner if fact.shape == "object" else [inner]


def pathname(way: Way) -> str:
    """Give a way as a reader of a test's output knows it."""
    return ".".join(each.name for each in way)
