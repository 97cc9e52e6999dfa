"""Changes of a city's declaration, and what each makes of the cloud's resources.

In: change.yaml, a case each, and the programs' recordings before and after. Out: which resources are updated, made
anew, made or deleted, as the vendor's schema has it and as the stand-in's plugin answers over gRPC. A resource is told
by its SDK's name and its own: `vpc.Network simpul-6471-vpc`.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from lab.cloud.client import Client
from simpul.city import City, parse
from simpul.lab.cloud import schema
from simpul.lab.cloud.schema import Property
from simpul.project import ROOT
from simpul.recording import Recording, Registered

CASES = Path(__file__).with_name("change.yaml")
Effect = dict[str, str]
"""What is done, by resource: update, replace, create or delete."""

TAGGED = "all that is tagged"
OWNER = frozenset({"simpul:owner", "simpul-owner"})
"""A tag of all that has the city's own, in both of its spellings; what takes few has the stack's mark alone."""


@dataclass(frozen=True)
class Case:
    """One change: what is `set` in the declaration, by path; the effects that it has by itself, and what `follows`.

    What follows has an input from a resource that is made anew; only an engine sees it, and `engine` says to ask one.
    """

    what: str
    set: Mapping[str, Any]
    effects: Mapping[str, list[str] | str]
    follows: Mapping[str, list[str]]
    engine: bool

    @property
    def following(self) -> Effect:
        """Return the effects that follow, by resource."""
        return {each: effect for effect, names in self.follows.items() for each in names}

    def expect(self, before: Recording) -> Effect:
        """Give the effects by resource."""
        tagged = [name(each) for each in before.resources if is_cloud(each) and OWNER & {*each.inputs.get("tags", ())}]
        return {
            each: effect
            for effect, names in self.effects.items()
            for told in ([names] if isinstance(names, str) else names)
            for each in (tagged if told == TAGGED else [told])
        }


def cases() -> list[Case]:
    """Read the cases."""
    return [
        Case(what, case["set"], case["effects"], case.get("follows", {}), case.get("engine", False))
        for what, case in yaml.safe_load(CASES.read_text()).items()
    ]


def declare(changed: Mapping[str, Any] | None = None) -> City:
    """Give Balikpapan, with what is `changed` in its declaration by dotted path; a number is a place in a list."""
    document = yaml.safe_load((ROOT / "Pulumi.balikpapan.yaml").read_text())["config"]["simpul:city"]
    for path, value in (changed or {}).items():
        *parts, last = path.split(".")
        level = document
        for part in parts:
            level = level[int(part)] if isinstance(level, list) else level.setdefault(part, {})
        if isinstance(level, list):
            level[int(last)] = copy.deepcopy(value)
        else:
            level[last] = copy.deepcopy(value)
    return parse(document)


def name(resource: Registered) -> str:
    """Give what a resource is called here."""
    return call(resource.type, resource.name)


def call(type_: str, own: str) -> str:
    """Give what the resource of that type and name is called here."""
    module, _, rest = type_.removeprefix("alicloud:").partition("/")
    return f"{module}.{rest.partition(':')[2]} {own}"


def is_cloud(resource: Registered) -> bool:
    """Say whether it is a resource of the vendor's."""
    return resource.type.startswith("alicloud:")


def guarded(before: Recording, effects: Effect) -> set[str]:
    """Return the resources that hold data, or have an address that others were told, and would be lost."""
    protected = {name(each) for each in before.resources if each.protect}
    return {each for each, effect in effects.items() if effect in ("replace", "delete") and each in protected}


def by_schema(before: Recording, after: Recording) -> Effect:
    """Say what the vendor's schema makes of the difference: whatever forces a new one does, all else is an update."""
    facts = schema.load()

    def judge(old: Registered, new: Registered) -> str | None:
        resource = facts.get(old.type)
        assert resource is not None
        changed = _changed(resource.properties, old.inputs, new.inputs)
        return ("replace" if any(changed) else "update") if (changed := list(changed)) else None

    return _compare(before, after, judge)


def by_plugin(cloud: Client, before: Recording, after: Recording) -> Effect:
    """Ask the stand-in's plugin, as an engine would: Check of the new inputs, then Diff."""

    def judge(old: Registered, new: Registered) -> str | None:
        state, wanted = (cloud.check(old.type, each.inputs) for each in (old, new))
        assert state.failures == wanted.failures == []
        answer = cloud.diff(old.type, state.inputs, wanted.inputs)
        if answer.changes != answer.DIFF_SOME:
            return None
        return "replace" if answer.replaces else "update"

    return _compare(before, after, judge)


def _compare(before: Recording, after: Recording, judge: Any) -> Effect:
    old = {name(each): each for each in before.resources if is_cloud(each)}
    new = {name(each): _ignoring(each, old.get(name(each))) for each in after.resources if is_cloud(each)}
    effects = dict.fromkeys(old.keys() - new.keys(), "delete") | dict.fromkeys(new.keys() - old.keys(), "create")
    # That nothing is done to what stays the same, engine.make shows of all of them.
    differ = [each for each in old.keys() & new.keys() if old[each].inputs != new[each].inputs]
    judged = {each: judge(old[each], new[each]) for each in differ}
    return effects | {each: effect for each, effect in judged.items() if effect}


def _ignoring(new: Registered, old: Registered | None) -> Registered:
    """Take the inputs whose changes are ignored as they were, as an engine does; all of them stand at the top."""
    if old is None:
        return new
    kept = {each: old.inputs[each] for each in new.ignored if each in old.inputs}
    return replace(new, inputs={**{each: new.inputs[each] for each in new.inputs if each not in new.ignored}, **kept})


def _unordered(value: Any) -> Any:
    return sorted(map(repr, value)) if isinstance(value, list) else value


def _changed(fields: Mapping[str, Property], old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[bool]:
    """Yield for each property that differs whether it forces a new resource."""
    for key in sorted(old.keys() | new.keys()):
        one, other = old.get(key), new.get(key)
        if one == other:
            continue
        fact = fields[key]
        if fact.type == "set" and _unordered(one) == _unordered(other):
            continue
        deep = fact.fields and isinstance(one, Mapping) and isinstance(other, Mapping)
        yield from _changed(fact.fields, one, other) if deep else [fact.force_new]
