"""Hosts: nobody logs in as root."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import Breach, Machine, Rule, choice


def check(machine: Machine) -> Iterator[Breach]:
    """Find a host that is reached as root."""
    if machine.host.user == "root":
        advice = "Use a user of its own, who may become root with sudo: its log tells who did what."
        yield Breach("is reached as root", "user root", advice)


RULE = Rule(
    id="host-user",
    title="Nobody logs in to a host as root",
    source=choice("sudo tells who became root and for what; a login as root tells nothing"),
    looks_at="user of hosts",
    english="Reach hosts as a user of their own who may become root with sudo.",
    indonesian="Akses host sebagai pengguna biasa yang boleh memakai sudo.",
    on=Machine,
    check=check,
)
