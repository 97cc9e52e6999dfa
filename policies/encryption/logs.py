"""Logs: encrypted where they lie."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import UNKNOWN, Breach, Resource, Rule, law
from simpul.policy.vendor import LOG_STORE


def check(store: Resource) -> Iterator[Breach]:
    """Find a store without encryption."""
    if store.get("encryptConf", "enable") not in (True, UNKNOWN):
        yield Breach("isn't encrypted at rest", "no encryptConf.enable", "Set encryptConf.enable to true.")


RULE = Rule(
    id="encryption-logs",
    title="Logs are encrypted at rest",
    source=law("UU PDP 27/2022 arts 35, 46", "logs tell who did what, which is personal data"),
    looks_at="encryptConf of SLS log stores",
    english="Encrypt every log store.",
    indonesian="Enkripsi setiap penyimpanan log.",
    on=Resource,
    types=(LOG_STORE,),
    check=check,
)
