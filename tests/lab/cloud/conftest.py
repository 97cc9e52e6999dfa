"""A cloud of its own for each test, driven through its real gRPC service as an engine would."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from lab.cloud.client import Client, serve


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Client]:
    """Serve an empty cloud in Jakarta, with no clusters behind it."""
    with serve(tmp_path / "state") as client:
        yield client
