"""`simpul:secret:Password`: a random password and its hash, kept in the state that the engine encrypts.

The hash is made once, with the password: who checks it gets the same one in every run.
"""

from __future__ import annotations

import secrets
import string
from collections.abc import Mapping
from typing import Any, Final

import bcrypt

from simpul.provider import compare
from simpul.provider.kind import Change, Failure, Request, Values
from simpul.provider.wire import UNKNOWN, Secret

# Letters and digits alone: they need no quoting in a URL, a shell or a configuration file.
_ALPHABET: Final = string.ascii_letters + string.digits
_KINDS: Final = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
_LEAST: Final = 16  # of 62 signs: 95 bits
_MOST: Final = 72  # what bcrypt reads of one
_ROUNDS: Final = 6  # nobody guesses 95 bits however fast; and a thousand devices that come back at once log in quickly
_REPLACE: Final = ("length", "keepers")


class Password:
    """The resource type."""

    token = "simpul:secret:Password"  # noqa: S105 a type's name

    def check(self, inputs: Values, *, marked: Mapping[str, Any]) -> list[Failure]:  # noqa: ARG002 what every type is given
        length = inputs["length"]
        if isinstance(length, int) and not _LEAST <= length <= _MOST:
            return [Failure("length", f"must be from {_LEAST} to {_MOST} (got {length})")]
        return []

    def diff(self, request: Request) -> list[Change]:
        return compare.changes(request.old, request.inputs, properties=_REPLACE, replace=_REPLACE)

    def create(self, request: Request) -> tuple[str, Values]:
        if request.preview:
            return "", {"result": Secret(UNKNOWN), "hash": Secret(UNKNOWN), **_kept(request.inputs)}
        result = _draw(request.inputs["length"])
        return "password", {"result": Secret(result), "hash": Secret(_hash(result)), **_kept(request.inputs)}

    def read(self, request: Request) -> Values:
        return {name: Secret(request.state[name]) for name in ("result", "hash")} | _kept(request.state)

    def update(self, request: Request) -> Values:
        return self.read(request)  # every change replaces it

    def delete(self, request: Request) -> None:
        """Do nothing: a password is gone with its state."""


def _kept(values: Values) -> Values:
    """Give what the password was made for: a program that ignores changes of it learns so what it was."""
    return {"keepers": values["keepers"]} if values.get("keepers") else {}


def _draw(length: int) -> str:
    """Draw until all kinds are there: some servers take nothing else. One in 250 of 32 signs has no digit."""
    while True:
        result = "".join(secrets.choice(_ALPHABET) for _ in range(length))
        if all(set(result) & set(kind) for kind in _KINDS):
            return result


def _hash(password: str) -> str:
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(_ROUNDS)).decode()
