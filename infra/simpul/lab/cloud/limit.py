"""What the vendor's validators refuse, from their own words.

In: a property's `check` (the words its validator says about a value that can't be right) and a value. Out: the words
about this value, or None. Where the words give no rule that a program can apply, only what the facts were read
with, control characters, is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from ipaddress import ip_address, ip_interface
from typing import Any

import yaml

NUMBER = r"(-?\d+(?:\.\d+)?)"
Rule = Callable[[Any, re.Match[str]], bool]


def _passes(parse: Callable[[str], object]) -> Rule:
    def rule(value: Any, _: re.Match[str]) -> bool:
        try:
            parse(str(value))
        except (ValueError, yaml.YAMLError):
            return False
        return True

    return rule


def _between(value: Any, words: re.Match[str]) -> bool:
    return bool(float(words[1]) <= value <= float(words[2]))


def _between_lengths(value: Any, words: re.Match[str]) -> bool:
    return int(words[1]) <= len(value) <= int(words[2])


def _network(value: str) -> None:
    if "/" not in value:
        raise ValueError(value)
    ip_interface(value)


def _day(value: str) -> None:
    datetime.strptime(value, "%Y-%m-%d")  # noqa: DTZ007 a day has no zone


def _timestamp(value: str) -> None:
    datetime.strptime(value, "%Y-%m-%dT%H:%M:%S%z")


def _text(value: Any, _: re.Match[str]) -> bool:
    return not any(ord(letter) < ord(" ") and letter not in "\t\n\r" for letter in str(value))


RULES: tuple[tuple[re.Pattern[str], Rule], ...] = (
    (re.compile(rf"expected FIELD to be in the range \({NUMBER} - {NUMBER}\)"), _between),
    (re.compile(rf"must be between {NUMBER} and {NUMBER} inclusive(?!.*multiple)"), _between),
    (
        re.compile(rf"must be between {NUMBER} and {NUMBER} inclusive.*multiple of {NUMBER}"),
        lambda value, words: _between(value, words) and value % int(words[3]) == 0,
    ),
    (re.compile(rf"expected FIELD to be at least \({NUMBER}\)"), lambda value, words: value >= float(words[1])),
    (re.compile(rf"expected length of FIELD to be in the range \({NUMBER} - {NUMBER}\)"), _between_lengths),
    (re.compile(rf"the legal length range is {NUMBER}~{NUMBER} bytes"), _between_lengths),
    (re.compile(r"contains an invalid JSON"), _passes(json.loads)),
    (re.compile(r"contains an invalid YAML"), _passes(yaml.safe_load)),
    (re.compile(r"to contain a valid IP"), _passes(ip_address)),
    (re.compile(r"must contain a valid CIDR"), _passes(_network)),
    (re.compile(r"must be a numeric string|strconv\.Atoi|convert to int"), _passes(int)),
    (re.compile(r"invalid RFC3339 timestamp"), _passes(_timestamp)),
    (re.compile(r"parsed as date YYYY-MM-DD"), _passes(_day)),
    (re.compile(r"prefix must be '(ecs\.)'"), lambda value, words: str(value).startswith(words[1])),
    (re.compile(r"must start with 'GID-' or 'GID_'"), lambda value, _: str(value).startswith(("GID-", "GID_"))),
    (re.compile(r""), _text),
)

PROBE = re.compile(r"-987654321(?:\.0+)?|\\x01zz|\x01zz|\\x01")
"""The value that the facts were read with; it stands in the vendor's words where a value stands."""


def refuse(words: str, field: str, value: Any) -> str | None:
    """Give the vendor's words about `value` of `field`, None if it would pass."""
    rule, match = next((rule, match) for pattern, rule in RULES if (match := pattern.search(words)))
    if rule(value, match):
        return None
    return PROBE.sub(lambda found: _shown(found[0], str(value)), words.replace("FIELD", field)).strip()


def _shown(probe: str, value: str) -> str:
    """Give `value` as the words had the probe: plain, or in Go's quotes, whole or its first letter."""
    if not probe.startswith("\\"):
        return value
    told = value if probe.endswith("zz") else value[:1]
    return "".join(letter if letter >= " " else f"\\x{ord(letter):02x}" for letter in told)
