"""What is told at the end of a run, of whatever tests there were in it."""

from __future__ import annotations

from collections import Counter

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell how many of the vendor's facts were driven, by kind; workers hand the numbers over in their reports."""
    counts: Counter[str] = Counter()
    for report in (each for reports in terminalreporter.stats.values() for each in reports):
        if getattr(report, "when", "") == "teardown":
            counts.update(dict(report.user_properties).get("facts", {}))
    if counts:
        facts = ", ".join(f"{number} {name}" for name, number in sorted(counts.items()))
        terminalreporter.write_line(f"alicloud: {counts.total()} facts driven ({facts})")
