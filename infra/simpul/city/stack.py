"""A stack's file, `Pulumi.<stack>.yaml`: its path enters, its City leaves, or all its problems."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from simpul.city.declaration import examine
from simpul.city.document import read_document
from simpul.city.wording import show
from simpul.errors import CityError, Problem

if TYPE_CHECKING:
    from pathlib import Path

    from simpul.city.model import City

KEY = "simpul:city"
_REGION_KEY = "alicloud:region"
_BEGIN = f"Begin it with `config:` and, below that, `{KEY}:`; Pulumi.balikpapan.yaml shows a whole city."


def load(path: Path) -> City:
    """Read the city that the stack's file at `path` declares. CityError with all problems."""
    data, problems = read_document(path, root=("config", KEY))
    config = _find_config(data, path)
    city, more = examine(_find_city(config, path))
    problems = [*problems, *more, *_compare_regions(config, city)]
    if city is None or problems:
        raise CityError.of(problems)
    return city


def _find_config(data: Any, path: Path) -> dict[Any, Any]:
    if not isinstance(data, dict):
        what = "is empty" if data is None else "must be a mapping"
        raise CityError(Problem(str(path), what, None if data is None else show(data), _BEGIN))
    if KEY in data:
        raise CityError(
            Problem(str(path), f"has `{KEY}` at the top", None, f"Put it below `config:`. {_BEGIN}")
        )
    config = data.get("config")
    if not isinstance(config, dict):
        what = "has no config" if config is None else "must have a mapping as its config"
        raise CityError(Problem(str(path), what, None if config is None else show(config), _BEGIN))
    return config


def _find_city(config: dict[Any, Any], path: Path) -> Any:
    if config.get(KEY) is not None:
        return config[KEY]
    near = get_close_matches(KEY, [str(key) for key in config], n=1, cutoff=0.7)
    advice = f"`{near[0]}` must be `{KEY}`." if near and near[0] != KEY else _BEGIN
    raise CityError(Problem(str(path), f"declares no city: there is no `{KEY}` in its config", None, advice))


def _compare_regions(config: dict[Any, Any], city: City | None) -> list[Problem]:
    """Find a provider's region that isn't the city's: resources would be made in the wrong place."""
    region = config.get(_REGION_KEY)
    if city is None or region is None or region == city.cloud.region:
        return []
    what = f"isn't city.cloud.region ({city.cloud.region})"
    return [
        Problem(f"config.{_REGION_KEY}", what, show(region), f"Write {city.cloud.region} here, or there.")
    ]
