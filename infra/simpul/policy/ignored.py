"""What a resource ignores changes of: a rule and a subject enter, what of it the rule holds leaves.

The engine leaves an ignored input as its state has it, which is what `pulumi refresh` found last: somebody opens a
bucket in the console, and the program goes on to say that it is private. So an input that a rule reads may not be
ignored. A rule that goes through all inputs holds none of them in particular
(docs/adr/0020-rules-at-the-door.md).
"""

from __future__ import annotations

import re
from collections.abc import ItemsView, Iterator, Mapping
from dataclasses import replace
from typing import Any

from simpul.policy.rule import Breach, Rule
from simpul.policy.subject import Estate, Resource, Subject

ALL = "*"


def breaches(rule: Rule, subject: Subject) -> Iterator[Breach]:
    """Give the inputs that `rule` reads of `subject` and that are ignored."""
    if rule.sweeping:
        return
    match subject:
        case Resource():
            (watched,), read = _watched((subject,))
            if read:
                _run(rule, watched)
        case Estate():
            resources, read = _watched(subject.resources)
            if read:
                _run(rule, replace(subject, resources=tuple(resources)))
        case _:
            return
    for resource, found in read:
        for name in sorted(found):
            advice = f"Take {name} out of the ignoreChanges of {resource.name}."
            yield Breach(
                "is kept as the state has it, whatever the program says", f"ignoreChanges {name}", advice, resource
            )


class _Watched(Mapping[str, Any]):
    """Inputs that note which of the ignored ones are asked for by name."""

    def __init__(self, props: Mapping[str, Any], ignored: frozenset[str]) -> None:
        self._props, self._ignored = props, ignored
        self.read: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        if key in self._ignored or ALL in self._ignored:
            self.read.add(key)
        return self._props[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._props)

    def __len__(self) -> int:
        return len(self._props)

    def items(self) -> ItemsView[str, Any]:
        """Give all of them, which is to ask for none by name."""
        return self._props.items()


def _watched(resources: tuple[Resource, ...]) -> tuple[list[Resource], list[tuple[Resource, set[str]]]]:
    """Give `resources`, those that ignore something with inputs that are watched; and these with what is read."""
    seen: list[Resource] = []
    read: list[tuple[Resource, set[str]]] = []
    for resource in resources:
        ignored = frozenset(re.split(r"[.\[]", path, maxsplit=1)[0] for path in resource.options.ignores)
        if ignored:
            props = _Watched(resource.props, ignored)
            read.append((resource, props.read))
            seen.append(replace(resource, props=props))
        else:
            seen.append(resource)
    return seen, read


def _run(rule: Rule, subject: Subject) -> None:
    for _ in rule.check(subject):
        pass
