"""What product files state as facts, references and rules, each driven through the gRPC service.

The cases are made from the statements themselves: what is stated and not held to fails here.
"""

from __future__ import annotations

from functools import singledispatch
from typing import Any

import pytest

from lab.cloud.client import Client, Made, refused
from lab.cloud.sample import COUNT, Sampler, Way, lay, references, ways
from lab.cloud.used import KNOWN
from simpul.lab.cloud import product, reference, schema
from simpul.lab.cloud.reference import Reference
from simpul.lab.cloud.rule import Address, Apart, Cidr, Form, Known, Needed, Rule, Sole

KINDS = product.kinds()
RULES = [(token, number) for token, kind in KINDS.items() for number in range(len(kind.rules))]
BLOCKING = [
    (token, needs) for token, kind in KINDS.items() for needs in kind.references if needs.blocks and needs.targets
]


def short(value: Any) -> str:
    """Name a case as a reader of a test's output knows it."""
    if isinstance(value, Reference):
        return value.name
    return str(value).removeprefix("alicloud:").partition(":")[0]


def find(token: str, path: str) -> Way:
    """Give the way to the property of that path, or else to the first of that name."""
    resource = schema.load().get(token)
    assert resource is not None
    known = {".".join(each.name for each in way): way for way in ways(resource.properties)}
    return known.get(path) or next(way for way in known.values() if way[-1].name == path)


@pytest.mark.parametrize("token", KNOWN, ids=short)
def test_what_is_referred_to_has_to_be_there(sampler: Sampler, token: str) -> None:
    cloud, resource = sampler.cloud, sampler.cloud.estate.resource(token)
    known = references(cloud, token)
    for way in ways(resource.properties):
        needs = known.get(way[-1].name)
        if needs is None or not all(each.settable and not each.deprecated for each in way):
            continue
        COUNT["reference"] += 1
        nobody = ["no-such-id"] if way[-1].shape in ("list", "set") else "no-such-id"
        inputs = lay(resource, sampler.made(token).inputs, way, nobody)
        before = len(cloud.estate.store.all())
        said = refused(cloud.push, token, inputs)
        assert f"Code: {needs.missing} " in said
        assert len(cloud.estate.store.all()) == before


@pytest.mark.parametrize(("token", "needs"), BLOCKING, ids=short)
def test_what_is_referred_to_stays(cloud: Client, token: str, needs: Reference) -> None:
    COUNT["dependant"] += 1
    sampler = Sampler(cloud)
    made = sampler.made(token)
    if not (ids := referred(made, needs)):
        way, value = find(token, needs.name), sampler.reference(needs)
        given = lay(
            cloud.estate.resource(token), sampler.inputs(token), way, [value] if way[-1].type == "set" else value
        )
        made = cloud.create(token, **given)
        ids = referred(made, needs)
    [target] = [
        each
        for each in cloud.estate.store.all()
        if ids[0] == each.outputs.get(needs.by, each.id) and each.token in needs.targets
    ]
    said = _last_word(cloud, Made(target.token, target.id, target.inputs, target.outputs), made.id)
    assert f"Code: {needs.blocks.partition('*')[0]}" in said
    assert cloud.read(target.token, target.id) is not None


def _last_word(cloud: Client, target: Made, dependant: str) -> str:
    """Give why `target` can't be deleted once `dependant` is all that depends on it."""
    for _ in range(9):
        said = refused(cloud.delete, target)
        first = said.partition("Message: ")[2].partition(" depends on ")[0]
        if first == dependant:
            return said
        other = cloud.estate.store.find(first)
        assert other is not None
        cloud.estate.store.remove(other)
    raise AssertionError(said)


def referred(made: Made, needs: Reference) -> list[str]:
    """Give the ids that a resource holds where a reference is."""
    resource = schema.load().get(made.token)
    assert resource is not None
    return [
        id_ for _, each, id_ in reference.walk(resource.properties, made.outputs, {needs.name: needs}) if each == needs
    ]


@pytest.mark.parametrize(("token", "number"), RULES, ids=short)
def test_a_rule_is_held_to(sampler: Sampler, token: str, number: int) -> None:
    COUNT["rule"] += 1
    rule = KINDS[token].rules[number]
    inputs = broken(rule, sampler, token)
    before = len(sampler.cloud.estate.store.all())
    said = refused(sampler.cloud.push, token, inputs)
    assert f"Code: {rule.code} " in said  # type: ignore[attr-defined]  # each kind of rule has one
    assert len(sampler.cloud.estate.store.all()) == before


@singledispatch
def broken(rule: Rule, sampler: Sampler, token: str) -> dict[str, Any]:
    """Give inputs that suit but for one rule."""
    raise NotImplementedError(rule)


@broken.register
def _(rule: Sole, sampler: Sampler, token: str) -> dict[str, Any]:
    made, inputs = sampler.another(token), sampler.inputs(token)
    return {**inputs, **{name: made.outputs[name] for name in rule.names}}


@broken.register(Form)
@broken.register(Address)
def _(rule: Form | Address, sampler: Sampler, token: str) -> dict[str, Any]:
    return _put(sampler, token, rule.name, "/ /")


@broken.register
def _(rule: Cidr, sampler: Sampler, token: str) -> dict[str, Any]:
    return _put(sampler, token, rule.name, "10.0.0.1/8")


@broken.register
def _(rule: Known, sampler: Sampler, token: str) -> dict[str, Any]:
    return _put(sampler, token, rule.name, -7654321 if find(token, rule.name)[-1].shape == "int" else "no-such-value")


@broken.register
def _(rule: Apart, sampler: Sampler, token: str) -> dict[str, Any]:
    inputs = sampler.inputs(token)
    return {**inputs, rule.name: inputs[rule.others]}


@broken.register
def _(rule: Needed, sampler: Sampler, token: str) -> dict[str, Any]:
    inputs = sampler.inputs(token)
    when = {rule.when[0]: rule.when[1][0]} if rule.when else {}
    return {name: value for name, value in (inputs | when).items() if name not in rule.names}


def _put(sampler: Sampler, token: str, path: str, wrong: Any) -> dict[str, Any]:
    """Put a wrong value where a rule's path leads, beside what else must be there."""
    way, inputs = find(token, path), sampler.inputs(token)
    value = [wrong] if way[-1].shape in ("list", "set") else wrong
    if len(way) > 1 and isinstance(inputs.get(way[0].name), list):
        return {**inputs, way[0].name: [{**each, way[1].name: value} for each in inputs[way[0].name]]}
    return lay(sampler.cloud.estate.resource(token), inputs, way, value)
