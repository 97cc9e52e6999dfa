"""A waiver: a rule that doesn't hold for a while, somewhere, for a reason. It stands in the city's declaration.

The declaration's waivers enter; which of them cover a finding leaves, and what is wrong with one. What is wrong covers
nothing: who asks no problems isn't taken in by it (docs/adr/0035-waivers.md).
"""

from __future__ import annotations

import os.path
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Any

from simpul.city import City
from simpul.errors import Problem
from simpul.policy.rule import Rule

_WILD = re.compile(r"[*?\[]")
_LETTERS = 2
"""How many letters or digits a pattern has at least before its first wildcard, beyond what many names begin with."""


@dataclass(frozen=True)
class Waiver:
    """Of the rule `rule`, where a name matches `where` (as a shell's pattern), for `reason`, to the end of `ends`.

    `by` answers for it.
    """

    rule: str
    where: str
    reason: str
    by: str
    ends: date

    @classmethod
    def of(cls, declared: Any) -> Waiver:
        """Take a waiver as the declaration has it."""
        return cls(declared.rule, declared.where, declared.reason, declared.by, declared.ends)

    def covers(self, rule: str, name: str) -> bool:
        """Tell whether the waiver is about `rule` at `name`."""
        return self.rule == rule and fnmatchcase(name, self.where)

    def has_ended(self, today: date) -> bool:
        """Tell whether the waiver's last day is over."""
        return today > self.ends

    def faults(self, rule: Rule, today: date, common: Iterable[str] = ()) -> Iterator[Problem]:
        """Give what keeps it from waiving `rule` on the day `today`, by field; `common` begins many names."""
        if rule.unwaivable:
            what = f"is a rule that nobody may waive: {rule.unwaivable}"
            yield Problem("rule", what, f'"{rule.id}"', "Take the waiver out, and mend what the rule finds.")
        if self.ends > (last := today + rule.longest):
            what = f"is further off than the {rule.longest.days} days for which {rule.id} is waived at most"
            yield Problem("ends", what, f'"{self.ends}"', f'Write a day until "{last}", and look again then.')
        if not _names(self.where, common):
            advice = "Write what it is for as the finding names it, a * only behind the part that names it."
            yield Problem("where", "names nothing: it is for all, or nearly", f'"{self.where}"', advice)


def stems(city: City) -> tuple[str, ...]:
    """Give what many names of `city` begin with: those of its resources and clusters, and those of its hosts."""
    hosts = [host.name for site in city.sites for host in site.hosts]
    return (f"simpul-{city.slug}", os.path.commonprefix(hosts))  # noqa: RUF071 letter by letter is meant


def problems(city: City, rules: Iterable[Rule], today: date) -> list[Problem]:
    """Find the waivers of `city` that aren't to be taken on the day `today`: of no rule, for all, for too long."""
    known = {rule.id: rule for rule in rules}
    common = stems(city)
    return [
        problem for at, declared in enumerate(city.waivers) for problem in _problems(at, declared, known, today, common)
    ]


def _problems(at: int, declared: Any, known: dict[str, Rule], today: date, common: Sequence[str]) -> Iterator[Problem]:
    waiver, place = Waiver.of(declared), f"city.waivers[{at}]"
    if waiver.rule not in known:
        yield _unknown(f"{place}.rule", waiver.rule, list(known))
        return
    for fault in waiver.faults(known[waiver.rule], today, common):
        yield replace(fault, where=f"{place}.{fault.where}")


def _names(where: str, common: Iterable[str]) -> bool:
    """Tell whether the pattern `where` names something: itself, or by what stands before its first wildcard."""
    if not _WILD.search(where):
        return True
    begins = _WILD.split(where, maxsplit=1)[0]
    return all(_counts(begins, stem) for stem in ("", *common))


def _counts(begins: str, stem: str) -> bool:
    beyond = "" if stem.startswith(begins) else begins.removeprefix(stem)
    return sum(letter.isalnum() for letter in beyond) >= _LETTERS


def _unknown(place: str, rule: str, known: list[str]) -> Problem:
    near = get_close_matches(rule, known, n=1)
    advice = f"Did you mean {near[0]}?" if near else "docs/rules.md lists the rules."
    return Problem(place, "is no rule's id", f'"{rule}"', advice)
