"""What is written without quotes in YAML, and how it is read: by version 1.1, by version 1.2, and by Pulumi.

A text enters; what each reader takes it for leaves. Python's YAML reads as version 1.1 does, nearly; Pulumi's (Go's
yaml.v3) as neither. `same` tells what all of them read alike: only that is read here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

TEXT, TIME, NOTHING = "text", "a time", "nothing"

_PLAIN = re.compile(r"-?(0|[1-9]\d{0,17})(\.\d*[1-9]\d*)?|true|True|TRUE|false|False|FALSE|~|null|Null|NULL|", re.ASCII)
"""What is no text and the same to all: numbers in plain digits, truth values, nothing. 8.0 comes out of Pulumi as 8."""

_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), NOTHING),
    **dict.fromkeys(("true", "True", "TRUE"), "true"),
    **dict.fromkeys(("false", "False", "FALSE"), "false"),
    **{f"{sign}.{word}": f"{sign.strip('+')}.inf" for sign in ("", "+", "-") for word in ("inf", "Inf", "INF")},
    **dict.fromkeys((".nan", ".NaN", ".NAN"), ".nan"),
}
"""What is the same word to all."""

_OLD_WORDS = {
    **_WORDS,
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "on", "On", "ON"), "true"),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "off", "Off", "OFF"), "false"),
    **dict.fromkeys(("<<", "="), "a mark of YAML's own"),
}

_OLD_TIME = re.compile(
    r"\d{4}-\d\d-\d\d|\d{4}-\d\d?-\d\d?([Tt]|[ \t]+)\d\d?:\d\d:\d\d(\.\d*)?([ \t]*(Z|[-+]\d\d?(:?\d\d)?))?", re.ASCII
)
_OLD_FLOAT = re.compile(r"[-+]?(\d[\d_]*\.[\d_]*|\.\d[\d_]*)([eE][-+]\d+)?", re.ASCII)
_OLD_SIXTIETHS = re.compile(r"[-+]?\d[\d_]*(:[0-5]?\d)+(\.[\d_]*)?", re.ASCII)
_NEW_FLOAT = re.compile(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?", re.ASCII)
_GO_TIMES = ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%dt%H:%M:%S", "%Y-%m-%d %H:%M:%S")
_GO_TIME = re.compile(r"(\d{4}-\d\d?-\d\d?)(([Tt ])(\d\d?:\d\d?:\d\d?)([.,]\d+)?(Z|[-+]\d\d:\d\d)?)?", re.ASCII)
_BASES = {"0b": (2, "01"), "0o": (8, "0-7"), "0x": (16, "0-9a-fA-F")}


def same(text: str) -> bool:
    """Tell whether all who read YAML take the plain scalar `text` for the same."""
    return bool(_PLAIN.fullmatch(text)) or set(readings(text).values()) == {TEXT}


def readings(text: str) -> Mapping[str, str]:
    """Give what each reader takes the plain scalar `text` for: a value, TEXT, TIME or NOTHING."""
    return MappingProxyType({name: read(text) for name, read in _READERS.items()})


def read_old(text: str) -> str:
    """Read as YAML 1.1 does (https://yaml.org/type)."""
    if text in _OLD_WORDS:
        return _OLD_WORDS[text]
    if _OLD_TIME.fullmatch(text):
        return TIME
    if _OLD_SIXTIETHS.fullmatch(text):
        return _sixtieths(text)
    if _OLD_FLOAT.fullmatch(text):
        return _float(text.replace("_", ""))
    return _whole(text, {"0b": "0b", "0x": "0x", "0": "0o"}, underscores=True) or TEXT


def read_new(text: str) -> str:
    """Read as the core schema of YAML 1.2 does (https://yaml.org/spec/1.2.2, 10.3.2)."""
    if text in _WORDS:
        return _WORDS[text]
    number = _whole(text, {"0o": "0o", "0x": "0x"}, signed=False)
    return number or (_float(text) if _NEW_FLOAT.fullmatch(text) else TEXT)


def read_pulumi(text: str) -> str:
    """Read as Pulumi does: Go's yaml.v3, resolve.go, which removes every _ from what begins as a number."""
    if text in _WORDS:
        return _WORDS[text]
    if _is_go_time(text):
        return TIME
    bare = text.replace("_", "") if re.match(r"[-+0-9]", text) else text
    prefixes = {"0b": "0b", "0B": "0b", "0o": "0o", "0O": "0o", "0x": "0x", "0X": "0x", "0": "0o"}
    number = _whole(bare, prefixes)
    if number and -(2**63) <= int(number) < 2**64:
        return number
    return _float(bare) if _NEW_FLOAT.fullmatch(bare) else TEXT


_READERS: dict[str, Callable[[str], str]] = {"YAML 1.1": read_old, "YAML 1.2": read_new, "Pulumi": read_pulumi}


def _whole(text: str, prefixes: Mapping[str, str], *, underscores: bool = False, signed: bool = True) -> str | None:
    """Read a whole number; `prefixes` say which base what begins so has, and `signed` whether it may have a sign."""
    sign, digits = (text[0], text[1:]) if text[:1] in ("-", "+") else ("", text)
    more = "_" if underscores else ""
    for prefix, base in prefixes.items():
        number, letters = _BASES[base]
        rest = digits.removeprefix(prefix)
        if digits.startswith(prefix) and re.fullmatch(f"[{letters}{more}]*[{letters}][{letters}{more}]*", rest):
            return None if sign and not signed else _of_size(sign, int(rest.replace("_", ""), number))
    first = "[1-9]" if "0" in prefixes else "[0-9]"
    if digits == "0" or re.fullmatch(f"{first}[0-9{more}]*", digits):
        return _of_size(sign, int(digits.replace("_", "")))
    return None


def _of_size(sign: str, number: int) -> str:
    return str(-number if sign == "-" else number)


def _float(text: str) -> str:
    return str(float(text))


def _sixtieths(text: str) -> str:
    sign, bare = -1 if text[0] == "-" else 1, text.lstrip("+-").replace("_", "")
    total = 0.0
    for part in bare.split(":"):
        total = total * 60 + float(part or 0)
    return str(sign * (total if "." in bare else int(total)))


def _is_go_time(text: str) -> bool:
    found = _GO_TIME.fullmatch(text)
    if not found:
        return False
    day, rest, mark, hour, _, zone = found.groups()
    if rest and (mark in "Tt") != bool(zone):
        return False
    day = day.replace("0000", "2000", 1) if day.startswith("0000") else day  # Go knows the year 0
    return any(_is_time(f"{day}{mark or 'T'}{hour or '0:0:0'}", form) for form in _GO_TIMES)


def _is_time(text: str, form: str) -> bool:
    try:
        datetime.strptime(text, form)  # noqa: DTZ007 only whether it is one is asked
    except ValueError:
        return False
    return True
