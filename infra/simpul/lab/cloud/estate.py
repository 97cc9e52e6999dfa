"""The cloud itself: create, read, update and delete resources, as one account in one region sees it.

In: tokens, checked inputs, ids. Out: records, or Refusal in the vendor's words. Nothing here knows the protocol. A
creation that has begun goes on whoever asked for it is still there or not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from simpul.errors import SimpulError
from simpul.lab.cloud import computed, product, reference, region
from simpul.lab.cloud.cluster.backing import Backing
from simpul.lab.cloud.kind import Kind, Order
from simpul.lab.cloud.refusal import Refusal
from simpul.lab.cloud.schema import Resource, Schema
from simpul.lab.cloud.store import CREATING, DELETING, READY, Record, Store

PATIENCE: Final = 1800.0
"""Seconds for which a read waits for something that is still being made."""


PLAIN: Final = Kind()
"""What holds for every type that no product file knows better."""

WORDS: Final = {
    reference.SWITCH: "VSwitch",
    reference.SECURITY_GROUP: "SecurityGroup",
    "alicloud:vpc/natGateway:NatGateway": "NatGateway",
    "alicloud:vpc/snatEntry:SnatEntry": "SNATEntry",
}
"""What the vendor's DependencyViolation calls a dependant; all else is an Instance to it."""


def _quiet(_: str) -> None:
    """Hear nothing."""


@dataclass
class Estate:
    """One account's resources. `clusters` is what stands behind ACK, None where clusters are switched off."""

    schema: Schema
    store: Store
    region: str = "ap-southeast-5"
    clusters: Backing | None = None
    progress: Callable[[str], None] = _quiet
    kinds: Mapping[str, Kind] = field(default_factory=product.kinds)

    def kind(self, token: str) -> Kind:
        """Give the behaviour of a resource type."""
        return self.kinds.get(token) or PLAIN

    def create(self, token: str, inputs: Mapping[str, Any]) -> Record:
        """Make a resource; it is there once this returns. Raises Refusal."""
        return self._finish(self.plan(token, inputs))

    def plan(self, token: str, inputs: Mapping[str, Any], owner: str = "") -> Record:
        """Write down a new resource, refused if it may not be."""
        order = Order(self, self._resource(token), inputs)
        kind = self.kind(token)
        with self.store.change():
            self._examine(kind, order)
            identity = kind.mint(order)
            outputs = self._outputs(kind, order, identity)
            record = Record(token, identity, dict(inputs), outputs, owner=owner)
            record.behind = kind.reserve(order, identity)
            self.store.put(record)
        return record

    def attach(self, owner: Record, token: str, inputs: Mapping[str, Any]) -> Record:
        """Make a resource that the vendor itself makes for `owner`, and removes with it."""
        record = self.plan(token, inputs, owner.id)
        record.state = READY
        self.store.put(record)
        return record

    def read(self, token: str, identity: str) -> Record | None:
        """Give a resource as it is now, None if there is none. One that is being made is waited for."""
        record = self.store.wait(token, identity, PATIENCE)
        return self.look(record) if record is not None and record.state != DELETING else None

    def look(self, record: Record) -> Record:
        """Add what other resources have to do with it."""
        record.outputs |= self.kind(record.token).observe(self, record)
        return record

    def update(self, token: str, identity: str, inputs: Mapping[str, Any]) -> Record:
        """Change a resource. Raises Refusal."""
        self.store.wait(token, identity, PATIENCE)
        kind, resource = self.kind(token), self._resource(token)
        with self.store.change():
            record = self.store.get(token, identity)
            if record is None:
                raise Refusal(f"Invalid{resource.label}Id.NotFound", f"{identity} does not exist.")
            self._examine(kind, Order(self, resource, inputs, record))
            record.outputs = computed.renew(resource, inputs, record.outputs, self.region)
            record.inputs = dict(inputs)
            self.store.put(record)
        altered = kind.alter(self, record)
        if altered:
            record.outputs |= altered
            self.store.put(record)
        return self.look(record)

    def delete(self, token: str, identity: str) -> None:
        """Remove a resource; one that isn't there is removed already. Raises Refusal."""
        self.store.wait(token, identity, PATIENCE)
        with self.store.change():
            record = self.store.get(token, identity)
            if record is None:
                return
            self.kind(token).guard(self, record)
            self._guard(record)
            record.state = DELETING
            self.store.put(record)
        self.dismantle(record)

    def dismantle(self, record: Record) -> None:
        """Remove a record and what stands behind it, and what was made for it."""
        self.kind(record.token).dismantle(self, record)
        with self.store.change():
            for owned in self.store.owned(record.id):
                self.dismantle(owned)
            self.store.remove(record)

    def resume(self) -> None:
        """Pick up what the last daemon left: machines of clusters, creations and deletions cut off."""
        for record in self.store.all():
            try:
                self._resume(record)
            except SimpulError as error:  # the rest of the cloud is still of use
                self.progress(f"{record.id} could not be picked up: {error}")

    def _resume(self, record: Record) -> None:
        if record.state == DELETING:
            self.dismantle(record)
        elif record.state == CREATING:
            self._finish(record)
        else:
            self._realize(record)

    def _finish(self, record: Record) -> Record:
        """Make what was planned; what can't be made is forgotten again."""
        try:
            return self._realize(record)
        except Exception:
            self.dismantle(record)
            raise

    def _realize(self, record: Record) -> Record:
        record.outputs |= self.kind(record.token).realize(self, record)
        with self.store.change():
            if record.state == CREATING:
                self.kind(record.token).adopt(self, record)
            record.state = READY
            self.store.put(record)
        return self.look(record)

    def _resource(self, token: str) -> Resource:
        resource = self.schema.get(token)
        if resource is None or resource.is_data:
            raise Refusal("InvalidAction.NotFound", f"The vendor has no resource type {token}.")
        return resource

    def _outputs(self, kind: Kind, order: Order, identity: str) -> dict[str, Any]:
        known = computed.outputs(order.resource, order.inputs, identity, self.region)
        fixed = {name: value for name, value in kind.stable.items() if name not in order.inputs}
        return known | fixed | kind.compute(order, identity)

    def _examine(self, kind: Kind, order: Order) -> None:
        own = {each.name: each for each in kind.references}
        for path, needs, identity in reference.walk(order.resource.properties, order.inputs, own):
            found = self.store.get(needs.target, identity) if needs.target else self.store.find(identity)
            there = found is not None and found.state != DELETING
            if not there and not (needs.target == reference.GROUP and identity == region.DEFAULT_GROUP):
                raise Refusal(needs.missing, f"The specified {path} {identity} does not exist.")
        kind.examine(order)

    def _guard(self, record: Record) -> None:
        """Refuse to delete what something else refers to."""
        for other in self.store.mention(f'"{record.id}"'):
            if record.id in (other.id, other.owner) or other.state == DELETING:
                continue
            own = {each.name: each for each in self.kind(other.token).references}
            resource = self._resource(other.token)
            for path, needs, identity in reference.walk(resource.properties, other.outputs, own):
                if identity == record.id and needs.target in ("", record.token) and needs.blocks:
                    code = needs.blocks.replace("*", WORDS.get(other.token, "Instance"))
                    raise Refusal(code, f"{other.id} depends on {record.id} ({path}); delete it first.")
