"""The lab of these tests: brought up once, taken down at the end unless it was up before."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator

import pytest

from e2e.rehearsal import Lab, bring_up
from simpul.lab import environment
from simpul.project import ROOT


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    was_up = environment.CLOUD_PORT.exists()
    try:
        bring_up()
        yield Lab({**os.environ, **environment.variables()})
    finally:
        if not was_up:
            subprocess.run(["simpul", "lab", "down"], cwd=ROOT, check=True, timeout=300)
