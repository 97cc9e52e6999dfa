"""What one resource type does, beyond what its schema says.

A product file subclasses `Kind` for each type it knows better; every other type is a plain `Kind`. The hooks are
called in the order they stand in: those above the line run inside the store's lock and are quick, those below may
take as long as a machine takes to start.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from simpul.lab.cloud import region
from simpul.lab.cloud.reference import Reference
from simpul.lab.cloud.refusal import Refusal
from simpul.lab.cloud.rule import Rule
from simpul.lab.cloud.schema import Resource

if TYPE_CHECKING:
    from simpul.lab.cloud.estate import Estate
    from simpul.lab.cloud.store import Record


@dataclass(frozen=True)
class Order:
    """A create or an update as a kind sees it. `record` is what is there before an update."""

    estate: Estate
    resource: Resource
    inputs: Mapping[str, Any]
    record: Record | None = None

    def others(self) -> list[Record]:
        """Give the other resources of this type."""
        mine = self.record.id if self.record else None
        return [each for each in self.estate.store.all(self.resource.token) if each.id != mine]

    def value(self, name: str) -> Any:
        """Give an input, under its old spelling if it was given so; None if it wasn't."""
        if name in self.inputs:
            return self.inputs[name]
        known = self.resource.properties
        spelling = rf"\W{known[name].tf}\W" if name in known else name
        old = (each for each in known.values() if re.search(spelling, each.deprecated or ""))
        return next((self.inputs[each.name] for each in old if each.name in self.inputs), None)


class Kind:
    """The behaviour of a resource type; this one is what holds for all."""

    token: ClassVar[str] = ""
    prefix: ClassVar[str] = ""
    """What an id begins with: `vpc` for `vpc-k1a...`."""
    worldwide: ClassVar[bool] = False
    """Whether an id lacks the mark of a region."""
    parts: ClassVar[tuple[str, ...]] = ()
    """The properties that an id is put together from, with colons, where it isn't one drawn."""
    own: ClassVar[str] = ""
    """The output that holds the id as the vendor itself knows it; among `parts`, the one that is drawn."""
    rules: ClassVar[tuple[Rule, ...]] = ()
    """What is refused, as far as it can be said without a program."""
    references: ClassVar[tuple[Reference, ...]] = ()
    """References beyond those that every product shares, or with other answers."""
    stable: ClassVar[Mapping[str, Any]] = {}
    """Computed outputs that are the same for each of them."""
    unread: ClassVar[frozenset[str]] = frozenset()
    """Inputs that the vendor's plugin doesn't read back: an import lacks them, a refresh keeps what it knew."""
    settled: ClassVar[frozenset[str]] = frozenset()
    """Inputs that no call changes: the vendor's plugin takes another value, does nothing, and reads what it was."""
    lingers: ClassVar[bool] = False
    """Whether lists still show one that is being deleted."""

    def examine(self, order: Order) -> None:
        """Refuse what the vendor refuses and `rules` don't say. Raises Refusal."""

    def mint(self, order: Order) -> str:
        """Make the id of a new one. Raises Refusal when a part of it isn't given."""
        if not self.parts:
            return self.draw(order)
        return ":".join(self.draw(order) if name == self.own else _part(order, name) for name in self.parts)

    def draw(self, order: Order) -> str:
        """Draw an id that nobody had before."""
        word = self.prefix or order.resource.tf.rpartition("_")[2].replace("_", "")[:6]
        return f"{word}-{region.letters(18)}" if self.worldwide else region.draw(order.estate.region, word)

    def named(self, identity: str) -> dict[str, str]:
        """Give the output that holds its own id, if it has one."""
        if not self.own:
            return {}
        return {self.own: identity.split(":")[self.parts.index(self.own)] if self.own in self.parts else identity}

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Give the computed outputs that this type has in a form of its own."""
        del order, identity
        return {}

    def reserve(self, order: Order, identity: str) -> dict[str, Any]:
        """Give what stands behind a new one, addresses taken."""
        del order, identity
        return {}

    def adopt(self, estate: Estate, record: Record) -> None:
        """Make what the vendor makes along with it, owned by it."""

    def observe(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Give the outputs that depend on other resources as they are now."""
        del estate, record
        return {}

    def describe(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Give what lists show of it beyond its own outputs; lists can be filtered by it."""
        del estate, record
        return {}

    def listed(self, record: Record) -> str:
        """Give the id under which lists show it."""
        return record.id

    def lapses(self, record: Record) -> bool:
        """Say whether the vendor has ended it by itself in the meantime."""
        del record
        return False

    def guard(self, estate: Estate, record: Record) -> None:
        """Refuse its deletion where the vendor does. Raises Refusal."""
        del estate
        protected = record.outputs.get("deletionProtection") in (True, "Enabled")
        if protected or record.outputs.get("deleteProtection") == "on":
            raise Refusal("OperationDenied.DeletionProtection", f"{record.id} is protected from deletion.")

    def retire(self, record: Record) -> dict[str, Any]:
        """Give what changes on one that isn't gone when it is deleted but waits for its end; nothing if it goes."""
        del record
        return {}

    def suppress(self, name: str, wanted: Mapping[str, Any]) -> bool:
        """Say whether the vendor's plugin keeps quiet about a change of the property `name`."""
        prepaid = {wanted.get("paymentType"), wanted.get("instanceChargeType")} & {"Subscription", "PrePaid"}
        return name in ("period", "periodUnit", "autoRenew", "autoRenewPeriod") and not prepaid

    # ---- outside of the lock -------------------------------------------------------------------------------------

    def realize(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Make what stands behind it, new or again after the daemon was ended; give outputs that tell of it."""
        del estate, record
        return {}

    def alter(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Bring what stands behind it in line with changed inputs; give outputs that tell of it."""
        del estate, record
        return {}

    def dismantle(self, estate: Estate, record: Record) -> None:
        """Remove what stands behind it."""


def _part(order: Order, name: str) -> str:
    value = order.value(name)
    if value in (None, ""):
        raise Refusal(f"MissingParameter.{name[:1].upper()}{name[1:]}", f"The parameter {name} is mandatory.")
    return str(value)


class Source:
    """A data source that isn't a list of resources of one type."""

    token: ClassVar[str] = ""

    def answer(self, estate: Estate, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Give its outputs. Raises Refusal."""
        raise NotImplementedError
