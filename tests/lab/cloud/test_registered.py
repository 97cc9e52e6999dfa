"""What the program registers, in each profile, against the vendor's facts: known here, and nothing on its way out."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import pytest

from cloud.change import declare
from lab.cloud.client import Client
from lab.cloud.used import USED
from simpul.recording import Registered, record

PROFILES: Final = ("small", "standard", "large")


LARGE: Final[dict[str, Any]] = {
    "cloud.zones": [f"ap-southeast-5{letter}" for letter in "abc"],
    "cloud.api": {"public": True, "allow": ["203.0.113.0/28", "198.51.100.7/32"]},
}
"""What a large city has besides: a third zone, as it must, and a gate to its API, as it may."""


@cache
def registered(profile: str) -> list[Registered]:
    """Give the vendor's resources that the program registers."""
    changed = {"cloud.profile": profile, **(LARGE if profile == "large" else {})}
    return [each for each in record(declare(changed)).resources if each.type.startswith("alicloud:")]


@pytest.mark.parametrize("profile", PROFILES)
def test_every_type_that_the_program_registers_is_driven(profile: str) -> None:
    assert {each.type for each in registered(profile)} <= set(USED)


@pytest.mark.parametrize("profile", PROFILES)
def test_what_the_program_registers_passes_without_a_warning(cloud: Client, profile: str) -> None:
    said = {}
    for each in registered(profile):
        failures = cloud.check(each.type, each.inputs).failures
        said[each.name] = [*failures, *cloud.log.lines]
        cloud.log.lines.clear()
    assert len(said) > 20
    assert {name: words for name, words in said.items() if words} == {}
