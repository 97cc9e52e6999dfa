"""Rules in the program: every resource passes them on its way to the engine.

A city enters `apply`, before its first resource. From then on each registration is read as the engine will get it
(`registration.py`). A preview tells everything that it finds and fails at its end. An update, which knows what the
preview didn't, doesn't make a resource that breaks a rule.
"""

from __future__ import annotations

import os
from pathlib import Path
from threading import Lock
from typing import Any

import pulumi
from pulumi.runtime import settings
from pulumi.runtime.proto import engine_pb2

from simpul.city import City
from simpul.errors import CityError, OutsideError
from simpul.policy import day, declared, registration, render, stack, waiver
from simpul.policy.finding import Finding
from simpul.policy.judge import Judge
from simpul.policy.load import load
from simpul.policy.subject import Estate, Frame, Manifest, Resource, Subject
from simpul.policy.vendor import RELEASE
from simpul.project import ROOT


def apply(city: City) -> Gate:
    """Let everything that the program registers from here on pass the rules. CityError for waivers that none may be."""
    rules = load()
    problems = waiver.problems(city, rules, day.today())
    if problems:
        raise CityError.of(problems)
    gate = Gate(Frame.of(city), Judge(rules, declared.waivers(city), day.today()))
    registration.watch(settings.get_monitor(), gate.frame, gate)
    gate.judge(*declared.subjects(city, day.today()))
    gate.judge(stack.read(ROOT / f"Pulumi.{pulumi.get_stack()}.yaml", gate.frame, _environment()))
    gate.stop()
    return gate


class Gate:
    """Stands before the engine. `broken` are the findings that fail the run."""

    def __init__(self, frame: Frame, judge: Judge) -> None:
        """Judge what passes by `judge`."""
        self.frame = frame
        self.broken: list[Finding] = []
        self._is_preview = pulumi.runtime.is_dry_run()  # both asked here: other threads may not know
        self._engine: Any = settings.get_engine()
        self._judge = judge
        self._resources: list[Resource] = []
        self._manifests: list[Manifest] = []
        self._lock = Lock()  # the SDK registers resources from several threads

    def before(self, resource: Resource) -> list[Finding]:
        """Judge `resource` before the engine gets it; give what to tell under it. RunError if it isn't to be made."""
        manifests = self._render(resource)
        with self._lock:
            self._resources.append(resource)
            self._manifests += manifests
            subjects: tuple[Subject, ...] = (resource, *manifests)
            found = [finding for subject in subjects for finding in self._judge.judge(subject)]
        if not self._is_preview and any(finding.is_error for finding in found):
            self._tell(found)
            self.stop()
        return found

    def after(self, found: list[Finding], urn: str) -> None:
        """Tell what was found under the resource, which has its `urn` now."""
        self._tell(found, urn)

    def end(self) -> None:
        """Judge what all resources are together, and fail if a rule is broken."""
        self.judge(Estate(tuple(self._resources), self.frame), *render.namespaces(self._manifests))
        if any(resource.type == RELEASE for resource in self._resources) and not render.is_possible():
            self._say("what releases put into their clusters wasn't looked at: helm isn't on PATH", engine_pb2.WARNING)
        else:
            for spare in self._judge.unused:
                self._say(
                    f"the waiver of {spare.rule} at {spare.where} covers nothing: take it out", engine_pb2.WARNING
                )
        if self.broken:
            raise pulumi.RunError(_sum_up(self.broken))

    def judge(self, *subjects: Subject) -> None:
        """Judge and tell what stands under no single resource."""
        self._tell([finding for subject in subjects for finding in self._judge.judge(subject)])

    def stop(self) -> None:
        """End an update here; a preview goes on, to tell everything at once."""
        if self.broken and not self._is_preview:
            raise pulumi.RunError(_sum_up(self.broken))

    def _render(self, resource: Resource) -> tuple[Manifest, ...]:
        if resource.type != RELEASE or not render.is_possible():
            return ()
        try:
            return render.render(resource)
        except OutsideError as error:
            raise pulumi.RunError(str(error)) from error

    def _tell(self, found: list[Finding], urn: str = "") -> None:
        self.broken += [finding for finding in found if finding.is_error]
        for finding in found:
            self._say(str(finding), _severity(finding), urn)

    def _say(self, text: str, severity: Any, urn: str = "") -> None:
        self._engine.Log(engine_pb2.LogRequest(severity=severity, message=text, urn=urn))


def _severity(finding: Finding) -> Any:
    if finding.waiver:
        return engine_pb2.INFO
    return engine_pb2.ERROR if finding.is_error else engine_pb2.WARNING


def _sum_up(broken: list[Finding]) -> str:
    rules = sorted({finding.rule.id for finding in broken})
    count = "a rule is broken" if len(rules) == 1 else f"{len(rules)} rules are broken"
    places = "in one place" if len(broken) == 1 else f"in {len(broken)} places"
    advice = "docs/rules.md explains each; what can't be mended now is waived in city.waivers, with a reason and a day"
    return f"{count} {places}: {', '.join(rules)}\n    {advice}"


def _environment() -> dict[str, str]:
    """Give the environment, with where the operator's home is if it isn't said."""
    return {"HOME": str(Path.home()), **os.environ}
