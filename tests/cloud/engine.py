"""Stacks of the cloud side alone on a real engine, against the stand-in: nothing of it reaches a declared host.

In: the stand-in as `lab.cloud.client.serve` gives it, and a city. Out: stacks, and what a run of one did and said.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pulumi
from pulumi import automation
from pulumi.automation.events import EngineEvent, OpType

import vault
from lab.cloud.client import Client
from provider.engine import be_brief, command, counts, environment
from simpul.city import City, load, plan
from simpul.cloud import Cloud, find
from simpul.project import ROOT

CHECKPOINTS: Final = "PULUMI_SKIP_CHECKPOINTS"
"""Whether the engine writes its state at the end of a run alone, as here, which saves a third of its time."""


def balikpapan() -> City:
    """Give the project's own city."""
    return load(ROOT / "Pulumi.balikpapan.yaml")


def removable(city: City) -> City:
    """Give `city` with nothing protected: it may go again."""
    return city.model_copy(update={"cloud": city.cloud.model_copy(update={"protect": False})})


def open_stack(cloud: Client, folder: Path, city: City, name: str = "balikpapan") -> automation.Stack:
    """Make the stack `name` of the cloud side of `city`, its state and home in `folder`."""
    for part in ("home", "backend"):
        (folder / part).mkdir(exist_ok=True)
    plugin = {"name": "simpul", "path": str(ROOT / "infra" / "simpul" / "provider")}
    project = {"name": "simpul", "runtime": "python", "main": str(folder), "plugins": {"providers": [plugin]}}
    (folder / "Pulumi.yaml").write_text(json.dumps(project))
    (folder / f"Pulumi.{name}.yaml").write_text(json.dumps({"config": {"alicloud:region": "ap-southeast-5"}}))
    variables = {
        **environment(),
        "PULUMI_BACKEND_URL": f"file://{folder / 'backend'}?metadata=skip",  # or a kill leaves them unreadable
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_DEBUG_PROVIDERS": f"alicloud:{cloud.port}",
        "PULUMI_EXPERIMENTAL": "true",
        CHECKPOINTS: "true",
    }
    options = automation.LocalWorkspaceOptions(
        env_vars=variables, work_dir=str(folder), pulumi_command=command(), secrets_provider=vault.PROVIDER
    )
    stack = automation.create_stack(name, project_name="simpul", program=declare(city), opts=options)
    be_brief(stack)
    return stack


def declare(city: City) -> Callable[[], None]:
    """Give the program of the cloud side of `city`."""

    def program() -> None:
        estate = Cloud(city, plan(city), find(city)).estate
        pulumi.export("stays", [each.export() for each in estate.stays])

    return program


@dataclass
class Course:
    """What the engine tells of a run: `on_event` is for it; the rest is what came of it."""

    said: list[str] = field(default_factory=list)
    """Warnings and errors, whoever gave them."""

    steps: dict[str, str] = field(default_factory=dict)
    """What was done to each resource, by its URN."""

    changes: dict[str, int] = field(default_factory=dict)
    """How many resources were created, updated and so on."""

    def on_event(self, event: EngineEvent) -> None:
        """Keep what counts of an event."""
        diagnostic = event.diagnostic_event
        if diagnostic is not None and diagnostic.severity in ("warning", "error"):
            self.said.append(diagnostic.message)
        if event.resource_pre_event is not None:
            metadata = event.resource_pre_event.metadata
            self.steps[metadata.urn] = OpType(metadata.op).value
        if event.summary_event is not None:
            self.changes = counts(event.summary_event)

    @property
    def done(self) -> set[str]:
        """Give the kinds of steps that there were."""
        return set(self.steps.values())


def make(stack: automation.Stack) -> None:
    """Preview, make it, and see that a second run finds nothing to do; nothing warns of anything."""
    planned = run(stack.preview)
    assert (planned.said, planned.done) == ([], {"create"})

    made = run(stack.up)
    assert (made.said, made.steps) == ([], planned.steps), "what is made is what was planned"

    again = run(stack.up)
    assert (again.said, again.done) == ([], {"same"})
    assert again.steps.keys() == made.steps.keys()


def run(work: Callable[..., Any], course: Course | None = None, **options: Any) -> Course:
    """Do `work` (a stack's preview, up, destroy) with `options`; give its course, which `course` keeps if it fails."""
    course = course or Course()
    work(on_event=course.on_event, **options)
    return course
