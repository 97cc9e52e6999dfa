"""The cloud itself: create, read, update and delete resources, as one account in one region sees it.

In: tokens, checked inputs, ids. Out: records, or Refusal in the vendor's words. Nothing here knows the protocol. A
creation that has begun goes on whoever asked for it is still there or not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from simpul import constraint
from simpul.errors import SimpulError
from simpul.lab.cloud import computed, product, reference, region
from simpul.lab.cloud.bucket.backing import Buckets
from simpul.lab.cloud.cluster.backing import Backing
from simpul.lab.cloud.database.backing import Caches, Databases
from simpul.lab.cloud.kind import Kind, Order
from simpul.lab.cloud.reference import Reference
from simpul.lab.cloud.refusal import Refusal
from simpul.lab.cloud.registry.backing import Registries
from simpul.lab.cloud.schema import Property, Resource, Schema
from simpul.lab.cloud.store import CREATING, DELETING, READY, RETIRED, Record, Store

PATIENCE: Final = 1800.0
"""Seconds for which a read waits for something that is still being made."""


PLAIN: Final = Kind()
"""What holds for every type that no product file knows better."""

WORDS: Final = {
    reference.SWITCH: "VSwitch",
    reference.SECURITY_GROUP: "SecurityGroup",
    "alicloud:vpc/natGateway:NatGateway": "NatGateway",
    "alicloud:vpc/snatEntry:SnatEntry": "SNATEntry",
    "alicloud:vpc/forwardEntry:ForwardEntry": "ForwardEntry",
    "alicloud:vpc/routeEntry:RouteEntry": "RouteEntry",
    "alicloud:vpc/routeTable:RouteTable": "RouteTable",
    "alicloud:vpc/networkAcl:NetworkAcl": "NetworkAcl",
    "alicloud:vpn/gateway:Gateway": "VpnGateway",
    "alicloud:vpn/connection:Connection": "VpnConnection",
}
"""What the vendor's DependencyViolation calls a dependant; all else is an Instance to it."""


def _quiet(_: str) -> None:
    """Hear nothing."""


def _word(broken: constraint.Violation) -> tuple[str, str]:
    """Return the code and the words by which the API refuses a parameter; the vendor's own code isn't always told."""
    name = broken.parameter.rpartition(".")[2]
    got = "" if broken.got is None else f" {broken.got}"
    return f"InvalidParameter.{name}", f"The specified {broken.path or name}{got} is not valid: {broken.says}."


def _decides(facts: Mapping[str, Property], name: str) -> bool:
    """Say whether a property is the vendor's to fill in: what only a program gives stays away if it doesn't."""
    return name in facts and facts[name].computed


@dataclass
class Estate:
    """One account's resources.

    `clusters`, `databases`, `caches`, `buckets` and `registries` are what stands behind ACK, RDS, Tair, OSS and ACR;
    None where it is switched off.
    """

    schema: Schema
    store: Store
    region: str = "ap-southeast-5"
    clusters: Backing | None = None
    databases: Databases | None = None
    caches: Caches | None = None
    buckets: Buckets | None = None
    registries: Registries | None = None
    progress: Callable[[str], None] = _quiet
    kinds: Mapping[str, Kind] = field(default_factory=product.kinds)

    def kind(self, token: str) -> Kind:
        """Give the behaviour of a resource type."""
        return self.kinds.get(token) or PLAIN

    def resource(self, token: str) -> Resource:
        """Give the facts of a resource type. Raises Refusal when the vendor has none of that token."""
        resource = self.schema.get(token)
        if resource is None or resource.is_data:
            raise Refusal("InvalidAction.NotFound", f"The vendor has no resource type {token}.")
        return resource

    def create(self, token: str, inputs: Mapping[str, Any]) -> Record:
        """Make a resource; it is there once this returns. Raises Refusal."""
        return self._finish(self.plan(token, inputs))

    def plan(self, token: str, inputs: Mapping[str, Any], owner: str = "") -> Record:
        """Write down a new resource, refused if it may not be."""
        order = Order(self, self.resource(token), inputs)
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
        if record is None or record.state == DELETING:
            return None
        if self.kind(token).lapses(record):
            self.dismantle(record)
            return None
        return self.look(record)

    def look(self, record: Record) -> Record:
        """Add what other resources have to do with it."""
        record.outputs |= self.kind(record.token).observe(self, record)
        return record

    def update(self, token: str, identity: str, inputs: Mapping[str, Any]) -> Record:
        """Change a resource. Raises Refusal."""
        self.store.wait(token, identity, PATIENCE)
        kind, resource = self.kind(token), self.resource(token)
        with self.store.change():
            record = self.store.get(token, identity)
            if record is None:
                raise Refusal(f"Invalid{resource.label}Id.NotFound", f"{identity} does not exist.")
            self._examine(kind, Order(self, resource, inputs, record))
            kept = {name: value for name, value in record.outputs.items() if name in kind.settled}
            record.outputs = computed.renew(resource, inputs, record.outputs, self.region) | kept
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
            waiting = self.kind(token).retire(record)
            record.outputs |= waiting
            record.state = RETIRED if waiting else DELETING
            self.store.put(record)
        if not waiting:
            self.dismantle(record)

    def dismantle(self, record: Record) -> None:
        """Remove a record and what stands behind it, and what was made for it."""
        self.kind(record.token).dismantle(self, record)
        with self.store.change():
            for owned in self.store.owned(record.id):
                self.dismantle(owned)
            self.store.remove(record)

    def resume(self) -> None:
        """Pick up what the last daemon left: what stands behind resources, creations and deletions cut off."""
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

    def _outputs(self, kind: Kind, order: Order, identity: str) -> dict[str, Any]:
        known = computed.outputs(order.resource, order.inputs, identity, self.region)
        fixed = {name: value for name, value in kind.stable.items() if name not in order.inputs}
        better = fixed | kind.named(identity) | kind.compute(order, identity)
        facts = order.resource.properties
        fitting = {name: value for name, value in better.items() if name in order.inputs or _decides(facts, name)}
        whole: dict[str, Any] = computed.merge(known, fitting)
        return whole

    def _examine(self, kind: Kind, order: Order) -> None:
        own = {each.name: each for each in kind.references}
        for path, needs, identity in reference.walk(order.resource.properties, order.inputs, own):
            if not self._is_there(needs, identity):
                raise Refusal(needs.missing, f"The specified {path} {identity} does not exist.")
        for rule in kind.rules:
            rule.examine(order)
        kind.examine(order)
        for broken in constraint.violations(order.resource.token, order.inputs):
            raise Refusal(*_word(broken))

    def _is_there(self, needs: Reference, identity: str) -> bool:
        if needs.target == reference.GROUP and identity == region.DEFAULT_GROUP:
            return True
        if needs.by:
            found = [each for each in self._all(needs.targets) if each.outputs.get(needs.by) == identity]
        elif needs.targets:
            found = [each for token in needs.targets if (each := self.store.get(token, identity))]
        else:
            found = [each for each in (self.store.find(identity),) if each]
        return any(each.state != DELETING for each in found)

    def _all(self, tokens: tuple[str, ...]) -> list[Record]:
        return [each for token in tokens for each in self.store.all(token)]

    def _guard(self, record: Record) -> None:
        """Refuse to delete what something else refers to."""
        for by, handle in self._handles(record).items():
            for other in self.store.mention(handle):
                itself = (other.token, other.id) == (record.token, record.id)
                if itself or other.owner == record.id or other.state == DELETING:
                    continue
                own = {each.name: each for each in self.kind(other.token).references}
                resource = self.resource(other.token)
                for path, needs, identity in reference.walk(resource.properties, other.outputs, own):
                    fits = not needs.targets or record.token in needs.targets
                    if identity == handle and needs.by == by and fits and needs.blocks:
                        code = needs.blocks.replace("*", WORDS.get(other.token, "Instance"))
                        raise Refusal(code, f"{other.id} depends on {record.id} ({path}); delete it first.")

    def _handles(self, record: Record) -> dict[str, str]:
        """Give what others refer to a record by: outputs of it, and its id (under "")."""
        known = [*reference.COMMON.values(), *(each for kind in self.kinds.values() for each in kind.references)]
        names = {each.by for each in known if each.by and record.token in each.targets}
        return {**{name: str(record.outputs[name]) for name in names if record.outputs.get(name)}, "": record.id}
