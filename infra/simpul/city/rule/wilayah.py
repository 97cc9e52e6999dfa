"""Area codes: the city's is that of its name; its and its sites' exist, are of the right level; sites lie in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simpul.city import area
from simpul.city.area import Area, Level
from simpul.city.area.called import called, unlike
from simpul.city.fault import Fault
from simpul.city.rule.draft import EACH, Draft, Spot
from simpul.city.wording import choice, show

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SITE_LEVELS = (Level.KECAMATAN, Level.KELURAHAN)


def check_city(draft: Draft) -> Iterator[Fault]:
    """Find a `wilayah` that is no city."""
    for spot in draft.find("wilayah"):
        code = area.normalise(spot.value) or ""
        if area.find(code) is None:
            # A province that was divided has new codes, and the old one's neighbours aren't what was meant.
            meant = called(str(draft.get("name") or ""))
            advice = f"That of the name: {choice(meant)}." if meant else _advise(area.nearest(code, _cities_near(code)))
            yield Fault(spot.loc, "is no area's code", show(spot.value), advice)
        elif len(code) < Level.CITY:
            yield _wrong_level(spot, code, area.nearest(code, area.inside(code, Level.CITY)))
        elif len(code) > Level.CITY:
            yield _wrong_level(spot, code, _existing(code[: Level.CITY]))


def check_name(draft: Draft) -> Iterator[Fault]:
    """Find a name that isn't the one of the `wilayah`, or not that alone: statistics number cities otherwise."""
    city = _find_city(draft)
    for spot in draft.find("name"):
        meant = called(str(spot.value)) if city else []
        if city and city not in meant:
            what = f"isn't the name of {city.code}, which is {city.name}"
            codes = f"If the name is right, the code is that of {choice(meant)}. " if meant else ""
            names = f'If the code is right, write name: {city.name}, or "{spot.value} ({city.name})".'
            yield Fault(spot.loc, what, show(spot.value), codes + names)
        elif city and unlike(meant):
            advice = f'Write name: {city.name}, or "{spot.value} ({city.name})".'
            yield Fault(spot.loc, f"names several cities: {choice(meant, 'and')}", show(spot.value), advice)


def check_sites(draft: Draft) -> Iterator[Fault]:
    """Find site codes that don't exist, lie outside the city or aren't a kecamatan or kelurahan."""
    city = _find_city(draft)
    for spot in draft.find("sites", EACH, "code"):
        code = area.normalise(spot.value) or ""
        found = area.find(code)
        if found is None:
            yield _unknown(spot, area.nearest(code, _sites_near(code, city or _named_city(draft))))
        elif found.level not in _SITE_LEVELS:
            what = f"is {found.name}, a {found.level.noun}: a site serves a kecamatan or a kelurahan"
            yield Fault(spot.loc, what, show(spot.value), _advise(area.nearest(code, _sites_near(code, city))))
        elif city and not code.startswith(f"{city.code}."):
            what = f"is {found.name}, which isn't in {city.name} ({city.code})"
            yield Fault(spot.loc, what, show(spot.value), _advise(area.nearest(code, _sites_near(code, city))))


def check_vendor(draft: Draft) -> Iterator[Fault]:
    """Find a vendor's area that doesn't exist or isn't the city's."""
    city = _find_city(draft)
    for spot in draft.find("vendor", "area"):
        code = area.normalise(spot.value) or ""
        found = area.find(code)
        if found is None:
            yield _unknown(spot, area.nearest(code, _sites_near(code, city)))
        elif city and f"{code}.".removeprefix(f"{city.code}.") == f"{code}.":
            what = f"is {found.name}, which isn't in {city.name} ({city.code})"
            yield Fault(spot.loc, what, show(spot.value), _advise(area.nearest(code, _sites_near(code, city))))


def _find_city(draft: Draft) -> Area | None:
    found = area.find(area.normalise(draft.get("wilayah") or "") or "")
    return found if found and found.level == Level.CITY else None


def _named_city(draft: Draft) -> Area | None:
    meant = called(str(draft.get("name") or ""))
    return meant[0] if len(meant) == 1 else None


def _cities_near(code: str) -> list[Area]:
    return area.inside(code[: Level.PROVINCE], Level.CITY) or area.inside("", Level.CITY)


def _sites_near(code: str, city: Area | None) -> list[Area]:
    """Give the areas that may have been meant: of the code's own level, in the city, else near the code."""
    level = Level(len(code)) if len(code) in _SITE_LEVELS else Level.KECAMATAN
    parents = [city.code] if city else [code[: Level.KECAMATAN], code[: Level.CITY], code[: Level.PROVINCE], ""]
    return next((areas for parent in parents if (areas := area.inside(parent, level))), [])


def _existing(code: str) -> list[Area]:
    found = area.find(code)
    return [found] if found else []


def _unknown(spot: Spot, near: Iterable[Area]) -> Fault:
    return Fault(spot.loc, "is no area's code", show(spot.value), _advise(near))


def _wrong_level(spot: Spot, code: str, instead: Iterable[Area]) -> Fault:
    level = Level(len(code))
    what = f"is the code of a {level.noun}, and a city is a kota or a kabupaten"
    return Fault(spot.loc, what, show(spot.value), _advise(instead))


def _advise(near: Iterable[Area]) -> str:
    return f"The nearest: {choice(near)}."
