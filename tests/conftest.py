"""What holds for whatever tests there are in a run: what is closed after one, what is told at the end of all."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections import Counter
from collections.abc import Callable, Iterator

import pulumi
import pytest
from hypothesis import HealthCheck, settings
from pulumi.automation._server import LanguageServer
from pulumi.runtime import resource
from pulumi.runtime.proto import source_pb2

from provider.engine import until
from simpul.garbage import look_seldom


def pytest_configure() -> None:
    """Spare what no test looks at, and assert no time: a machine may be busy when hypothesis draws a value.

    A run holds so much from its beginning to its end that looking for garbage is a lot of work; the SDK sends the
    engine a thousand lines of debugging for a city, each by a call of its own; and it writes down for each resource
    who called whom, which is a tall stack under pytest, and half of a state.
    """
    settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("untimed")
    look_seldom()
    pulumi.log.debug = lambda *_, **__: None
    resource._get_stack_trace = source_pb2.StackTrace


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, or one worker would be at it at the end while the others have nothing to do."""
    items.sort(key=lambda item: not any(item.iter_markers("long")) and not any(item.iter_markers("engine")))


def pytest_collection_finish() -> None:
    """Take what was imported and collected for no garbage, whatever else is."""
    gc.freeze()


@pytest.fixture(autouse=True)
def _ended_programs(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """See a test's programs to their end, and close the event loops that they leave open when a run fails.

    The Automation API runs a program in a thread of its own and doesn't wait for one whose engine has gone; a loop that
    nobody closed would be warned of later.
    """
    if request.node.get_closest_marker("engine") is None:
        yield
        return
    running: set[int] = set()
    loops: list[asyncio.AbstractEventLoop] = []
    run: Callable[..., object] = LanguageServer.Run
    make = asyncio.new_event_loop

    def follow(*call: object) -> object:
        running.add(threading.get_ident())
        try:
            return run(*call)
        finally:
            running.discard(threading.get_ident())

    def record() -> asyncio.AbstractEventLoop:
        loop = make()
        if threading.current_thread() is not threading.main_thread():
            loops.append(loop)
        return loop

    monkeypatch.setattr(LanguageServer, "Run", follow)
    monkeypatch.setattr(asyncio, "new_event_loop", record)
    yield
    until(lambda: not running)
    for loop in loops:
        loop.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell how many of the vendor's facts were driven, by kind; workers hand the numbers over in their reports."""
    counts: Counter[str] = Counter()
    for report in (each for reports in terminalreporter.stats.values() for each in reports):
        if getattr(report, "when", "") == "teardown":
            counts.update(dict(report.user_properties).get("facts", {}))
    if counts:
        facts = ", ".join(f"{number} {name}" for name, number in sorted(counts.items()))
        terminalreporter.write_line(f"alicloud: {counts.total()} facts driven ({facts})")
