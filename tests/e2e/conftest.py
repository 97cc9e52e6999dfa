"""The lab of these tests: brought up once, taken down at the end."""

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
    bring_up()
    yield Lab({**os.environ, **environment.variables()})
    subprocess.run(["simpul", "lab", "down"], cwd=ROOT, check=True, timeout=300)
