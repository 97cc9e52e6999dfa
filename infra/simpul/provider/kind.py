"""What every resource type of the provider is: six operations on plain Python values.

The server turns the engine's requests into a `Request` and calls one of the operations of a `Kind`. Inputs and
states hold no wrapper but `UNKNOWN`; what an operation returns may hold `Secret`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from simpul.errors import OutsideError, Problem

Values = dict[str, Any]


class Log(Protocol):
    """Where an operation says what it is doing; each line appears under its resource."""

    def progress(self, text: str) -> None:
        """Show `text` until the next line replaces it."""

    def alert(self, text: str) -> None:
        """Keep `text` in the output as a warning."""


@dataclass(frozen=True)
class Failure:
    """An input that can't be right, found before anything is done."""

    property: str
    reason: str


@dataclass(frozen=True)
class Change:
    """One property that differs. `path` is Pulumi's notation (`values.replicas`, `dnsNames[0]`)."""

    path: str
    kind: Literal["add", "delete", "update"] = "update"
    replace: bool = False
    is_input: bool = True  # False: it is the state that differs from what was wished, not an input


@dataclass(frozen=True)
class Request:
    """What an operation is asked to do.

    `inputs` are what is wished now, `old` the inputs of the last time and `state` what was returned then. In
    read and delete, where nothing new is wished, `inputs` are those of the last time.
    """

    urn: str
    log: Log
    id: str = ""
    inputs: Values = field(default_factory=dict)
    old: Values = field(default_factory=dict)
    state: Values = field(default_factory=dict)
    preview: bool = False


class Kind(Protocol):
    """A resource type. Operations raise `SimpulError`, and `Unfinished` when something stays behind."""

    @property
    def token(self) -> str:
        """The type's name in Pulumi."""

    def check(self, inputs: Values, *, marked: Mapping[str, Any]) -> list[Failure]:
        """Find every problem in `inputs`; `marked` are the same with `Secret` left on, to know what to hide."""

    def diff(self, request: Request) -> list[Change]:
        """Say what differs between what is wished and what is; nothing is touched."""

    def create(self, request: Request) -> tuple[str, Values]:
        """Make the resource; return its id and state. In preview nothing is touched."""

    def read(self, request: Request) -> Values | None:
        """Return the state as it is now, None when the resource is gone."""

    def update(self, request: Request) -> Values:
        """Make the resource what is wished; return its state. In preview nothing is touched."""

    def delete(self, request: Request) -> None:
        """Remove the resource."""


class Unfinished(OutsideError):  # noqa: N818 the tree's roots carry the suffix
    """A resource was begun and not finished: it belongs in the state, and the next `pulumi up` goes on."""

    def __init__(self, *problems: Problem, id: str, state: Values) -> None:  # noqa: A002 the protocol's name
        """Carry the `problems` along with the `id` and `state` that the engine must record."""
        super().__init__(*problems)
        self.id = id
        self.state = state


class Interrupted(OutsideError):  # noqa: N818 the tree's roots carry the suffix
    """The user interrupted the run."""

    @classmethod
    def of(cls, where: str) -> Interrupted:
        """Make the error of an operation on `where` that was cut off."""
        return cls(Problem(where, "was interrupted before it was done", next="pulumi up goes on from here"))
