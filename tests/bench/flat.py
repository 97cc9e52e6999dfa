"""A program of raw resources from one of components: the same types, names and inputs, in the same order.

In: a program. Out: its resources as JSON, each input that comes of another resource a mark (`mark.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pulumi.runtime import mocks

from bench.mark import MARK
from simpul.provider.urn import type_of
from simpul.recording import Recorder, run


@dataclass
class Marker(Recorder):
    """Gives each output that is computed a mark for a value."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        number = sum(":cloud:" not in each.typ for each in self.resources)
        _, outputs = super().new_resource(args)
        marked = {name: value if name in args.inputs else mark(number, name, value) for name, value in outputs.items()}
        return mark(number, "id", ""), marked

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]]]:
        answer, failures = super().call(args)
        return {name: args.args.get(name, value) for name, value in answer.items()}, failures  # what it was asked, too


def mark(number: int, path: str, value: Any) -> Any:
    """Give a mark for each text in `value`, which is the output at `path` of a resource."""
    if isinstance(value, dict):
        return {key: mark(number, f"{path}.{key}", each) for key, each in value.items()}
    return f"«{number}:{path}»" if isinstance(value, str) else value


def flatten(program: Callable[[], Any], answers: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the resources of `program` but for its components."""
    marker = Marker(answers)
    run(program, marker, "balikpapan")
    raw = [each for each in marker.resources if not each.typ.startswith("simpul:cloud:")]
    places = {(each.typ, each.name): number for number, each in enumerate(raw)}
    taken = [set(MARK.findall(repr(each.inputs))) for each in raw]
    used = {
        number: {path.partition(".")[0] for all_ in taken for at, path in all_ if int(at) == number}
        for number in range(len(raw))
    }
    return [
        {
            "type": each.typ,
            "name": each.name,
            "inputs": each.inputs,
            "outputs": sorted(used[number] - {"id"} - each.inputs.keys()),
            "needs": sorted(filter(None, (places.get(_key(urn)) for urn in marker.needs[each.typ, each.name]))),
        }
        for number, each in enumerate(raw)
    ]


def _key(urn: str) -> tuple[str, str]:
    return type_of(urn), urn.rpartition("::")[2]
