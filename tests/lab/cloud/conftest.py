"""A cloud of its own for each test, driven through its real gRPC service as an engine would."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.cloud.client import Client, serve
from lab.cloud.sample import COUNT


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Client]:
    """Serve an empty cloud in Jakarta, with no clusters behind it."""
    with serve(tmp_path / "state") as client:
        yield client


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell how many of the vendor's facts were driven."""
    if COUNT:
        facts = ", ".join(f"{number} {name}" for name, number in sorted(COUNT.items()))
        terminalreporter.write_line(f"alicloud: {sum(COUNT.values())} facts driven ({facts})")
