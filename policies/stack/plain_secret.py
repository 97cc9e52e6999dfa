"""The stack's configuration: secrets are encrypted there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from simpul.policy import Breach, Rule, Stack, law

NAMES = re.compile(r"password|passwd|secret|token|private|credential|accesskey", re.IGNORECASE)


def check(stack: Stack) -> Iterator[Breach]:
    """Find keys that sound like secrets and stand in plain text."""
    for key, is_secret in stack.config.items():
        if not is_secret and NAMES.search(key):
            yield Breach("has a secret in plain text in its configuration", key, f"pulumi config set --secret {key}")


RULE = Rule(
    id="stack-plain-secret",
    title="The stack's configuration has no secret in plain text",
    source=law("UU PDP 27/2022 arts 35, 39", "the file is in a repository, and many read it"),
    looks_at="the names of the stack's configuration, and whether each is encrypted",
    english="Encrypt secrets in the stack's configuration.",
    indonesian="Enkripsi rahasia dalam konfigurasi stack.",
    unwaivable="the file is read by many, and a secret is set anew in a minute",
    on=Stack,
    check=check,
)
