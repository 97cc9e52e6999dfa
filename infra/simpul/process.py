"""Which process an id means: ids are given again, so a record keeps when its process began."""

from __future__ import annotations

from pathlib import Path


def read_beginning(pid: int) -> str | None:
    """Give when the process began, in the kernel's ticks since boot (proc(5), stat field 22); None if it has ended."""
    try:
        # The name before the last bracket may hold anything.
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else fields[19]
