"""What opens the state's secrets: held by the city, not by a service abroad."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import UNKNOWN, Breach, Rule, Stack, law

OWN = ("passphrase", "hashivault://")


def check(stack: Stack) -> Iterator[Breach]:
    """Find a provider that isn't the city's own."""
    provider = stack.secrets_provider
    if provider is not UNKNOWN and not str(provider).startswith(OWN):
        advice = "pulumi stack change-secrets-provider passphrase"
        yield Breach("lets a service abroad hold the key of its secrets", f'"{provider}"', advice)


RULE = Rule(
    id="residency-secrets",
    title="The city itself holds the key of its secrets",
    source=law("PP 71/2019 art 20(2)", "who holds the key can read a public system's data, and must be onshore"),
    looks_at="the secrets provider of the stack",
    english="Encrypt the stack's secrets with a passphrase or a vault of the city's own.",
    indonesian="Enkripsi rahasia stack dengan frasa sandi atau brankas milik kota sendiri.",
    unwaivable="what was abroad can't be called back",
    on=Stack,
    check=check,
)
