"""People who log in: with a second factor."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import UNKNOWN, Breach, Resource, Rule, law


def check(login: Resource) -> Iterator[Breach]:
    """Find a login by password alone."""
    if login.get("mfaBindRequired") not in (True, UNKNOWN):
        yield Breach("logs in by a password alone", "no mfaBindRequired", "Set mfaBindRequired to true.")


RULE = Rule(
    id="privilege-login",
    title="Logging in takes a second factor",
    source=law("BSSN 4/2021", "administrators of systems of government show a second factor"),
    looks_at="mfaBindRequired of RAM users' logins",
    english="Ask everybody who logs in for a second factor.",
    indonesian="Wajibkan faktor kedua bagi setiap orang yang masuk.",
    on=Resource,
    types=("alicloud:ram/loginProfile:LoginProfile",),
    check=check,
)
