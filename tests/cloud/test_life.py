"""The cloud side's whole life on a real engine, in each profile: planned, made, left alone, taken away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pulumi import automation

from cloud.engine import balikpapan, open_stack, removable, run
from lab.cloud.client import Client, serve
from lab.cloud.fake import FakeBacking
from simpul.city import City

SECRETS = {"accountPassword", "password", "psk"}
"""What the vendor calls them."""


def declare(profile: str) -> City:
    """Give Balikpapan in `profile`, with a third zone where the profile wants one; it may go again."""
    city = removable(balikpapan())
    zones = tuple(f"ap-southeast-5{letter}" for letter in ("abc" if profile == "large" else "ab"))
    return city.model_copy(update={"cloud": city.cloud.model_copy(update={"profile": profile, "zones": zones})})


def make(stack: automation.Stack) -> None:
    """Preview, make it, and see that a second run finds nothing to do; nothing warns of anything."""
    planned = run(stack.preview)
    assert (planned.said, planned.done) == ([], {"create"})

    made = run(stack.up)
    assert (made.said, made.steps) == ([], planned.steps), "what is made is what was planned"

    again = run(stack.up)
    assert (again.said, again.done) == ([], {"same"})
    assert again.steps.keys() == made.steps.keys()


def assert_encrypted(cloud: Client, folder: Path) -> None:
    """See that nothing secret that the cloud was told lies plain in the state, its copies or its history."""
    secrets = {secret for record in cloud.estate.store.all() for secret in find_secrets(record.inputs)}
    assert len(secrets) >= 5
    files = [path for path in (folder / "backend").rglob("*") if path.is_file()]
    assert len(files) > 3
    plain = {path.name for path in files for secret in secrets if secret in path.read_text(errors="replace")}
    assert plain == set()


def find_secrets(value: Any) -> Iterator[str]:
    """Yield what lies anywhere in `value` under a name of a secret."""
    if isinstance(value, dict):
        for key, each in value.items():
            if key in SECRETS and isinstance(each, str):
                yield each
            else:
                yield from find_secrets(each)
    elif isinstance(value, list):
        for each in value:
            yield from find_secrets(each)


@pytest.mark.engine
@pytest.mark.parametrize("profile", ["small", "standard", "large"])
def test_a_city_s_cloud_comes_stays_and_goes(profile: str, tmp_path: Path) -> None:
    with serve(tmp_path / "cloud", FakeBacking()) as cloud:
        stack = open_stack(cloud, tmp_path, declare(profile))
        make(stack)
        assert_encrypted(cloud, tmp_path)

        gone = run(stack.destroy)
        assert (gone.said, gone.done) == ([], {"delete"})
        assert cloud.estate.store.all() == []


@pytest.mark.engine
def test_a_city_comes_and_stays_as_it_is_declared(tmp_path: Path) -> None:
    """What the declaration protects can't go again, so that this one is thrown away with its cloud."""
    with serve(tmp_path / "cloud", FakeBacking()) as cloud:
        make(open_stack(cloud, tmp_path, balikpapan()))
