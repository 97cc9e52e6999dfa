"""Every list of a type in use: it finds what there is by its arguments, in the form in which the SDK reads it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from lab.cloud.client import refused
from lab.cloud.sample import COUNT, Sampler
from lab.cloud.used import KNOWN
from simpul.lab.cloud import lookup, schema
from simpul.lab.cloud.estate import Estate
from simpul.lab.cloud.schema import Property, Resource
from simpul.lab.cloud.store import Record, Store

FACTS = schema.load()


def lists() -> Iterator[tuple[str, str]]:
    """Give the data sources that list a type in use, each with that type."""
    estate = Estate(FACTS, Store.__new__(Store))
    for token in FACTS:
        source = FACTS.get(token)
        assert source is not None
        if (
            token not in lookup.SOURCES
            and source.is_data
            and not source.deprecated
            and not token.endswith("Deprecated")
        ):
            listed = lookup.subject(estate, source)
            if listed is not None and listed.token in KNOWN and items(source):
                yield token, listed.token


def items(source: Resource) -> list[Property]:
    """Give the properties that hold what is listed."""
    found = [each for each in source.properties.values() if each.computed and each.fields and not each.removed]
    return [each for each in found if not each.deprecated]


LISTS = list(lists())


class List:
    """A data source, and a resource that it has to find."""

    def __init__(self, sampler: Sampler, token: str, listed: str) -> None:
        """Make a resource of the type `listed`."""
        source = FACTS.get(token)
        assert source is not None
        self.cloud, self.source = sampler.cloud, source
        made = sampler.made(listed)
        record = self.cloud.estate.store.get(listed, made.id)
        assert record is not None
        self.record: Record = lookup.shown(self.cloud.estate, record)
        self.required = {each.name: self.suiting(each) for each in source.properties.values() if each.required}

    def suiting(self, fact: Property) -> Any:
        """Give the value of an argument by which the resource is found."""
        if fact.name == "ids":
            return [self.record.id]
        value = self.record.outputs.get(fact.name)
        return (
            next((each for each in fact.enum if each.lower() == value.lower()), value) if fact.enum and value else value
        )

    def find(self, **arguments: Any) -> list[dict[str, Any]]:
        """Ask; give what is listed of the resource."""
        answer = self.cloud.invoke(self.source.token, **self.required, **arguments)
        [fact] = items(self.source)
        assert answer.keys() >= {each.name for each in self.source.properties.values() if each.computed}
        listed: list[dict[str, Any]] = answer[fact.name]
        at = answer["ids"].index(self.record.id) if self.record.id in answer.get("ids", ()) else None
        return [listed[at]] if at is not None else [each for each in listed if "ids" not in answer and self._is(each)]

    def _is(self, item: dict[str, Any]) -> bool:
        return all(self.record.outputs.get(name, value) == value for name, value in item.items() if value)


@pytest.fixture(params=LISTS, ids=lambda pair: pair[0].removeprefix("alicloud:").partition(":")[0])
def found(sampler: Sampler, request: pytest.FixtureRequest) -> List:
    return List(sampler, *request.param)


def test_there_are_lists() -> None:
    assert len(LISTS) > 30


def test_a_list_finds_what_there_is(found: List) -> None:
    COUNT["list"] += 1
    [item] = found.find()
    [fact] = items(found.source)
    assert fits(fact.fields.values(), item) == []


def test_arguments_choose(found: List) -> None:
    for fact in found.source.properties.values():
        if fact.required or not (fact.settable and not fact.deprecated) or fact.name in lookup.NO_FILTER - {"ids"}:
            continue
        if fact.name == "outputFile" or found.suiting(fact) in (None, "", [], {}):
            continue
        COUNT["argument"] += 1
        value = found.suiting(fact)
        assert len(found.find(**{fact.name: value})) == 1, fact.name
        if not fact.enum:
            assert found.find(**{fact.name: _other(value)}) == [], fact.name


def test_patterns_and_tags_choose(found: List) -> None:
    COUNT["argument"] += 1
    if "nameRegex" in found.source.properties:
        assert len(found.find(nameRegex=".")) == 1
        assert found.find(nameRegex="^nobody$") == []
    if "tags" in found.source.properties:
        assert found.find(tags={"nobody": "nothing"}) == []


def test_an_argument_that_is_not_known_here_is_refused(found: List) -> None:
    if "outputFile" in found.source.properties:
        said = refused(found.cloud.invoke, found.source.token, outputFile="x", **found.required)
        assert "Code: UnsupportedParameter.OutputFile " in said


def _other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    return ["nobody"] if isinstance(value, list) else 7654321 if isinstance(value, int) else "nobody"


def fits(fields: Any, item: dict[str, Any]) -> list[str]:
    """Give which fields of an item are missing, too many, or of another type than the schema says."""
    known = {each.name: each for each in fields if not each.removed}
    kinds = {"string": str, "int": int, "float": (int, float), "bool": bool, "map": dict, "object": dict}
    wrong = sorted(known.keys() ^ item.keys())
    for name in known.keys() & item.keys():
        fact, value = known[name], item[name]
        if not isinstance(value, kinds.get(fact.shape, list)):
            wrong.append(f"{name}: {value!r}")
        for each in value if isinstance(value, list) else [value]:
            if fact.fields and isinstance(each, dict) and each:
                wrong += [f"{name}.{below}" for below in fits(fact.fields.values(), each)]
    return wrong
