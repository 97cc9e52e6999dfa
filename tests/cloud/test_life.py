"""The whole life of a rehearsal's cloud side on a real engine: planned, made, left alone, taken away, all of it.

What is protected goes in test_cities.py, as docs/run-a-city.md says.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cloud.engine import balikpapan, make, open_stack, removable, run
from lab.cloud.client import Client, serve
from lab.cloud.fake import FakeBacking

SECRETS = {"accountPassword", "password", "psk"}
"""What the vendor calls them."""


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
def test_a_rehearsal_comes_and_stays_with_its_secrets_encrypted_and_goes_whole(tmp_path: Path) -> None:
    city = removable(balikpapan())
    small = city.model_copy(update={"cloud": city.cloud.model_copy(update={"profile": "small"})})
    with serve(tmp_path / "cloud", FakeBacking()) as cloud:
        stack = open_stack(cloud, tmp_path, small)
        make(stack)
        assert_encrypted(cloud, tmp_path)

        gone = run(stack.destroy)
        assert (gone.said, gone.done) == ([], {"delete"})
        assert cloud.estate.store.all() == []
