"""A document of the vendor's access control: its JSON text enters, its statements leave."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

NOW = "acs:CurrentTime"
_UNTIL = ("DateLessThan", "DateLessThanEquals")


@dataclass(frozen=True)
class Statement:
    """What may or mustn't be done, to what, by whom and when."""

    allows: bool
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    principals: tuple[tuple[str, str], ...]
    conditions: Mapping[str, Mapping[str, Any]]

    @property
    def end(self) -> str | None:
        """The moment from which it doesn't hold, None where it has none."""
        found = (self.conditions.get(operator, {}).get(NOW) for operator in _UNTIL)
        return next((str(_texts(value)[0]) for value in found if value), None)

    def names(self, key: str) -> tuple[str, ...]:
        """Give the values that some condition asks of `key`, equal or like."""
        found: list[str] = []
        for operator, asked in self.conditions.items():
            if operator.startswith(("StringEquals", "StringLike")):
                found += _texts(asked.get(key))
        return tuple(found)


def statements(text: object) -> Iterator[Statement]:
    """Give the statements of the document `text`; none of one that isn't known yet or isn't JSON."""
    if not isinstance(text, str):
        return
    try:
        document = json.loads(text)
    except ValueError:
        return
    listed = document.get("Statement") if isinstance(document, dict) else None
    for statement in listed if isinstance(listed, list) else [listed]:
        if isinstance(statement, Mapping):
            yield _statement(statement)


def _statement(data: Mapping[str, Any]) -> Statement:
    principal = data.get("Principal")
    named = principal.items() if isinstance(principal, Mapping) else [("*", principal)]
    return Statement(
        allows=data.get("Effect") == "Allow",
        actions=_texts(data.get("Action")),
        resources=_texts(data.get("Resource")),
        principals=tuple((str(kind), name) for kind, names in named for name in _texts(names)),
        conditions=data.get("Condition") or {},
    )


def _texts(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(str(entry) for entry in (value if isinstance(value, list) else [value]))
