"""Hold subjects against rules: subjects, rules, waivers and the day enter, findings leave."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from simpul.policy import day, ignored
from simpul.policy.finding import Finding, Findings, ordered
from simpul.policy.load import load
from simpul.policy.rule import Breach, Rule, kind_of
from simpul.policy.subject import Subject
from simpul.policy.waiver import Waiver

_TELLING = 4
"""From how many letters on a secret in a sentence is no chance."""


class Judge:
    """Knows the rules, the waivers and the day. It remembers which waivers covered something."""

    def __init__(self, rules: Iterable[Rule], waivers: Sequence[Waiver], today: date) -> None:
        """Judge by `rules` on the day `today`, with `waivers`."""
        self._rules = tuple(rules)
        self._waivers = tuple(waivers)
        self._today = today
        self._looking: dict[tuple[type, str], tuple[Rule, ...]] = {}
        self._waiving: dict[str, tuple[Waiver, ...]] = {}
        self._used: set[Waiver] = set()

    def judge(self, subject: Subject) -> list[Finding]:
        """Give what the rules have against `subject`."""
        return [
            self._finding(rule, subject, breach)
            for rule in self._looking_at(subject)
            if not rule.protective or subject.frame.protects(subject.name, self._today)
            for breach in (*rule.check(subject), *self._ignored(rule, subject))
        ]

    def _ignored(self, rule: Rule, subject: Subject) -> Iterator[Breach]:
        """Find what `rule` reads of `subject` though its changes are ignored; what is let go may be kept as it is."""
        for breach in ignored.breaches(rule, subject):
            about = breach.about or subject
            if not about.frame.lets_go(about.name, self._today):
                yield breach

    def judge_all(self, subjects: Iterable[Subject]) -> Findings:
        """Give what the rules have against all of `subjects`, and the waivers that covered none of it."""
        found = ordered(finding for subject in subjects for finding in self.judge(subject))
        return Findings(found, self.unused)

    @property
    def unused(self) -> tuple[Waiver, ...]:
        """The waivers that covered nothing so far."""
        return tuple(waiver for waiver in self._waivers if waiver not in self._used)

    def _waivers_of(self, rule: Rule) -> tuple[Waiver, ...]:
        """Give the waivers of `rule` with which nothing is wrong."""
        if rule.id not in self._waiving:
            about = (waiver for waiver in self._waivers if waiver.rule == rule.id)
            self._waiving[rule.id] = tuple(each for each in about if not any(each.faults(rule, self._today)))
        return self._waiving[rule.id]

    def _looking_at(self, subject: Subject) -> tuple[Rule, ...]:
        key = (type(subject), kind_of(subject))
        if key not in self._looking:
            self._looking[key] = tuple(rule for rule in self._rules if rule.looks(subject))
        return self._looking[key]

    def _finding(self, rule: Rule, subject: Subject, breach: Breach) -> Finding:
        about = breach.about or subject
        covering = [waiver for waiver in self._waivers_of(rule) if waiver.covers(rule.id, about.name)]
        self._used.update(covering)
        holding = [waiver for waiver in covering if not waiver.has_ended(self._today)]
        return Finding(
            rule=rule,
            where=about.where,
            name=about.name,
            what=_without(breach.what, about.secrets),
            got=_mask(breach.got, about.secrets),
            next=breach.next and _without(breach.next, about.secrets),
            waiver=holding[0] if holding else None,
            ended=covering[0] if covering and not holding else None,
        )


def check(subjects: Iterable[Subject], waivers: Sequence[Waiver] = (), today: date | None = None) -> Findings:
    """Hold `subjects` against every rule of the project, on the day `today`."""
    return Judge(load(), waivers, today or day.today()).judge_all(subjects)


def _mask(got: str | None, secrets: Iterable[str]) -> str | None:
    return "a secret" if got and any(secret in got for secret in _shown(secrets)) else got


def _without(text: str, secrets: Iterable[str]) -> str:
    """Take secrets out of a sentence; one of a few letters is a part of too many words."""
    for secret in _shown(secrets):
        if len(secret) >= _TELLING:
            text = text.replace(secret, "a secret")
    return text


def _shown(secrets: Iterable[str]) -> Iterator[str]:
    return (secret for secret in secrets if secret)
