"""What a type of resource refuses, as facts: a product file lists them, and programs only what is no such fact.

In: an order. Out: nothing, or Refusal with the vendor's code. A name may lead into objects and lists (`a.b`); what a
program doesn't give isn't refused, unless it is `Needed`.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Protocol

from simpul.lab.cloud import region
from simpul.lab.cloud.cidr import MALFORMED, network, overlap
from simpul.lab.cloud.refusal import Refusal

if TYPE_CHECKING:
    from simpul.lab.cloud.kind import Order

Choice = Collection[Any] | Callable[[str], Collection[Any]]
"""Values, or what gives them for a region."""


class Rule(Protocol):
    """One fact that an order is held to."""

    def examine(self, order: Order) -> None:
        """Refuse an order that breaks it. Raises Refusal."""


@dataclass(frozen=True)
class Sole:
    """Only one in the account has these values together; one that waits for its deletion has them still."""

    names: tuple[str, ...]
    code: str

    def examine(self, order: Order) -> None:
        """Refuse a second one."""
        mine = [order.value(name) for name in self.names]
        others = [*order.others(), *order.estate.store.retired(order.resource.token)]
        if all(mine) and any([each.outputs.get(name) for name in self.names] == mine for each in others):
            raise Refusal(self.code, f"The specified {self.names[-1]} {mine[-1]} already exists.")


class _Each(ABC):
    """A fact about each of the values that stand under one name."""

    name: str
    code: str

    def examine(self, order: Order) -> None:
        """Refuse a value that has something wrong with it."""
        for value in values(order, self.name):
            if said := self.refuse(order, value):
                raise Refusal(self.code, f"The specified {self.name} {value} {said}.")

    @abstractmethod
    def refuse(self, order: Order, value: Any) -> str:
        """Say what is wrong with a value, "" if nothing is."""


@dataclass(frozen=True)
class Form(_Each):
    """A text has this form, whole."""

    name: str
    pattern: str
    code: str

    def refuse(self, order: Order, value: Any) -> str:
        """Refuse another form."""
        del order
        return "" if re.fullmatch(self.pattern, str(value)) else "is not valid"


@dataclass(frozen=True)
class Known(_Each):
    """A value is one of those that the vendor sells."""

    name: str
    choice: Choice
    code: str

    def refuse(self, order: Order, value: Any) -> str:
        """Refuse another one, and say which there are."""
        known = self.choice(order.estate.region) if callable(self.choice) else self.choice
        return "" if value in known else f"is not {_among(known)}"


@dataclass(frozen=True)
class Cidr(_Each):
    """A text is an IPv4 range without host bits."""

    name: str
    code: str = MALFORMED

    def refuse(self, order: Order, value: Any) -> str:
        """Refuse what is no range."""
        del order
        network(str(value), self.code)
        return ""


@dataclass(frozen=True)
class Address(_Each):
    """A text is an IP address."""

    name: str
    code: str

    def refuse(self, order: Order, value: Any) -> str:
        """Refuse what is no address."""
        del order
        try:
            ip_address(value)
        except ValueError:
            return "is not an IP address"
        return ""


@dataclass(frozen=True)
class Apart(_Each):
    """Ranges under `name` don't overlap those under `others` in the same order."""

    name: str
    others: str
    code: str

    def refuse(self, order: Order, value: Any) -> str:
        """Refuse a range that overlaps one of the others."""
        taken = [(self.others, str(each)) for each in values(order, self.others)]
        return f"overlaps one of {self.others}" if overlap(network(str(value)), taken) else ""


@dataclass(frozen=True)
class Needed:
    """One of these is given, where `when` (a name and its values) holds."""

    names: tuple[str, ...]
    code: str
    when: tuple[str, tuple[Any, ...]] | None = None

    def examine(self, order: Order) -> None:
        """Refuse an order that gives none of them."""
        if self.when is not None and order.value(self.when[0]) not in self.when[1]:
            return
        if not any(order.value(name) for name in self.names):
            raise Refusal(self.code, f"The parameter {' or '.join(self.names)} is mandatory for this action.")


def _among(known: Collection[Any]) -> str:
    if isinstance(known, range):
        return f"from {known[0]} to {known[-1]}"
    return f"one of {', '.join(map(str, known))}"


def zones(place: str) -> Collection[str]:
    """Give the zones of a region, for `Known`."""
    return region.ZONES[place]


def values(order: Order, path: str) -> Iterator[Any]:
    """Go through the values that stand under `path` in an order, those that are set."""
    yield from _values(order.inputs, path.split("."))


def _values(value: Any, path: list[str]) -> Iterator[Any]:
    if isinstance(value, list):
        for each in value:
            yield from _values(each, path)
    elif not path:
        if value not in (None, ""):
            yield value
    elif isinstance(value, Mapping):
        yield from _values(value.get(path[0]), path[1:])
