"""Programs and components without an engine, for tests: the package's own recorder, with what tests ask of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pulumi.runtime import mocks

from simpul import recording


@dataclass
class Recorder(recording.Recorder):
    """Records resources, and finds them again."""

    def of(self, typ: str) -> list[mocks.MockResourceArgs]:
        """Give the recorded resources of a type."""
        return [resource for resource in self.resources if resource.typ == typ]

    def one(self, typ: str) -> dict[str, Any]:
        """Give the inputs of the only resource of a type."""
        [resource] = self.of(typ)
        return resource.inputs


def record(program: Callable[[], None], recorder: Recorder, stack: str = "balikpapan") -> None:
    """Run `program` to its end with `recorder` in place of an engine."""
    recording.run(program, recorder, stack)
