"""Sites: for how long one may be out of reach is within what can be answered for."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import Breach, Machine, Rule, choice

MOST_DAYS = 14


def check(machine: Machine) -> Iterator[Breach]:
    """Find a site that may be out of reach for longer."""
    days = machine.site.link.offline_days
    if machine.host.role == "server" and days > MOST_DAYS:
        advice = f"Allow at most {MOST_DAYS} days."
        yield Breach("may be out of reach for too long", f"offline_days {days}", advice)


RULE = Rule(
    id="host-offline",
    title="A site is out of reach for at most two weeks",
    source=choice("a host that can't be reached gets no fix; two weeks is what a critical one may wait"),
    looks_at="offline_days of each site",
    english="Allow a site at most 14 days offline.",
    indonesian="Izinkan kantor luring paling lama 14 hari.",
    on=Machine,
    check=check,
)
