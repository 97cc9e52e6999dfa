"""The vendor's services that the cloud side is made of: what opens each, once an account, and the roles that it needs.

In: what went wrong with a call. Out: a problem that names the service that isn't open and what opens it; the table of
docs/run-a-city.md. The program opens none by itself: to open one is to agree to its terms and its prices, and a preview
changes nothing. Which codes say that one isn't open is known of few of them; the others are told by their words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import yaml

from simpul.errors import Problem

PAGE = "docs/run-a-city.md"
NOTHING = "nothing"


@dataclass(frozen=True)
class Service:
    """A service: modules of the vendor's SDK and words of its policies, what it is for, what opens it, its roles."""

    name: str
    modules: tuple[str, ...]
    products: tuple[str, ...]
    why: str
    opens: str = NOTHING
    roles: str = ""
    when: str = ""

    @classmethod
    def read(cls, fact: Mapping[str, Any]) -> Self:
        """Create it from what the file says."""
        return cls(**{**fact, "modules": tuple(fact["modules"]), "products": tuple(fact["products"])})


SERVICES = tuple(map(Service.read, yaml.safe_load(Path(__file__).with_name("services.yaml").read_text("utf-8"))))
"""In the order in which a person opens them."""

_CLOSED = re.compile(
    r"UserDisable|\bInactive\b|is inactive|USER_NOT_OPEN\w*"
    r"|\w*(?:Not|Un)(?:Open|Activat|Purchas)\w*|Service\w*NotEnabled"
    r"|(?:isn't|is not|not been|hasn't been|not) (?:opened|open|activated|purchased)\b",
)
"""How the vendor's services say that they aren't open: codes that are known, and words."""

_CALLED = re.compile(r"alicloud:(\w+)/")


def order(problem: Problem) -> int:
    """Return the place of the service that a problem of `closed` is about."""
    return next((place for place, each in enumerate(SERVICES) if each.name in problem.what), len(SERVICES))


def closed(said: str) -> Problem | None:
    """Return the problem that a service isn't open, if that is what was `said` of a call; None if it is another."""
    answer, called = _CLOSED.search(said), _CALLED.search(said)
    service = next((each for each in SERVICES if called and called[1] in each.modules), None)
    if answer is None or service is None:
        return None
    how = f"open it: {service.opens}" if service.opens != NOTHING else "see its console whether the account may use it"
    return Problem(
        where="the cloud's account",
        what=f"has no {service.name}, which the city needs for {service.why}",
        got=answer[0],
        next=f"{how}. All that is to be opened beforehand is in {PAGE}; then run the same again",
    )


def table() -> str:
    """Return the table of services for the page."""
    head = ("service", "for what", "what opens it, once an account", "roles")
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, ("---",) * len(head), *_rows()))


def _rows() -> Iterator[tuple[str, ...]]:
    for each in SERVICES:
        yield each.name, f"{each.why}; {each.when}" if each.when else each.why, each.opens, each.roles
