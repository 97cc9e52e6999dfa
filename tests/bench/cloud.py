"""A cloud in a process of its own: `python -m bench.cloud FOLDER` prints its port, and serves until its input ends.

It is the stand-in as the tests have it: behind its clusters stands nothing.
"""

from __future__ import annotations

import sys
from pathlib import Path

from lab.cloud.client import serve
from lab.cloud.fake import FakeBacking

if __name__ == "__main__":
    with serve(Path(sys.argv[1]), FakeBacking()) as cloud:
        sys.stdout.write(f"{cloud.port}\n")
        sys.stdout.flush()
        sys.stdin.read()
