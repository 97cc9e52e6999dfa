"""A change of one field updates or makes anew exactly what the vendor's schema says, of every component.

The stand-in's plugin is asked as an engine asks it, over gRPC, with what the program registers before and after.
test_preview.py shows of a handful that this is what an engine says.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cloud import change
from cloud.change import Case
from lab.cloud.client import Client, serve
from lab.cloud.fake import FakeBacking
from simpul.recording import Recording, record

CASES = change.cases()
TAGS_ALONE = {"simpul:cloud:Addons", "simpul:cloud:Audit", "simpul:cloud:Cloud", "simpul:cloud:Keys"}
"""Components of which nothing can be declared but for whether they are protected."""


@pytest.fixture(scope="module")
def before() -> Recording:
    return record(change.declare())


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with serve(tmp_path_factory.mktemp("cloud"), FakeBacking()) as client:
        yield client


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_a_change_does_what_the_schema_says(case: Case, before: Recording, cloud: Client) -> None:
    after = record(change.declare(case.set))
    effects = change.by_plugin(cloud, before, after)
    assert effects == change.by_schema(before, after)
    assert effects == case.expect(before)


def test_every_component_has_a_change(before: Recording) -> None:
    components = {each.name: each.type for each in before.resources if each.type.startswith("simpul:cloud:")}
    parents = {change.name(each): components[each.parent] for each in before.resources if change.is_cloud(each)}
    explicit = [case for case in CASES if change.TAGGED not in case.effects.get("update", ())]
    touched = {parents[each] for case in explicit for each in case.expect(before) if each in parents}
    assert set(components.values()) - touched == TAGS_ALONE, "give it a case in tests/cloud/change.yaml"
