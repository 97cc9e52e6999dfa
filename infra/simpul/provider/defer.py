"""Putting off what can't be reached now, for as long as its link allows.

In go how many days are allowed and since when it has been out of reach; out comes that moment for the state, or
the error goes on when it has been too long.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from simpul.errors import OutsideError, Problem
from simpul.provider.kind import Log


def defer(error: OutsideError, *, days: int, since: str, log: Log) -> str:
    """Say in `log` that it is put off and return since when; raise `error` when that isn't allowed any more."""
    first = error.problems[0]
    if not days:
        raise error
    now = datetime.now(UTC)
    if since and now - datetime.fromisoformat(since) > timedelta(days=days):
        what = f"{first.what}, since {since}: longer than the {days} days that its link allows"
        raise OutsideError(Problem(first.where, what, first.got, first.next)) from error
    log.alert(f"{first}\n    put off: its link allows {days} days offline, and the next pulumi up catches up")
    return since or now.isoformat(timespec="seconds")
