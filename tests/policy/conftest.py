from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lab.cloud.client import serve
from lab.cloud.fake import FakeBacking
from policy.project import Project


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Callable[..., Project]]:
    """Make a project whose cloud is the stand-in; what is given changes its city."""
    (tmp_path / "project").mkdir()
    with serve(tmp_path / "cloud", FakeBacking()) as cloud:

        def make(**city: Any) -> Project:
            return Project.make(tmp_path / "project", cloud.port, **city)

        yield make
