"""A rule: what it asks, why, of what, and the function that finds where it is broken.

A subject enters a rule's `check`, breaches leave it: what is wrong there, what was got, what to do. It is pure:
it asks nothing but its subject.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Any, Literal

from simpul.policy.subject import Manifest, Resource, Subject

Severity = Literal["error", "warning"]
WAIVED = timedelta(days=180)
"""For how long from today a rule is waived at most: within half a year somebody looks at it again."""

ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)+")


@dataclass(frozen=True)
class Source:
    """Why there is a rule: an article of a law, or the reason of an engineering choice."""

    article: str
    reason: str

    @property
    def cited(self) -> str:
        """The source in a few words, as a finding cites it."""
        return self.article or "engineering choice"

    def __str__(self) -> str:
        return f"{self.cited}: {self.reason}"


def law(article: str, reason: str) -> Source:
    """Name the `article` that a rule stands for, and what it says."""
    return Source(article, reason)


def choice(reason: str) -> Source:
    """Give the `reason` of a rule that no article asks for."""
    return Source("", reason)


@dataclass(frozen=True)
class Breach:
    """Where a subject breaks a rule. `about` is the resource that a rule over many is about."""

    what: str
    got: str | None = None
    next: str | None = None
    about: Resource | Manifest | None = None


Check = Callable[[Any], Iterator[Breach]]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule. `on` is the kind of subject that it looks at, `types` which of them: types, or kinds of manifests.

    A `protective` one doesn't hold for a rehearsal or a city that is being taken away, nor for what `cloud.replace`
    lets go. `unwaivable` says why nobody may waive the rule, `longest` for how long from today it may be waived.
    A `sweeping` one goes through all inputs, so that none is held in particular.
    """

    id: str
    title: str
    source: Source
    looks_at: str
    english: str
    indonesian: str
    on: type[Any]
    check: Check = field(compare=False)
    types: tuple[str, ...] = ()
    severity: Severity = "error"
    protective: bool = False
    unwaivable: str = ""
    longest: timedelta = WAIVED
    sweeping: bool = False

    @property
    def cited(self) -> str:
        """The rule as a finding names it."""
        return f"{self.id} ({self.source.cited})"

    def looks(self, subject: Subject) -> bool:
        """Tell whether the rule looks at `subject`."""
        if not isinstance(subject, self.on):
            return False
        kind = kind_of(subject)
        return not self.types or any(fnmatchcase(kind, pattern) for pattern in self.types)

    def faults(self) -> Iterable[str]:
        """Say what is wrong with the rule itself."""
        if not ID.fullmatch(self.id):
            yield f"its id must be of lower-case words joined by dashes, not {self.id!r}"
        for name in ("title", "looks_at", "english", "indonesian"):
            if not getattr(self, name).strip():
                yield f"its {name} is empty"
        if not self.source.reason.strip():
            yield "its source gives no reason"
        if self.severity not in ("error", "warning"):
            yield f"its severity must be error or warning, not {self.severity!r}"


def kind_of(subject: Subject) -> str:
    """Give what a rule's `types` are held against."""
    match subject:
        case Resource():
            return subject.type
        case Manifest():
            return subject.kind
        case _:
            return type(subject).__name__
