"""The declared times: the record of who did what is kept for as long as logs."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import Breach, Declaration, Rule, choice


def check(declaration: Declaration) -> Iterator[Breach]:
    """Find an audit record that is shorter than the logs that explain it."""
    kept = declaration.city.retention
    if kept.audit_days < kept.logs_days:
        got = f"audit_days {kept.audit_days}, logs_days {kept.logs_days}"
        yield Breach("keeps the record of who did what for less long than logs", got, "Raise retention.audit_days.")


RULE = Rule(
    id="retention-declared",
    title="The record of who did what outlives the logs",
    source=choice("no law names a number, so the city declares one; logs without the record can't be told apart"),
    looks_at="retention of the declaration",
    english="Keep the audit record at least as long as logs.",
    indonesian="Simpan catatan audit minimal selama log.",
    on=Declaration,
    check=check,
)
