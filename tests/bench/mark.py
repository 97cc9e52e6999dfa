"""Marks in the inputs of a raw resource for what comes of another one: `«3:vpcId»` is the output `vpcId` of the fourth.

In: inputs with marks, and the resources. Out: the inputs with Pulumi outputs in the place of the marks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pulumi

MARK = re.compile(r"«(\d+):([A-Za-z.]+)»")


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
    for key in keys:  # mypy gives a lambda's default no type, and without it all lambdas had the last key
        output = output.apply(lambda value, key=key: getattr(value, snake(key)))  # type: ignore[misc]
    return output


def snake(name: str) -> str:
    """Give the SDK's spelling of a name."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _join(text: str, known: Sequence[Any]) -> str:
    values = iter(known)
    return MARK.sub(lambda _: str(next(values)), text)
