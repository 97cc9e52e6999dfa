"""What an engine says of changes is what the vendor's schema makes of them: the cases of change.yaml that ask for one.

The city is as it is declared, protected: it comes and stays, and is thrown away with its cloud, for it can't go again.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from pulumi.automation import CommandError

from cloud import change
from cloud.change import Effect
from cloud.engine import Course, declare, make, open_stack, run
from lab.cloud.client import Client, serve
from lab.cloud.fake import FakeBacking
from simpul.lab.cloud.store import Record
from simpul.provider.urn import type_of
from simpul.recording import Recording, record

CONSENT = {"reason": "the test looks at what comes of it", "ends": "9999-12-31"}

ANEW = ("replace", "create-replacement", "delete-replaced")
"""The engine's steps for a resource that is made anew."""


@pytest.fixture(scope="module")
def before() -> Recording:
    return record(change.declare())


@pytest.mark.engine
def test_a_preview_says_what_the_schema_does(tmp_path: Path, before: Recording) -> None:
    """What would be lost is told by name and stops the preview; where the declaration names it, the preview passes."""
    with serve(tmp_path / "cloud", FakeBacking()) as cloud:
        stack = open_stack(cloud, tmp_path, change.declare())
        make(stack)
        for case in change.cases():
            expected = case.expect(before) | case.following
            guarded = change.guarded(before, expected)
            if not case.engine and not guarded:
                continue
            stack.workspace.program = declare(change.declare(case.set))
            if guarded:
                course = Course()
                with pytest.raises(CommandError):
                    run(stack.preview, course)
                told = {each for each in guarded if any(f':{named(each)}"' in words for words in course.said)}
                assert (case.what, told) == (case.what, guarded)
                stack.workspace.program = declare(change.declare(consent(guarded)))
                run(stack.up)
                left = {each for each in guarded if expected[each] != "delete"}
                stack.workspace.program = declare(change.declare({**case.set, **consent(left)}))
            held = all_of(cloud)
            course = run(stack.preview)
            assert (case.what, all_of(cloud)) == (case.what, held), "a preview changes nothing"
            assert (case.what, course.said) == (case.what, [])
            assert (case.what, steps(course.steps)) == (case.what, expected)
            if guarded:
                stack.workspace.program = declare(change.declare())
                run(stack.up)


def all_of(cloud: Client) -> list[Record]:
    """Return all that the cloud holds, as it is."""
    return cloud.estate.store.all()


def consent(told: set[str]) -> dict[str, object]:
    """Return the change of the declaration that lets go the resources that are `told`."""
    names = sorted({each.partition(" ")[2] for each in told})
    return {"cloud.replace": [{**CONSENT, "name": name} for name in names]}


def named(told: str) -> str:
    """Return how a URN ends for a resource that is told as here."""
    kind, _, own = told.partition(" ")
    return f"{kind.partition('.')[2]}::{own}"


def steps(done: dict[str, str]) -> Effect:
    """Give what an engine did to the vendor's resources, but for what it left the same."""
    return {
        change.call(type_of(urn), urn.rpartition("::")[2]): "replace" if step in ANEW else step
        for urn, step in done.items()
        if "alicloud:" in urn and "pulumi:providers:" not in urn and step != "same"
    }
