"""What would change, as the vendor's plugin sees it.

In: a resource's facts, its state (outputs) and the new checked inputs. Out: `Change`s by property path, each with
whether it forces a replacement. A property that the vendor computes and the program leaves out is no change; a set
has no order; what the vendor's plugin is known to suppress stays quiet.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import zip_longest
from typing import Any

from simpul.lab.cloud.schema import Property, Resource
from simpul.provider.wire import UNKNOWN, has_unknown


class Way(Enum):
    """How a property changes."""

    ADD = "add"
    DELETE = "delete"
    UPDATE = "update"


@dataclass(frozen=True)
class Change:
    """One property that changes: where, how, and whether the resource has to be made anew for it."""

    path: str
    way: Way
    replaces: bool


Suppress = Callable[[str, Mapping[str, Any]], bool]


def diff(
    resource: Resource, state: Mapping[str, Any], wanted: Mapping[str, Any], suppress: Suppress = lambda *_: False
) -> list[Change]:
    """Compare; `suppress(name, wanted)` says which top properties the vendor's plugin keeps quiet about."""
    return list(_object(resource.properties, state, wanted, "", lambda name: suppress(name, wanted)))


def _object(
    fields: Mapping[str, Property],
    state: Mapping[str, Any],
    wanted: Mapping[str, Any],
    path: str,
    quiet: Callable[[str], bool] = lambda _: False,
) -> Iterator[Change]:
    for fact in fields.values():
        if fact.settable and not (fact.diff_suppress and quiet(fact.name)):
            where = f"{path}.{fact.name}" if path else fact.name
            yield from _property(fact, state.get(fact.name), wanted.get(fact.name), where)


def _property(fact: Property, old: Any, new: Any, path: str) -> Iterator[Change]:
    if new is None and (fact.computed or _empty(old)):
        return
    if _empty(old) and _empty(new):
        return
    if new is None:
        yield Change(path, Way.DELETE, fact.force_new or _holds(fact, old))
    elif old is None or (fact.shape == "object" and not old and fact.fields):
        yield Change(path, Way.ADD, fact.force_new or _holds(fact, new))
    elif new is UNKNOWN:
        yield Change(path, Way.UPDATE, fact.force_new)
    elif fact.shape == "object" and isinstance(old, Mapping):
        yield from _object(fact.fields, old, new, path)
    elif fact.shape in ("list", "set"):
        yield from _items(fact, old, new, path)
    elif not _same(fact, old, new):
        yield Change(path, Way.UPDATE, fact.force_new)


def _items(fact: Property, old: list[Any], new: list[Any], path: str) -> Iterator[Change]:
    if fact.shape == "set":
        known = [] if has_unknown(new) else [_canonical(each) for each in new]
        gone = [each for each in old if _canonical(each) not in known]
        have = [_canonical(each) for each in old]
        come = [each for each in new if _canonical(each) not in have]
        old, new = gone, come
    elif not fact.fields and len(old) == len(new) and old == new:
        return
    for number, (before, after) in enumerate(zip_longest(old, new)):
        where = f"{path}[{number}]"
        if before is None or after is None:
            way, moved = (Way.ADD, after) if before is None else (Way.DELETE, before)
            yield Change(where, way, fact.force_new or _holds(fact, moved))
        elif fact.fields and isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from _object(fact.fields, before, after, where)
        elif before != after:
            yield Change(where, Way.UPDATE, fact.force_new)


def _holds(fact: Property, value: Any) -> bool:
    """Say whether something that comes or goes holds, at any depth, a property that forces a replacement."""
    if isinstance(value, list):
        return any(_holds(fact, each) for each in value)
    if not isinstance(value, Mapping) or not fact.fields:
        return False
    set_ = ((fact.fields[name], each) for name, each in value.items() if name in fact.fields and not _empty(each))
    return any((each.settable and each.force_new) or _holds(each, inner) for each, inner in set_)


def _empty(value: Any) -> bool:
    """Say whether it is what the vendor's plugin takes for "not set"."""
    return value is None or value is False or (value is not UNKNOWN and value in ("", 0, [], {}))


def _same(fact: Property, old: Any, new: Any) -> bool:
    if old == new:
        return True
    if not fact.diff_suppress or not isinstance(old, str) or not isinstance(new, str):
        return False
    return _canonical(_parsed(old)) == _canonical(_parsed(new))


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text.strip().lower()


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=repr)
