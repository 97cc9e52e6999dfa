"""A declaration as far as it can be read: its data and the places found wrong enter, single values leave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from simpul.city.wording import Loc

EACH: Final = object()
"""In a path: every entry of a list."""


@dataclass(frozen=True)
class Spot:
    """A value and where it stands."""

    loc: Loc
    value: Any


@dataclass(frozen=True)
class Draft:
    """The declaration's data, and the places whose values aren't fit."""

    data: Any
    unfit: AbstractSet[Loc]

    def find(self, *path: object) -> Iterator[Spot]:
        """Give every fit value at `path`, whose steps are keys, positions and EACH."""
        yield from self._walk(Spot((), self.data), path)

    def get(self, *path: object) -> Any:
        """Give the fit value at `path`, or None."""
        return next((spot.value for spot in self.find(*path)), None)

    def _walk(self, spot: Spot, path: tuple[object, ...]) -> Iterator[Spot]:
        if spot.loc in self.unfit:
            return
        if not path:
            yield spot
            return
        step, *rest = path
        for key, value in _children(spot.value, step):
            yield from self._walk(Spot((*spot.loc, key), value), tuple(rest))


def _children(value: Any, step: object) -> Iterator[tuple[int | str, Any]]:
    if isinstance(value, Mapping) and isinstance(step, str) and step in value:
        yield step, value[step]
    elif isinstance(value, list | tuple):
        yield from ((at, entry) for at, entry in enumerate(value) if step in (EACH, at))
