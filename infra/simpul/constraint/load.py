"""The data: a folder of YAML files enters, the constraints of each resource type leave.

A file maps a type, as Pulumi's tokens end (`kms/key:Key`), to

    sdk         the vendor's SDK on PyPI whose documentation was read, with its version; a list where there are several
    provider    the files of the vendor's Terraform provider that say what is sent
    operations  the operations of the API that the provider calls for the type
    inputs      by path (`zoneMappings.zoneId` leads through lists):
      parameter   the operation's parameter that it becomes (`CreateTrail.Name`), or several; "-" where none is sent
      says        the vendor's rule, in our words
      schema      the rule as JSON Schema, with the keyword maxBytes (UTF-8) beside the standard's; or
      held        who holds it instead: `schema` the provider's own, `reference` it names another resource, `provider`
                  it isn't sent, `product` a file of the stand-in's, `free` the vendor names no limit
      accepts, refuses   values that the vendor takes and refuses
      doc         the source, where it isn't the SDK
    together    what holds between inputs: parameter, says, schema (over all inputs), accepts and refuses (inputs laid
                over those of a resource that is right; null takes one away)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, Self

import yaml

FOLDER: Final = Path(__file__).with_name("alicloud")
LISTINGS: Final = Path(__file__).with_name("listings.yaml")
PACKAGE: Final = "alicloud:"
HELD: Final = ("schema", "reference", "provider", "product", "free")
"""Who holds an input that has no constraint here."""


@dataclass(frozen=True)
class Input:
    """One input of a type: the API's parameters that it becomes, and the vendor's rule about it."""

    path: str
    parameters: tuple[str, ...]
    says: str
    schema: Mapping[str, Any] | None = None
    held: str = ""
    accepts: Sequence[Any] = ()
    refuses: Sequence[Any] = ()
    doc: str = ""

    @classmethod
    def read(cls, path: str, fact: Mapping[str, Any]) -> Self:
        """Create it from what the file says."""
        return cls(
            path,
            _several(fact["parameter"]),
            fact["says"],
            fact.get("schema"),
            fact.get("held", ""),
            fact.get("accepts", ()),
            fact.get("refuses", ()),
            fact.get("doc", ""),
        )


@dataclass(frozen=True)
class Together:
    """A rule between inputs of one resource."""

    parameters: tuple[str, ...]
    says: str
    schema: Mapping[str, Any]
    accepts: Sequence[Mapping[str, Any]] = ()
    refuses: Sequence[Mapping[str, Any]] = ()
    doc: str = ""

    @classmethod
    def read(cls, fact: Mapping[str, Any]) -> Self:
        """Create it from what the file says."""
        return cls(
            _several(fact["parameter"]),
            fact["says"],
            fact["schema"],
            fact.get("accepts", ()),
            fact.get("refuses", ()),
            fact.get("doc", ""),
        )


@dataclass(frozen=True)
class Constraints:
    """All that is known of a type: where it was read, what is called, and the rules."""

    token: str
    sdk: tuple[str, ...]
    provider: tuple[str, ...]
    operations: tuple[str, ...]
    inputs: Mapping[str, Input] = field(default_factory=dict)
    together: tuple[Together, ...] = ()

    @classmethod
    def read(cls, name: str, fact: Mapping[str, Any]) -> Self:
        """Create them from what the file says of the type `name`."""
        return cls(
            PACKAGE + name,
            _several(fact["sdk"]),
            _several(fact["provider"]),
            tuple(fact["operations"]),
            {path: Input.read(path, each) for path, each in fact["inputs"].items()},
            tuple(Together.read(each) for each in fact.get("together", ())),
        )


@dataclass(frozen=True)
class Listing:
    """A data source that the program asks: the operations that it calls, and where that was read."""

    token: str
    provider: str
    operations: tuple[str, ...]


def listings() -> tuple[Listing, ...]:
    """Return the data sources that the program asks, by token."""
    facts = yaml.load(LISTINGS.read_text("utf-8"), _Loader)  # noqa: S506 a safe loader
    found = [Listing(PACKAGE + name, fact["provider"], tuple(fact["operations"])) for name, fact in facts.items()]
    return tuple(sorted(found, key=lambda each: each.token))


def find(token: str) -> Constraints | None:
    """Return the constraints of the resource type `token`, None for one that isn't the vendor's or isn't known."""
    return _all().get(token)


def every() -> tuple[Constraints, ...]:
    """Return the constraints of all types, by token."""
    return tuple(_all().values())


@cache
def _all() -> Mapping[str, Constraints]:
    found: dict[str, Constraints] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        facts = yaml.load(path.read_text("utf-8"), _Loader) or {}  # noqa: S506 a safe loader
        for name, fact in facts.items():
            found[PACKAGE + name] = Constraints.read(name, fact)
    return dict(sorted(found.items()))


_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _several(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
