"""Pulumi mocks that record what a program registers, for tests of components without an engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi.runtime import mocks, set_mocks

Answers = dict[str, dict[str, Any]]


@dataclass
class Recorder(mocks.Mocks):
    """Records resources; answers a data source as `answers` says, and a resource with what the cloud would compute."""

    answers: Answers = field(default_factory=dict)
    computed: dict[str, dict[str, Any]] = field(default_factory=dict)
    resources: list[mocks.MockResourceArgs] = field(default_factory=list)

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        self.resources.append(args)
        return f"{args.name}-id", {**args.inputs, **self.computed.get(args.typ, {})}

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]]]:
        return self.answers[args.token], []

    def of(self, typ: str) -> list[mocks.MockResourceArgs]:
        """Give the recorded resources of a type."""
        return [resource for resource in self.resources if resource.typ == typ]

    def one(self, typ: str) -> dict[str, Any]:
        """Give the inputs of the only resource of a type."""
        [resource] = self.of(typ)
        return resource.inputs


def record(program: Callable[[], None], recorder: Recorder, stack: str = "balikpapan") -> None:
    """Run `program` to its end with `recorder` in place of an engine."""
    set_mocks(recorder, project="simpul", stack=stack, preview=False)
    pulumi.runtime.test(lambda: pulumi.Output.from_input(program()))()
