"""One command changes the lab at a time.

In: nothing. Out: a block that no other `simpul lab up` or `down` on this machine runs beside.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from simpul.errors import OutsideError
from simpul.lab.place import LOCK
from simpul.lab.prerequisite import refuse_others


@contextmanager
def alone() -> Iterator[None]:
    """Hold the lab's lock, which the kernel takes back when its holder dies.

    Raises OutsideError when another holds it, or for a user who can't have a lab.
    """
    refuse_others()
    with LOCK.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OutsideError.at(
                "lab", "another command is bringing it up or down", next=f"wait for it, or see who: fuser -v {LOCK}"
            ) from None
        yield
