"""`make bench [ARGS=NAME...]`: measure Simpul beside what one would do without it, as a Markdown table.

In: the names of some cases, none for all. Out: a row for each, the median of several runs with the fastest and the
slowest. Nothing is asserted of a time: machines differ, and so do their moods.
"""

from __future__ import annotations

import os
import sys
import time

from bench import declaration, estate, host, messaging
from bench.measure import Row, header, line

CASES = {
    "hosts": host.compare_runs,
    "declaration": declaration.compare_reading,
    "nothing": host.compare_nothing,
    "estate": estate.compare_programs,
    "rules": estate.compare_rules,
    "messaging": messaging.compare_lines,
}
ROOT_ALONE = {"messaging"}
"""What lays a line of its own; without root it is left out of all."""


def main(names: list[str]) -> int:
    """Run the cases `names`; return the exit code."""
    unknown = sorted(set(names) - set(CASES))
    if unknown:
        sys.stderr.write(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(CASES)}\n")
        return 2
    begun = time.monotonic()
    sys.stdout.write(f"{header()}\n")
    possible = [name for name in CASES if os.geteuid() == 0 or name not in ROOT_ALONE]
    for name in names or possible:
        for row in CASES[name]():
            _print(row)
    sys.stdout.write(f"\n{os.cpu_count()} processors, {time.monotonic() - begun:.0f} s in all\n")
    return 0


def _print(row: Row) -> None:
    sys.stdout.write(f"{line(row)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
