"""The operator's machine is lost: from the file that was saved the city is had back, and there is nothing to do."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyrage
import pytest

from e2e.rehearsal import Lab
from simpul.lab.environment import BACKEND, PASSPHRASE, STACK
from simpul.lab.place import STATE

pytestmark = pytest.mark.e2e


def test_a_city_is_had_back_when_the_operators_machine_is_lost(lab: Lab, tmp_path: Path) -> None:
    lab.up()
    endpoints = lab.endpoints()
    key = pyrage.x25519.Identity.generate()
    (tmp_path / "key.txt").write_text(f"{key}\n")
    file = tmp_path / "city.age"
    lab.run("simpul", "stack", "save", "--recipient", str(key.to_public()), "--to", str(file))

    settings = STATE / f"Pulumi.{STACK}.yaml"
    home = Path(lab.variables["PULUMI_HOME"])
    lost = (BACKEND, PASSPHRASE, settings, home)
    for each in lost:
        each.rename(tmp_path / each.name)
    try:
        BACKEND.mkdir()
        home.mkdir()
        lab.run("simpul", "stack", "restore", str(file), "--identity", str(tmp_path / "key.txt"))
        lab.pulumi("preview", "--expect-no-changes")
        assert lab.endpoints() == endpoints
        assert lab.settles()
    except BaseException:
        for each in lost:  # the next test has the machine as it was
            shutil.rmtree(each) if each.is_dir() else each.unlink(missing_ok=True)
            shutil.move(tmp_path / each.name, each)
        raise
