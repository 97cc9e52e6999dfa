"""What can go wrong, as one tree.

    SimpulError            exit code
    ├── CityError          1   the declaration or the city has problems, all of them at once
    ├── UsageError         2   the command was used wrongly
    └── OutsideError       3   something outside of Simpul failed: a program, a host, a network

Libraries raise these; only `simpul.cli` prints them and exits.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

LONGEST: Final = 4000
"""How many characters of what something outside said are shown."""


def legible(text: str, most: int = LONGEST) -> str:
    """Return `text` as it may be shown, at most `most` characters of it.

    Words of a host or a cluster could hold what a terminal obeys (ECMA-48's escapes) or what turns a line's order
    around (Unicode's marks for that): such characters are shown by their number, and a line's end stays.
    """
    shown = text if len(text) <= most else f"{text[:most]}…"
    if shown.replace("\n", "").isprintable():
        return shown
    return "".join(
        each if each.isprintable() or each == "\n" else each.encode("unicode_escape").decode() for each in shown
    )


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    `where` is a path in the declaration, a host or a release; `what` says what is wrong, `got` what was found
    there, and `next` what would do: a value, or the command to run. As text it is `legible`.
    """

    where: str
    what: str
    got: str | None = None
    next: str | None = None

    def __str__(self) -> str:
        got = f" (got {self.got})" if self.got is not None else ""
        then = f"\n    {self.next}" if self.next else ""
        return legible(f"{self.where}: {self.what}{got}") + legible(then)


class SimpulError(Exception):
    """The root of the tree: one or more problems, each with its place and the next step."""

    exit_code = 3

    def __init__(self, *problems: Problem) -> None:
        """Carry `problems`, at least one."""
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))

    @classmethod
    def at(cls, where: str, what: str, got: str | None = None, next: str | None = None) -> SimpulError:  # noqa: A002 the field's name
        """Make an error of a single problem."""
        return cls(Problem(where, what, got, next))


class CityError(SimpulError):
    """The declaration, or the city that was made of it, has problems."""

    exit_code = 1

    @classmethod
    def of(cls, problems: Iterable[Problem]) -> CityError:
        """Make an error of all `problems`."""
        return cls(*problems)


class UsageError(SimpulError):
    """A command was used in a way that can't work."""

    exit_code = 2


class OutsideError(SimpulError):
    """Something outside of Simpul failed: a program, a host, a network."""
