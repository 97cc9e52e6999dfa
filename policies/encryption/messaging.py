"""Messages: every door of the messaging server speaks TLS."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import UNKNOWN, Breach, Resource, Rule, law
from simpul.policy.vendor import RELEASE

CHART = "charts/messaging"


def check(release: Resource) -> Iterator[Breach]:
    """Find a messaging release without a certificate, and a leaf that goes to its hub in plain text."""
    if release.get("chart") != CHART:
        return
    for part in ("certificate", "key"):
        if not release.get("values", "tls", part):
            yield Breach(f"has no values.tls.{part}, so MQTT and NATS would go in plain text", next="Issue one for it.")
    hub = release.get("values", "hub", "url")
    if hub not in (None, UNKNOWN) and not str(hub).startswith("tls://"):
        yield Breach("goes to its hub in plain text", f'"{hub}"', 'Write "tls://HOST:PORT".')


RULE = Rule(
    id="encryption-messaging",
    title="Messages travel with TLS",
    source=law(
        "UU PDP 27/2022 arts 35, 46; BSSN 4/2021", "data is protected on its way, on the public network above all"
    ),
    looks_at="the values of messaging releases: certificate, key and the hub's address",
    english="Give every messaging server a certificate, and let leaves reach their hub by tls://.",
    indonesian="Beri setiap server pesan sebuah sertifikat, dan hubungkan cabang ke pusat lewat tls://.",
    on=Resource,
    types=(RELEASE,),
    check=check,
)
