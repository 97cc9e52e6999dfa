"""Messages: kept for longer than a site's line may be gone."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import Breach, Machine, Rule, choice


def check(machine: Machine) -> Iterator[Breach]:
    """Find a server of a site that may be offline for longer than it keeps messages."""
    messaging, days = machine.city.workloads.messaging, machine.site.link.offline_days
    if messaging is not None and machine.host.role == "server" and days >= messaging.max_age_days:
        got = f"offline_days {days}, max_age_days {messaging.max_age_days}"
        advice = f"Keep messages for longer than {days} days, or allow fewer days offline."
        yield Breach("would drop messages unsent", got, advice)


RULE = Rule(
    id="retention-messages",
    title="Messages are kept for longer than a site may be offline",
    source=choice("what is dropped before it was sent is lost for good, and nobody is told"),
    looks_at="offline_days of each site beside max_age_days of messaging",
    english="Keep messages at a site for longer than its link may be gone.",
    indonesian="Simpan pesan di kantor lebih lama dari masa luring yang diizinkan.",
    on=Machine,
    check=check,
)
