"""How a review of a city looks: to people as lines, to programs as data.

The data (`--format json`):

    version   1
    holds     whether every city holds
    cities    one for each file:
      file, stack, holds
      city          {name, wilayah, sites}, null where the declaration can't be read
      counts        how many rules, resources, manifests, releases and hosts were looked at
      problems      of the declaration: [{where, what, got, next}]
      findings      of rules: [{rule, title, severity, source, article, where, name, what, got, next, state,
                    waiver, waiver_ended}]; state is broken, warned or waived; waiver is {reason, by, ends} or null
      unused_waivers  [{rule, where, reason, by, ends}], which cover nothing
      lacks         what couldn't be looked at: [{where, what, got, next}]
      notes         what is right for a while: [{where, what, got, next}]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import groupby
from typing import Any

import click

from simpul.policy import Finding, Waiver
from simpul.review import Review

VERSION = 1


def to_data(reviews: Iterable[Review]) -> dict[str, Any]:
    """Give `reviews` as data that JSON can hold."""
    cities = [_city(review) for review in reviews]
    return {"version": VERSION, "holds": all(city["holds"] for city in cities), "cities": cities}


def to_lines(review: Review) -> Iterator[str]:
    """Give the lines of `review`; none for a declaration that can't be read, whose problems are told as errors."""
    if review.city is None:
        return
    city, found = review.city, review.findings
    verdict = "holds" if review.holds else click.style(f"breaks {_rules(found.errors)}", fg="red")
    yield f"{review.file}: {city.name} ({city.wilayah}), {len(city.sites)} sites: {verdict}"
    yield from _group(found.errors, "✗", "red")
    yield from _group(found.warnings, "!", "yellow")
    yield from _group(found.waived, "-", "cyan")
    for waiver in found.unused:
        yield f"  {click.style('!', fg='yellow')} the waiver of {waiver.rule} at {waiver.where} covers nothing"
    for note in review.notes:
        yield f"  {click.style('!', fg='yellow')} {note.where} {note.what}"
        yield f"      {note.next}"
    yield f"  {_sum_up(review)}"


def _group(found: Iterable[Finding], mark: str, color: str) -> Iterator[str]:
    for rule, findings in groupby(found, key=lambda finding: finding.rule):
        yield f"  {click.style(rule.id, bold=True)}: {rule.title} ({rule.source.cited})"
        for finding in findings:
            got = f" (got {finding.got})" if finding.got is not None else ""
            yield f"    {click.style(mark, fg=color)} {finding.where} {finding.what}{got}"
            yield from (f"      {line}" for line in (finding.next, finding.notice) if line)


def _sum_up(review: Review) -> str:
    counts, found = review.counts, review.findings
    looked = (
        f"{counts['rules']} rules over {counts['resources']} resources, {counts['manifests']} manifests of "
        f"{counts['releases']} releases, {counts['hosts']} hosts"
    )
    return f"{looked}: {len(found.errors)} broken, {len(found.warnings)} warned, {len(found.waived)} waived"


def _rules(found: Iterable[Finding]) -> str:
    count = len({finding.rule.id for finding in found})
    return "a rule" if count == 1 else f"{count} rules"


def _city(review: Review) -> dict[str, Any]:
    city = review.city
    return {
        "file": str(review.file),
        "stack": review.stack,
        "holds": review.holds,
        "city": city and {"name": city.name, "wilayah": city.wilayah, "sites": len(city.sites)},
        "counts": dict(review.counts),
        "problems": [asdict(problem) for problem in review.problems],
        "findings": [_finding(finding) for finding in review.findings.found],
        "unused_waivers": [
            {"rule": waiver.rule, "where": waiver.where, **_waiver(waiver)} for waiver in review.findings.unused
        ],
        "lacks": [asdict(problem) for problem in review.lacks],
        "notes": [asdict(problem) for problem in review.notes],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    rule = finding.rule
    return {
        "rule": rule.id,
        "title": rule.title,
        "severity": rule.severity,
        "source": str(rule.source),
        "article": rule.source.article or None,
        "where": finding.where,
        "name": finding.name,
        "what": finding.what,
        "got": finding.got,
        "next": finding.next,
        "state": _state(finding),
        "waiver": _waiver(finding.waiver) if finding.waiver else None,
        "waiver_ended": str(finding.ended.ends) if finding.ended else None,
    }


def _state(finding: Finding) -> str:
    if finding.waiver:
        return "waived"
    return "broken" if finding.is_error else "warned"


def _waiver(waiver: Waiver) -> dict[str, str]:
    return {"reason": waiver.reason, "by": waiver.by, "ends": str(waiver.ends)}
