"""The stack as `pulumi` tells of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from simpul.errors import CityError, OutsideError
from simpul.status import stack
from status.conftest import City
from status.world import ALICLOUD, World


def test_the_outputs_and_the_cloud_s_resources_are_read(city: City) -> None:
    state = stack.read()
    assert state.outputs == city.outputs
    assert state.cloud_resources == 2
    assert city.world.asked == [
        "stack output --json --show-secrets --non-interactive",
        "stack export --non-interactive",
    ]


@pytest.mark.parametrize("types", [[], ["pulumi:pulumi:Stack", ALICLOUD]], ids=["destroyed", "cut off"])
def test_a_stack_without_a_city_says_what_to_do(world: World, types: list[str]) -> None:
    world.set_stack({}, types)
    with pytest.raises(CityError) as caught:
        stack.read()
    assert str(caught.value) == "stack: has no city yet, or it was destroyed (got 0 outputs)\n    pulumi up"


def test_a_stack_that_never_ran_has_no_resources_at_all(world: World, tmp_path: Path) -> None:
    world.set_stack({}, [])
    (tmp_path / "export.json").write_text('{"version": 3, "deployment": {}}')
    with pytest.raises(CityError, match="has no city yet"):
        stack.read()


def test_what_pulumi_says_when_it_fails_is_told(world: World) -> None:
    world.refuse("error: no stack selected; please use `pulumi stack select`\n")
    with pytest.raises(OutsideError) as caught:
        stack.read()
    [problem] = caught.value.problems
    assert problem.got == "error: no stack selected; please use `pulumi stack select`"
    assert problem.next is not None
    assert "pulumi stack select STACK" in problem.next


def test_no_pulumi_at_all_is_an_error_with_the_next_step(world: World, tmp_path: Path) -> None:
    (tmp_path / "programs" / "pulumi").unlink()
    with pytest.raises(OutsideError, match=r"pulumi: isn't on PATH\n.*simpul lab env"):
        stack.read()
