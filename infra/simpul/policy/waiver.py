"""A waiver: a rule that doesn't hold for a while, somewhere, for a reason. It stands in the city's declaration.

The declaration's waivers enter; which of them cover a finding leaves, and what is wrong with one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Any

from simpul.errors import Problem
from simpul.policy.rule import Rule


@dataclass(frozen=True)
class Waiver:
    """Of the rule `rule`, where a name matches `where` (as a shell's pattern), for `reason`, to the end of `ends`."""

    rule: str
    where: str
    reason: str
    ends: date

    @classmethod
    def of(cls, declared: Any) -> Waiver:
        """Take a waiver as the declaration has it."""
        return cls(declared.rule, declared.where, declared.reason, declared.ends)

    def covers(self, rule: str, name: str) -> bool:
        """Tell whether the waiver is about `rule` at `name`."""
        return self.rule == rule and fnmatchcase(name, self.where)

    def has_ended(self, today: date) -> bool:
        """Tell whether the waiver's last day is over."""
        return today > self.ends


def problems(waivers: Sequence[Waiver], rules: Iterable[Rule]) -> list[Problem]:
    """Find waivers of rules that there aren't."""
    known = [rule.id for rule in rules]
    return [_unknown(at, waiver.rule, known) for at, waiver in enumerate(waivers) if waiver.rule not in known]


def _unknown(at: int, rule: str, known: list[str]) -> Problem:
    near = get_close_matches(rule, known, n=1)
    advice = f"Did you mean {near[0]}?" if near else "docs/rules.md lists the rules."
    return Problem(f"city.waivers[{at}].rule", "is no rule's id", f'"{rule}"', advice)
