"""Hosts: SSH on its own port, or out of other services' way."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import Breach, Machine, Rule, choice

SSH = 22
FIRST_FREE = 1024


def check(machine: Machine) -> Iterator[Breach]:
    """Find SSH on a port of another service's."""
    port = machine.host.port
    if port != SSH and port < FIRST_FREE:
        yield Breach("has SSH on a port that is another service's", f"port {port}", "Use 22, or a port from 1024 on.")


RULE = Rule(
    id="host-port",
    title="SSH is where one looks for it, or out of other services' way",
    source=choice("ports below 1024 have owners (RFC 6335); SSH on one of them hides from audits and meets them"),
    looks_at="port of hosts",
    english="Let SSH listen on 22 or on a port from 1024 on.",
    indonesian="Jalankan SSH pada porta 22 atau porta mulai 1024.",
    on=Machine,
    severity="warning",
    check=check,
)
