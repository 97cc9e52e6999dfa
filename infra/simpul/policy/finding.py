"""What rules found: each finding with its rule and place, whether a waiver covers it, and how they sum up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from simpul.policy.rule import Rule
from simpul.policy.waiver import Waiver


@dataclass(frozen=True)
class Finding:
    """A rule that is broken. `name` is what a waiver would match; `ended` is a waiver that has ended."""

    rule: Rule
    where: str
    name: str
    what: str
    got: str | None = None
    next: str | None = None
    waiver: Waiver | None = None
    ended: Waiver | None = None

    @property
    def is_error(self) -> bool:
        """Whether it stops a run."""
        return self.waiver is None and self.rule.severity == "error"

    @property
    def notice(self) -> str:
        """What is to be said of its waiver, "" where there is none."""
        if self.waiver:
            return f"waived until {self.waiver.ends} by {self.waiver.by}: {self.waiver.reason}"
        return f"its waiver ended on {self.ended.ends}" if self.ended else ""

    @property
    def said(self) -> str:
        """What is wrong and what to do, for whoever is told the rule anyhow."""
        got = f" (got {self.got})" if self.got is not None else ""
        lines = [f"{self.where} {self.what}{got}", self.next or "", self.notice]
        return "\n    ".join(line for line in lines if line)

    def __str__(self) -> str:
        first, *rest = self.said.split("\n")
        return "\n".join([f"{self.rule.cited}: {first}", f"    {self.rule.title}", *rest])


@dataclass(frozen=True)
class Findings:
    """All that was found, and the waivers that covered nothing."""

    found: tuple[Finding, ...] = ()
    unused: tuple[Waiver, ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What stops a run."""
        return tuple(finding for finding in self.found if finding.is_error)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What is told and stops nothing."""
        return tuple(f for f in self.found if f.waiver is None and f.rule.severity == "warning")

    @property
    def waived(self) -> tuple[Finding, ...]:
        """What a waiver covers."""
        return tuple(finding for finding in self.found if finding.waiver)

    def __add__(self, other: Findings) -> Findings:
        return Findings(self.found + other.found, self.unused + other.unused)


def ordered(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sort findings by rule and place."""
    return tuple(sorted(found, key=lambda finding: (finding.rule.id, finding.name, finding.what)))
