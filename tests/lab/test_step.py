"""Steps tell what happens to them."""

from __future__ import annotations

import pytest

from simpul.lab.step import Event, step


def test_a_step_tells_its_begin_its_progress_and_its_end() -> None:
    events: list[Event] = []
    with step(events.append, "Network") as progress:
        progress("a bridge")
    assert [(event.kind, event.text) for event in events] == [("begun", ""), ("going", "a bridge"), ("done", "")]


def test_a_step_that_raises_is_told_as_failed_and_the_error_goes_on() -> None:
    events: list[Event] = []
    with pytest.raises(OSError, match="no bridge"), step(events.append, "Network"):
        raise OSError("no bridge")
    assert events[-1].kind == "failed"
