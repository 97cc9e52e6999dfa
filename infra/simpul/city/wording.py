"""How values, choices and places are written in a message: values enter, text leaves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Loc = tuple[int | str, ...]
"""A place in the declaration: keys and list positions from the top."""

_LONGEST = 80


def where(loc: Loc, root: str = "city") -> str:
    """Write a place as `city.sites[2].hosts[0].address`."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in loc)
    return (root + "".join(steps)).lstrip(".")


def show(value: Any) -> str:
    """Write a value that was found, on one line, shortened, and never a password or a private key."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return _show_text(value)
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, Sequence | set | frozenset):
        return f"a list of {len(value)}" if value else "an empty list"
    return _shorten(str(value))


def choice(options: Iterable[object], last: str = "or") -> str:
    """Write options as `a, b or c`."""
    *rest, final = [str(option) for option in options] or ["nothing"]
    return f"{', '.join(rest)} {last} {final}" if rest else final


def _show_text(value: str) -> str:
    if "PRIVATE KEY" in value:
        return "a private key, not shown"
    before, at, after = value.rpartition("@")
    if at and ":" in before:  # a URL or an image name with someone's password in it
        value = f"***@{after}"
    return f'"{_shorten(value.encode("unicode_escape").decode() if not value.isprintable() else value)}"'


def _shorten(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
