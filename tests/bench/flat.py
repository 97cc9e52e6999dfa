"""A program of raw resources from one of components: the same types, names and inputs, in the same order.

In: a program. Out: its resources as JSON, each input that comes of another resource a mark, `«3:vpcId»` for the output
`vpcId` of the fourth; and inputs with their marks filled in again, as Pulumi outputs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.runtime import mocks

from simpul.provider.urn import type_of
from simpul.recording import Recorder, run

MARK = re.compile(r"«(\d+):([A-Za-z.]+)»")


@dataclass
class Marker(Recorder):
    """Gives each output that is computed a mark for a value."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        number = sum(":cloud:" not in each.typ for each in self.resources)
        _, outputs = super().new_resource(args)
        marked = {name: value if name in args.inputs else mark(number, name, value) for name, value in outputs.items()}
        return mark(number, "id", ""), marked


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


def fill(value: Any, made: Sequence[Any]) -> Any:
    """Put the outputs of the resources `made` in place of their marks in `value`."""
    if isinstance(value, dict):
        return {key: fill(each, made) for key, each in value.items()}
    if isinstance(value, list):
        return [fill(each, made) for each in value]
    marks = list(MARK.finditer(value)) if isinstance(value, str) else []
    if not marks:
        return value
    outputs = [_output(made[int(each[1])], each[2]) for each in marks]
    if len(marks) == 1 and marks[0][0] == value:
        return outputs[0]
    return pulumi.Output.all(*outputs).apply(lambda known: _join(value, known))


def _output(resource: Any, path: str) -> pulumi.Output[Any]:
    name, *keys = path.split(".")
    output: pulumi.Output[Any] = getattr(resource, name if hasattr(resource, name) else snake(name))
    for key in keys:
        output = output.apply(lambda value, key=key: getattr(value, snake(key)))  # type: ignore[misc]
    return output


def snake(name: str) -> str:
    """Give the SDK's spelling of a name."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _join(text: str, known: Sequence[Any]) -> str:
    values = iter(known)
    return MARK.sub(lambda _: str(next(values)), text)
