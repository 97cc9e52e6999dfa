"""A cloud of its own for each test, driven through its real gRPC service as an engine would."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.cloud.client import Client, serve
from lab.cloud.sample import COUNT, Sampler


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Client]:
    """Serve an empty cloud in Jakarta, with no clusters behind it."""
    with serve(tmp_path / "state") as client:
        yield client


@pytest.fixture(scope="session")
def sampler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sampler]:
    """Serve one cloud to all tests that leave what they find there, with resources that they share."""
    with serve(tmp_path_factory.mktemp("cloud")) as client:
        yield Sampler(client)


@pytest.fixture
def maker(cloud: Client) -> Sampler:
    """Make resources on a cloud that is a test's own."""
    return Sampler(cloud)


@pytest.fixture(autouse=True)
def _tell(request: pytest.FixtureRequest) -> Iterator[None]:
    """Hand what a test counted to the process that tells it."""
    before = COUNT.copy()
    yield
    if driven := COUNT - before:
        request.node.user_properties.append(("facts", dict(driven)))
