"""The cloud side's whole life on a real engine, small and large: planned, made, left alone, taken away.

In the middle, as it is declared, it comes and stays in test_preview.py. What is protected goes as docs/run-a-city.md
says, but for what it names.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest
from pulumi import automation

from cloud.engine import balikpapan, make, open_stack, removable, run
from cloud.engine import declare as run_as
from lab.cloud.client import Client, serve
from lab.cloud.fake import FakeBacking
from simpul.city import City
from simpul.city.cloud import Api
from simpul.lab.cloud.product.oss import BUCKET

SECRETS = {"accountPassword", "password", "psk"}
"""What the vendor calls them."""


def declare(profile: str) -> City:
    """Give Balikpapan in `profile`; a large one has a third zone, as it must, and a gate to its API, as it may."""
    city = removable(balikpapan())
    more: dict[str, Any] = {"profile": profile}
    if profile == "large":
        more |= {"zones": tuple(f"ap-southeast-5{letter}" for letter in "abc")}
        more |= {"api": Api(public=True, allow=(IPv4Network("203.0.113.0/28"), IPv4Network("198.51.100.7/32")))}
    return city.model_copy(update={"cloud": city.cloud.model_copy(update=more)})


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
@pytest.mark.parametrize("profile", ["small", "large"])
def test_a_city_s_cloud_comes_stays_and_goes(profile: str, tmp_path: Path) -> None:
    with serve(tmp_path / "cloud", FakeBacking()) as cloud:
        stack = open_stack(cloud, tmp_path, declare(profile))
        make(stack)
        assert_encrypted(cloud, tmp_path)

        gone = run(stack.destroy)
        assert (gone.said, gone.done) == ([], {"delete"})
        assert cloud.estate.store.all() == []


@pytest.mark.engine
def test_a_protected_city_goes_but_for_what_was_locked_and_all_that_stays_is_named(tmp_path: Path) -> None:
    with serve(tmp_path / "cloud", FakeBacking()) as cloud:
        stack = open_stack(cloud, tmp_path, balikpapan())
        assert run(stack.up).said == []

        stack.workspace.program = run_as(removable(balikpapan()))
        for _ in range(2):
            bared = run(stack.up)
            assert [said for said in bared.said if "pulumi stack output stays" not in said] == []
            assert len(bared.said) == 1
            assert "replace" not in bared.done
        assert bared.done == {"same"}, "a second run finds nothing to do"
        named = {(each["type"], each["id"]) for each in automation.Stack.outputs(stack)["stays"].value}
        assert {type_.rpartition(":")[2] for type_, _ in named} >= {"Bucket", "Vault", "Key", "Network"}

        gone = run(stack.destroy)
        assert gone.said == []
        assert left(cloud) == named


def left(cloud: Client) -> set[tuple[str, str]]:
    """Give type and id of what a cloud holds, but for what is set on a bucket and what the vendor makes by itself."""
    there = [each for each in cloud.estate.store.all() if not each.owner]
    beside = {each.token for each in there if each.token.startswith("alicloud:oss/bucket")} - {BUCKET}
    return {(each.token, each.id) for each in there if each.token not in beside}
