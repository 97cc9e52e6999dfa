"""What a site kept, over a slow line to its hub, beside a plain connection that carries as many bytes. Needs root.

The line is a pair of virtual cards that the kernel's tbf shapes, each way; the hub and the leaf are the image's program
as the chart configures it. Reports are random letters and digits, stored before the hub starts.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.measure import Row
from charts.messaging.rendering import CHART
from charts.messaging.server import wait
from charts.messaging.slow import HUB, NAMESPACE, Line, keep, lay, line
from simpul.image.build import gather

CASES = ((64, 1000, 200), (64, 3, 250_000), (256, 1000, 1024), (256, 4000, 1024), (1000, 8000, 1024))
"""Kilobits a second, how many reports, and the bytes of each."""

SEND = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2]))).sendall(bytes(int(sys.argv[3])))"


def compare_lines() -> Iterator[Row]:
    """Draw the reports of each case, and send as many bytes by TCP alone."""
    programs = gather(CHART / "image", print) / "bin"
    for kilobits, count, size in CASES:
        what = f"{kilobits} kbit/s: {count} reports of {size} bytes"
        with tempfile.TemporaryDirectory() as folder, lay(programs, Path(folder)) as way:
            keep(way, count, size)
            way.line.limit(kilobits)
            before, begun = way.line.sent(), time.perf_counter()
            way.hub.start()
            wait(lambda way=way, count=count: way.hub.count("reports.>") == count, "the reports", 600)  # type: ignore[misc]
            taken, cost = time.perf_counter() - begun, (way.line.sent() - before) / count / size
        yield Row(what, f"the hub draws them: {cost:.2f} bytes on the line for each of theirs", (taken,))
        with line() as plain:
            yield Row(what, "as many bytes by TCP", (_send(plain, kilobits, count * size),))


def _send(plain: Line, kilobits: int, size: int) -> float:
    """Give the seconds in which a plain connection carries `size` bytes."""
    plain.limit(kilobits)
    with socket.create_server((HUB, 0)) as server:
        port = server.getsockname()[1]
        command = ["ip", "netns", "exec", NAMESPACE, sys.executable, "-c", SEND, HUB, str(port), str(size)]
        begun = time.perf_counter()
        with subprocess.Popen(command):
            connection, _ = server.accept()
            with connection:
                while connection.recv(65536):
                    pass
        return time.perf_counter() - begun
