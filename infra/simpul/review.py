"""A city looked through with no account and no network: a stack's file enters, all that is wrong with it leaves.

Its declaration is read, the whole program is run for it under Pulumi's mocks, its releases are rendered by helm on
this machine, and every rule is held against all of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pulumi.runtime import settings

from simpul.city import City, load, plan
from simpul.city.stack import PART, load_part
from simpul.cloud import Found
from simpul.errors import CityError, OutsideError, Problem
from simpul.policy import (
    Estate,
    Findings,
    Frame,
    Judge,
    Manifest,
    Resource,
    Subject,
    declared,
    registration,
    render,
    stack,
    waiver,
)
from simpul.policy import day as day_of
from simpul.policy import load as load_rules
from simpul.policy.vendor import RELEASE
from simpul.program import compose, verify
from simpul.recording import ANSWERS, COMPUTED, Recorder, run


@dataclass(frozen=True)
class Review:
    """What was found. `city` is None for a declaration that can't be read; `counts` says how much was looked at.

    `problems` are the declaration's own, `lacks` what kept something from being looked at, `notes` what is
    right for a while.
    """

    file: Path
    stack: str
    city: City | None = None
    problems: tuple[Problem, ...] = ()
    findings: Findings = field(default_factory=Findings)
    counts: Mapping[str, int] = field(default_factory=dict)
    lacks: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems and not self.findings.errors


def review(file: Path, today: date | None = None) -> Review:
    """Look through the city that the stack's `file` declares, as on the day `today`."""
    name = file.name.removeprefix("Pulumi.").removesuffix(".yaml")
    try:
        city = load(file)
        plan(city)
        verify(city, name)
    except CityError as error:
        return Review(file, name, problems=error.problems)
    rules, waivers, day = load_rules(), declared.waivers(city), today or day_of.today()
    frame = Frame.of(city)
    try:
        resources = register(city, name, frame)
    except CityError as error:  # what only the whole city shows, such as a name that nothing has
        return Review(file, name, city, problems=error.problems)
    manifests, lacks = _render(resources)
    subjects: list[Subject] = [
        *declared.subjects(city, day),
        stack.read(file, frame),
        *resources,
        Estate(resources, frame),
        *manifests,
        *render.namespaces(manifests),
    ]
    findings = Judge(rules, waivers, day).judge_all(subjects)
    counts = Counter({"rules": len(rules), "resources": len(resources), "manifests": len(manifests)})
    counts["releases"] = sum(resource.type == RELEASE for resource in resources)
    counts["hosts"] = sum(len(site.hosts) for site in city.sites)
    return Review(
        file, name, city, tuple(waiver.problems(city, rules, day)), findings, counts, lacks, tuple(_notes(file))
    )


def _notes(file: Path) -> Iterator[Problem]:
    """Find that a run makes the cloud alone: forgotten, it leaves out all that the city's sites are for."""
    if load_part(file) != "all":
        what, advice = "has a run make the cloud alone, for the first day", f"For the rest: pulumi config rm {PART}"
        yield Problem(f"config.{PART}", what, None, advice)


class _Collector:
    """Keeps what is registered."""

    def __init__(self) -> None:
        self.resources: list[Resource] = []

    def before(self, resource: Resource) -> None:
        self.resources.append(resource)

    def after(self, found: Any, urn: str) -> None:
        """Take no notice: no engine is there to tell."""

    def end(self) -> None:
        """Take no notice: `run` comes back by itself."""


def register(city: City, name: str, frame: Frame) -> tuple[Resource, ...]:
    """Run the program for `city` under mocks; give what it registers, components left out."""
    collector = _Collector()

    def program() -> Any:
        registration.watch(settings.get_monitor(), frame, collector)
        return compose(city, Found())

    run(program, Recorder(ANSWERS, COMPUTED), name)
    return tuple(collector.resources)


def _render(resources: tuple[Resource, ...]) -> tuple[list[Manifest], tuple[Problem, ...]]:
    """Render the releases among `resources`; give what they make, and what kept one from being rendered."""
    manifests: list[Manifest] = []
    lacks: dict[str, Problem] = {}
    for release in resources:
        if release.type == RELEASE:
            try:
                manifests += render.render(release)
            except OutsideError as error:
                lacks.update({str(problem): problem for problem in error.problems})
    return manifests, tuple(lacks.values())
