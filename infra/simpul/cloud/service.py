"""The vendor's services that the cloud side is made of: what opens each, once an account, and the roles that it needs.

In: what went wrong with a call. Out: the service that isn't open, whether a city needs it, and a problem that names it
and what opens it; the table of docs/run-a-city.md. The program opens none by itself: to open one is to agree to its
terms and its prices, and a preview changes nothing. Which codes say that one isn't open is known of few of them; the
others are told by their words. Of what is `unasked` the vendor's plugin can be asked by nothing that doesn't open it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import yaml

from simpul.city import City
from simpul.cloud.profile import size
from simpul.errors import Problem

PAGE = "docs/run-a-city.md"
NOTHING = "nothing"


@dataclass(frozen=True)
class Condition:
    """Which cities need a service: in words, and as it is seen in a declaration."""

    says: str
    holds: Callable[[City], bool]


EVERY = Condition("", lambda _: True)
CONDITIONS: Mapping[str, Condition] = {
    "files": Condition("where a store has files", lambda city: any(each.bucket for each in city.cloud.stores)),
    "database": Condition(
        "where a store has a database", lambda city: any(each.database for each in city.cloud.stores)
    ),
    "cache": Condition("where a store has a cache", lambda city: any(each.cache for each in city.cloud.stores)),
    "registry": Condition(
        "where `cloud.sizes.registry` is `enterprise`, as in the profiles standard and large",
        lambda city: size(city.cloud).registry == "enterprise",
    ),
    "ipsec": Condition(
        "where an office declares `link.kind: ipsec`",
        lambda city: any(each.link.kind == "ipsec" for each in city.sites),
    ),
    "leased": Condition(
        "where an office declares `link.kind: leased`",
        lambda city: any(each.link.kind == "leased" for each in city.sites),
    ),
    "gate": Condition("where `cloud.api.public` is declared", lambda city: city.cloud.api.public),
}
"""What services.yaml calls by these names."""


@dataclass(frozen=True)
class Service:
    """A service: modules of the vendor's SDK and words of its policies, what it is for, what opens it, its roles."""

    name: str
    modules: tuple[str, ...]
    products: tuple[str, ...]
    why: str
    opens: str = NOTHING
    unasked: str = ""
    roles: str = ""
    when: Condition = EVERY

    @classmethod
    def read(cls, fact: Mapping[str, Any]) -> Self:
        """Create it from what the file says."""
        when = CONDITIONS[fact["when"]] if "when" in fact else EVERY
        return cls(**{**fact, "modules": tuple(fact["modules"]), "products": tuple(fact["products"]), "when": when})

    def problem(self, got: str) -> Problem:
        """Return the problem that it isn't open in the account, as what it `got` said."""
        how = f"open it: {self.opens}" if self.opens != NOTHING else "see its console whether the account may use it"
        return Problem(
            where="the cloud's account",
            what=f"has no {self.name}, which the city needs for {self.why}",
            got=got,
            next=f"{how}. All that is to be opened beforehand is in {PAGE}; then run the same again",
        )


SERVICES = tuple(map(Service.read, yaml.safe_load(Path(__file__).with_name("services.yaml").read_text("utf-8"))))
"""In the order in which a person opens them."""

_CLOSED = re.compile(
    r"UserDisable|\bInactive\b|is inactive|USER_NOT_OPEN\w*"
    r"|\w*(?:Not|Un)(?:Open|Activat|Purchas)\w*|Service\w*NotEnabled"
    r"|(?:isn't|is not|not been|hasn't been|not) (?:opened|open|activated|purchased)\b",
)
"""How the vendor's services say that they aren't open: codes that are known, and words."""

_CALLED = re.compile(r"alicloud:(\w+)/(?:get)?(\w+)")


@dataclass(frozen=True)
class Shut:
    """A service that isn't open in the account, and what it said."""

    service: Service
    got: str


def closed(said: str) -> Shut | None:
    """Return the service that isn't open, if that is what was `said` of a call; None if it is anything else."""
    answer, called = _CLOSED.search(said), _CALLED.search(said)
    service = of(called[1], called[2]) if called else None
    return Shut(service, answer[0]) if answer and service else None


def of(module: str, name: str) -> Service | None:
    """Return the service behind what the SDK has in `module` as `name`, without its `get`; None if none is known."""
    called = f"{module}/{name[:1].lower()}{name[1:]}"
    parts = ((part, each) for each in SERVICES for part in each.modules)
    fitting = [(part, each) for part, each in parts if part == module or ("/" in part and called.startswith(part))]
    return max(fitting, key=lambda pair: len(pair[0]))[1] if fitting else None


def table() -> str:
    """Return the table of services for the page."""
    head = ("service", "for what", "what opens it, once an account", "roles")
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, ("---",) * len(head), *_rows()))


def _rows() -> Iterator[tuple[str, ...]]:
    for each in SERVICES:
        why = f"{each.why}; {each.when.says}" if each.when.says else each.why
        opens = f"{each.opens}; **before the first run**" if each.unasked else each.opens
        yield each.name, why, opens, each.roles
