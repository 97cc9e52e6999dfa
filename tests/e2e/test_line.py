"""Reports over a line of 64 and of 256 kbit/s: all arrive, once and in order, at little more than their own bytes.

The hub and the site's leaf run as processes, the leaf in a network namespace; no lab is needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from charts.messaging.rendering import CHART
from charts.messaging.server import wait
from charts.messaging.slow import Way, keep, lay
from simpul.image.build import gather

pytestmark = pytest.mark.e2e

OVERHEAD = 1.6
"""Bytes on the line for each of a report's, at most: what a report of 200 bytes costs, and some more."""


@pytest.fixture
def way(tmp_path: Path) -> Iterator[Way]:
    with lay(gather(CHART / "image", print) / "bin", tmp_path) as made:
        yield made


@pytest.mark.parametrize(
    ("kilobits", "count", "size"),
    [(64, 1000, 200), (256, 1000, 1024), (64, 1, 250_000)],
    ids=["64 kbit, small ones", "256 kbit, larger ones", "64 kbit, one of the largest size"],
)
def test_all_that_a_site_kept_crosses_a_slow_line_once(way: Way, kilobits: int, count: int, size: int) -> None:
    kept = keep(way, count, size)
    way.line.limit(kilobits)
    before = way.line.sent()
    way.hub.start()
    wait(lambda: way.hub.count("reports.>") == count, "the reports")
    sent = way.line.sent() - before
    assert way.hub.reports("reports.>") == kept
    assert sent < OVERHEAD * count * size
    for server in (way.hub, way.leaf):
        assert (server.folder / "log").read_text().count("Leafnode connection created") == 1
    wait(lambda: way.leaf.unsent() == 0, "the leaf to know that all is sent")
