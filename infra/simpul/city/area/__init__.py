"""The table of area codes (kode wilayah): what a code is called, and which codes are near it.

A code or a name enters; areas leave. The table is `table.gz` beside this file, one `code<TAB>name` a line,
sorted by code, and is read when it is first asked for. SOURCE.md says whence it is.
"""

from __future__ import annotations

import gzip
import re
from bisect import bisect_left
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

TABLE = Path(__file__).with_name("table.gz")

SHAPE = r"^\d{2}(\.?\d{2}(\.?\d{2}(\.?\d{4})?)?)?$"
"""A code with its dots or without them, as a regular expression for JSON Schema too."""

_FORM = re.compile(SHAPE, re.ASCII)
_CAPITAL = frozenset({"DKI"})
_KIND_OF_REGENCY = re.compile(r"^(kabupaten|kota)( administrasi)? ", re.IGNORECASE)


class Level(IntEnum):
    """How far down an area is; the value is the length of its dotted code."""

    PROVINCE = 2
    CITY = 5
    KECAMATAN = 8
    KELURAHAN = 13

    @property
    def noun(self) -> str:
        """What an area of this level is called."""
        return {2: "province", 5: "city (kota or kabupaten)", 8: "kecamatan", 13: "kelurahan or desa"}[self]


@dataclass(frozen=True, order=True)
class Area:
    """An area: its dotted code and its name."""

    code: str
    name: str

    @property
    def level(self) -> Level:
        return Level(len(self.code))

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


def normalise(text: str) -> str | None:
    """Give `text` as a dotted code (`647101` becomes `64.71.01`), or None if it has not the form of one."""
    if not _FORM.match(text) or text.endswith("\n"):
        return None
    digits = text.replace(".", "")
    parts = (digits[:2], digits[2:4], digits[4:6], digits[6:])
    return ".".join(part for part in parts if part)


def find(code: str) -> Area | None:
    """Give the area of a dotted `code`, or None if there is none."""
    lines = _lines()
    place = bisect_left(lines, f"{code}\t")
    if place == len(lines) or not lines[place].startswith(f"{code}\t"):
        return None
    return _area(lines[place])


def inside(code: str, level: Level) -> list[Area]:
    """Give the areas of `level` that lie in the area of `code`; an empty code is the whole country."""
    lines = _lines()
    if not code:
        return [_area(line) for line in lines if line.index("\t") == level]
    start = bisect_left(lines, f"{code}.")
    end = bisect_left(lines, f"{code}/")  # the slash sorts right after the dot
    return [_area(line) for line in lines[start:end] if line.index("\t") == level]


def nearest(code: str, areas: Iterable[Area], count: int = 3) -> list[Area]:
    """Give the `areas` whose codes differ least from `code`: first by digits mistyped, then by distance."""

    def distance(area: Area) -> tuple[int, int]:
        mine, other = code.replace(".", ""), area.code.replace(".", "")
        wrong = sum(a != b for a, b in zip(mine, other, strict=False)) + abs(len(mine) - len(other))
        return wrong, abs(int(mine) - int(other))

    return sorted(areas, key=distance)[:count]


def named(name: str, levels: Iterable[Level], count: int = 3) -> list[Area]:
    """Give areas of `levels` that are called `name`, with or without "Kota" or "Kabupaten" before it."""
    wanted = _bare(name)
    candidates = [_area(line) for line in _lines() if line.casefold().endswith(wanted)]
    found = [area for level in levels for area in candidates if area.level == level and _bare(area.name) == wanted]
    return found[:count]


def _bare(name: str) -> str:
    return _KIND_OF_REGENCY.sub("", name.strip()).casefold()


def _area(line: str) -> Area:
    code, name = line.split("\t")
    # The ministry writes provinces and cities in capitals, the levels below them not.
    return Area(code, _title(name) if len(code) <= Level.CITY else name)


def _title(name: str) -> str:
    return " ".join(word if word in _CAPITAL else word.capitalize() for word in name.split(" "))


@cache
def _lines() -> list[str]:
    return gzip.decompress(TABLE.read_bytes()).decode().rstrip("\n").split("\n")
