"""What an engine says of changes is what the vendor's schema makes of them: the cases of change.yaml that ask for one.

The city is as it is declared, protected: it comes and stays, and is thrown away with its cloud, for it can't go again.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from cloud import change
from cloud.change import Effect
from cloud.engine import declare, make, open_stack, run
from lab.cloud.client import serve
from lab.cloud.fake import FakeBacking
from simpul.provider.urn import type_of
from simpul.recording import Recording, record

ANEW = ("replace", "create-replacement", "delete-replaced")
"""The engine's steps for a resource that is made anew."""


@pytest.fixture(scope="module")
def before() -> Recording:
    return record(change.declare())


@pytest.mark.engine
def test_a_preview_says_what_the_schema_does(tmp_path: Path, before: Recording) -> None:
    with serve(tmp_path / "cloud", FakeBacking()) as cloud:
        stack = open_stack(cloud, tmp_path, change.declare())
        make(stack)
        for case in (case for case in change.cases() if case.engine):
            stack.workspace.program = declare(change.declare(case.set))
            course = run(stack.preview)
            follows = {each: effect for effect, names in case.follows.items() for each in names}
            assert (case.what, course.said) == (case.what, [])
            assert (case.what, steps(course.steps)) == (case.what, case.expect(before) | follows)


def steps(done: dict[str, str]) -> Effect:
    """Give what an engine did to the vendor's resources, but for what it left the same."""
    return {
        change.call(type_of(urn), urn.rpartition("::")[2]): "replace" if step in ANEW else step
        for urn, step in done.items()
        if "alicloud:" in urn and "pulumi:providers:" not in urn and step != "same"
    }
