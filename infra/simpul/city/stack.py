"""A stack's file, `Pulumi.<stack>.yaml`: its path enters, its City leaves, or all its problems."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from simpul.city.declaration import examine
from simpul.city.document import read_document
from simpul.city.rule.draft import Draft
from simpul.city.wording import show
from simpul.errors import CityError, Problem

if TYPE_CHECKING:
    from pathlib import Path

    from simpul.city.model import City

KEY = "simpul:city"
_OTHER_KEYS = ("city", "simpul:config:city")
"""Other spellings of it: Pulumi takes them for the same, and where there are several, one that nobody knows."""

PART = "simpul:part"
PARTS = ("all", "cloud")
"""What a run may make: the whole city, or on its first day the cloud alone."""

_PART_KEYS = (PART, "part", "simpul:config:part")

_REGION_KEYS = ("alicloud:region", "alicloud:config:region")
_ADVICE = f"Declare the city below `config:` as `{KEY}:`; Pulumi.balikpapan.yaml shows a whole one."


def load(path: Path) -> City:
    """Read the city that the stack's file at `path` declares. CityError with all problems."""
    data, problems = read_document(path, root=("config", KEY))
    config = _find_config(data, str(path))
    declared = _find_city(config, str(path))
    city, more = examine(declared)
    told = {problem.where for problem in problems}  # a value that is read in two ways isn't looked at in one of them
    problems = [
        *problems,
        *_find_others(config),
        *_compare_regions(config, declared),
        *_check_part(config),
        *(each for each in more if each.where not in told),
    ]
    if city is None or problems:
        raise CityError.of(problems)
    return city


def load_part(path: Path) -> str:
    """Read what a run makes of the city whose stack's file is at `path`, which `load` takes: one of PARTS."""
    config = _find_config(read_document(path, root=("config", KEY))[0], str(path))
    return next((str(config[key]) for key in _PART_KEYS if key in config), "all")


def unfit_part(value: Any) -> Problem:
    """Make the problem of a part that there isn't."""
    advice = f"pulumi config set {PART} cloud, or: pulumi config rm {PART}"
    return Problem(f"config.{PART}", f"must be {' or '.join(PARTS)}", show(value), advice)


def _check_part(config: dict[Any, Any]) -> list[Problem]:
    return [unfit_part(config[key]) for key in _PART_KEYS if key in config and config[key] not in PARTS]


def _find_config(data: Any, name: str) -> dict[Any, Any]:
    if data is None:
        raise CityError(Problem(name, "is empty", None, _ADVICE))
    if not isinstance(data, dict):
        raise CityError(Problem(name, "must be a mapping", show(data), _ADVICE))
    if KEY in data:
        raise CityError(Problem(name, f"has `{KEY}` at the top", None, "Put it below `config:`."))
    config = data.get("config")
    if config is None:
        raise CityError(Problem(name, "has no config", None, _ADVICE))
    if not isinstance(config, dict):
        raise CityError(Problem(name, "must have a mapping as its config", show(config), _ADVICE))
    return config


def _find_city(config: dict[Any, Any], name: str) -> Any:
    if config.get(KEY) is not None:
        return config[KEY]
    near = get_close_matches(KEY, [str(key) for key in config], n=1, cutoff=0.7)
    advice = f"`{near[0]}` must be `{KEY}`." if near and near[0] != KEY else _ADVICE
    raise CityError(Problem(name, f"declares no city: there is no `{KEY}` in its config", None, advice))


def _find_others(config: dict[Any, Any]) -> list[Problem]:
    what = f"is to Pulumi the same as `{KEY}`, and it takes either of them"
    return [Problem(f"config.{key}", what, None, f"Keep `{KEY}` alone.") for key in _OTHER_KEYS if key in config]


def _compare_regions(config: dict[Any, Any], declared: Any) -> list[Problem]:
    """Find a provider's region that isn't the city's: resources would be made in the wrong place."""
    city = Draft(declared, frozenset()).get("cloud", "region")
    what, advice = f"isn't the region of city.cloud.region ({city})", "Write the same region in both places."
    return [
        Problem(f"config.{key}", what, show(config[key]), advice)
        for key in _REGION_KEYS
        if isinstance(config.get(key), str) and isinstance(city, str) and config[key] != city
    ]
