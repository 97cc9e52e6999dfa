"""Which cities a name may mean, as people write it: "Kab. Kep. Siau" is the ministry's "Kabupaten Kepulauan Siau".

A name enters, the cities (kota and kabupaten) that it may stand for leave. What stands in parentheses counts alone, so
that a city can be called as it likes: "Solo (Kota Surakarta)".
"""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from functools import cache
from itertools import accumulate, combinations
from typing import TYPE_CHECKING

from simpul.city.area import Area, Level, find, inside

if TYPE_CHECKING:
    from collections.abc import Iterable

_KINDS = {
    **dict.fromkeys(("kota", "kotamadya", "pemkot", "city", "municipality"), "kota"),
    **dict.fromkeys(("kabupaten", "kab", "pemkab", "regency"), "kabupaten"),
}
_SET_BESIDE = frozenset({"administrasi", "adm", "pemerintah", "daerah", "pemda", "the", "of", "dan"})
_WHOLE = {"kep": "kepulauan"}
_FORMER = {"tobasamosir": "12.12", "yapenwaropen": "91.05", "polewalimamasa": "76.04"}
"""What regencies were called whose old names are two of today's: Toba, Kepulauan Yapen and Polewali Mandar."""

_ALIKE = 0.85
"""From which likeness on a name is another spelling: Padangsidimpuan is Padang Sidempuan, Bangka isn't Bangkalan."""


def called(name: str) -> list[Area]:
    """Give the cities that `name` may mean; none if it is like none of them."""
    inner = re.findall(r"\(([^()]+)\)", name)
    return next((found for part in [*inner, name] if (found := _called(part))), [])


def unlike(cities: Iterable[Area]) -> bool:
    """Tell whether `cities` have names of which none is another spelling of the other: Bogor and Bogor are alike."""
    names = {"".join(_own(_words(city.name))) for city in cities}
    return any(_likeness(one, other) < _ALIKE for one, other in combinations(names, 2))


def _called(name: str) -> list[Area]:
    words = [word for word in _words(name) if word not in _SET_BESIDE]
    own = _own(words)
    kind = next((_KINDS[word] for word in words if word in _KINDS), None)
    found = _exactly(own) or _exactly(words) or _formerly(own) or _nearly("".join(own)) or _within(words)
    same_kind = [area for area in found if area.name.casefold().startswith(f"{kind} ")]
    return same_kind or found


def _exactly(words: list[str]) -> list[Area]:
    letters = "".join(words)
    return [area for area, theirs in _cities() if "".join(theirs) == letters or sorted(theirs) == sorted(words)]


def _formerly(words: list[str]) -> list[Area]:
    now = find(_FORMER.get("".join(words), ""))
    return [now] if now else []


def _nearly(letters: str) -> list[Area]:
    """Give those whose names are most like it, if they are alike at all."""
    likeness = {area: _likeness(letters, "".join(words)) for area, words in _cities()}
    best = max(likeness.values())
    return [area for area, ratio in likeness.items() if ratio == best] if best >= _ALIKE else []


def _likeness(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= _ALIKE and matcher.quick_ratio() >= _ALIKE else 0


def _within(words: list[str]) -> list[Area]:
    """Give those whose names stand in it, but not within another's: Tangerang stands in Tangerang Selatan too."""
    letters = "".join(words)
    ends = {0, *accumulate(map(len, words))}
    spans = [(at, at + len(name), area) for area, name in _names() for at in _places(name, letters)]
    whole = [span for span in spans if span[0] in ends and span[1] in ends]
    return [area for start, end, area in whole or spans if not _is_covered(start, end, whole or spans)]


def _places(name: str, letters: str) -> list[int]:
    return [match.start() for match in re.finditer(f"(?={re.escape(name)})", letters)]


def _is_covered(start: int, end: int, spans: list[tuple[int, int, Area]]) -> bool:
    return any(first <= start and end <= last and last - first > end - start for first, last, _ in spans)


@cache
def _names() -> tuple[tuple[Area, str], ...]:
    return tuple((area, "".join(words)) for area, words in _cities())


@cache
def _cities() -> tuple[tuple[Area, tuple[str, ...]], ...]:
    return tuple((area, tuple(_own(_words(area.name)))) for area in inside("", Level.CITY))


def _own(words: Iterable[str]) -> list[str]:
    return [word for word in words if word not in _KINDS and word not in _SET_BESIDE]


def _words(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    return [_WHOLE.get(word, word) for word in re.findall(r"[a-z]+", plain)]
