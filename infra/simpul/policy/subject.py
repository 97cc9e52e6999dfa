"""What rules look at: a subject each, with all that a rule may know of it.

    Resource     a cloud resource, as the vendor's plugin is asked for it
    Estate       all resources of the stack together: what has to be there, and what belongs to what
    Manifest     one rendered object of a release
    Namespace    all rendered objects of one namespace of one cluster
    Machine      a host of the declaration, with its site
    Declaration  the city as it is declared
    Stack        where Pulumi keeps the stack's state, its secrets and its configuration

A value that isn't known yet is UNKNOWN, at any depth. A rule never judges one: it is known in the run that makes it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from simpul.city import City, Host, Site
from simpul.city.rule.cloud import REGIONS
from simpul.provider.wire import UNKNOWN, has_unknown

Props = Mapping[str, Any]
Refs = Mapping[str, tuple[str, ...]]

_REF, _VALUE = "comes of", "is"


@dataclass(frozen=True)
class Frame:
    """What a rule may know of the city, beside its subject.

    `protect` is `cloud.protect` of the declaration, `released` what its `cloud.replace` lets go, each with a last day.
    """

    wilayah: str = "64.71"
    country: str = "ID"
    registry: str = "registry.example.go.id/city"
    protect: bool = True
    released: tuple[tuple[str, date], ...] = ()

    @classmethod
    def of(cls, city: City) -> Frame:
        """Take what rules may know of `city`."""
        released = tuple((each.name, each.ends) for each in city.cloud.replace)
        return cls(city.wilayah, city.residency, city.registry.address, city.cloud.protect, released)

    def protects(self, name: str, today: date) -> bool:
        """Tell whether the resource `name` is to be protected on the day `today`."""
        return self.protect and not self.lets_go(name, today)

    def lets_go(self, name: str, today: date) -> bool:
        """Tell whether the declaration lets the resource `name` go on the day `today`."""
        return any(name == each and today <= ends for each, ends in self.released)

    @property
    def regions(self) -> tuple[str, ...]:
        """The cloud's regions in the city's country."""
        return REGIONS.get(self.country, ())


@dataclass(frozen=True)
class Options:
    """What the engine is told of a resource beside its properties, as far as rules ask.

    `ignores` are the properties whose changes it ignores, `protect` has it refuse to delete the resource, `retain` has
    it leave the resource behind. `elsewhere` is for what another program makes, or changes on the way to the engine.
    """

    ignores: tuple[str, ...] = ()
    protect: bool = False
    retain: bool = False
    elsewhere: bool = False


@dataclass(frozen=True)
class Resource:
    """A resource: its Pulumi type, its name in the stack, its properties by Pulumi's names, its frame, its options.

    `refs` names, by property, the resources that the property's value comes of: known before the value is.
    `secrets` are texts that no message may show; the properties have them as they are, so that they are judged.
    """

    type: str
    name: str
    props: Props
    refs: Refs = field(default_factory=dict)
    secrets: frozenset[str] = frozenset()
    frame: Frame = Frame()
    options: Options = Options()

    @property
    def where(self) -> str:
        """The resource, for people."""
        return f"{self.type.rpartition(':')[2]} {self.name}"

    def get(self, *path: str) -> Any:
        """Give the value at `path`; None where there is none, UNKNOWN where it isn't known yet.

        A list of at most one, as the vendor's schema has them, is looked through.
        """
        return dig(self.props, *path)


@dataclass(frozen=True)
class Estate:
    """All resources of the stack. What a rule finds, it names by the resource that it is about."""

    resources: tuple[Resource, ...]
    frame: Frame = Frame()
    name: str = "estate"
    secrets: frozenset[str] = frozenset()

    @property
    def where(self) -> str:
        """The estate, for people."""
        return "the stack's resources"

    def of(self, *types: str) -> Iterator[Resource]:
        """Give the resources of `types`."""
        return (resource for type_ in types for resource in self._by_type.get(type_, ()))

    def beside(self, owner: Resource, type_: str, prop: str, *names: str) -> list[Resource]:
        """Give the resources of `type_` whose `prop` comes of `owner`, or is one of the owner's properties `names`."""
        keys = [(_REF, owner.name), *((_VALUE, owner.get(name)) for name in names)]
        links = self._links(type_, prop)
        found = {id(other): other for key in keys for other in links.get(key, ())}
        return list(found.values())

    @cached_property
    def _by_type(self) -> dict[str, list[Resource]]:
        sorted_: dict[str, list[Resource]] = defaultdict(list)
        for resource in self.resources:
            sorted_[resource.type].append(resource)
        return sorted_

    def _links(self, type_: str, prop: str) -> dict[tuple[str, Any], list[Resource]]:
        """Give the resources of `type_` by what their `prop` comes of, and by what it is."""
        if (type_, prop) not in self._linked:
            links: dict[tuple[str, Any], list[Resource]] = defaultdict(list)
            for other in self.of(type_):
                for name in other.refs.get(prop, ()):
                    links[_REF, name].append(other)
                value = other.get(prop)
                if isinstance(value, str):
                    links[_VALUE, value].append(other)
            self._linked[type_, prop] = links
        return self._linked[type_, prop]

    @cached_property
    def _linked(self) -> dict[tuple[str, str], dict[tuple[str, Any], list[Resource]]]:
        return {}

    def is_open(self, type_: str, prop: str) -> bool:
        """Tell whether a resource of `type_` doesn't know yet what it belongs to."""
        return any(not other.refs.get(prop) and other.get(prop) is UNKNOWN for other in self.of(type_))


@dataclass(frozen=True)
class Manifest:
    """A rendered object: the cluster and release it is of, and its content with secrets masked."""

    cluster: str
    release: str
    namespace: str
    content: Props
    frame: Frame = Frame()
    secrets: frozenset[str] = frozenset()

    @property
    def kind(self) -> str:
        """Its Kubernetes kind."""
        return str(self.content.get("kind", ""))

    @property
    def name(self) -> str:
        """The object as a waiver names it: cluster/release/Kind/name."""
        return f"{self.cluster}/{self.release}/{self.kind}/{dig(self.content, 'metadata', 'name')}"

    @property
    def where(self) -> str:
        """The object, for people."""
        name = dig(self.content, "metadata", "name")
        return f"{self.kind} {name} of release {self.release} in {self.cluster}"

    def get(self, *path: str) -> Any:
        """Give the value at `path`, None where there is none."""
        return dig(self.content, *path)

    @property
    def pod(self) -> Props | None:
        """The pod that the object makes, None for one that makes none."""
        match self.kind:
            case "Pod":
                found = self.content
            case "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "Job":
                found = dig(self.content, "spec", "template")
            case "CronJob":
                found = dig(self.content, "spec", "jobTemplate", "spec", "template")
            case _:
                return None
        return found if isinstance(found, Mapping) else {}

    def containers(self, *, helpers: bool = True) -> Iterator[Props]:
        """Give the pod's containers; with `helpers`, also those that run before and beside them."""
        spec = (self.pod or {}).get("spec") or {}
        for key in ("initContainers", "containers", "ephemeralContainers") if helpers else ("containers",):
            yield from spec.get(key) or ()


@dataclass(frozen=True)
class Namespace:
    """The rendered objects of one namespace of one cluster."""

    cluster: str
    namespace: str
    manifests: tuple[Manifest, ...]
    frame: Frame = Frame()
    secrets: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The namespace as a waiver names it."""
        return f"{self.cluster}/{self.namespace}"

    @property
    def where(self) -> str:
        """The namespace, for people."""
        return f"namespace {self.namespace} in {self.cluster}"


@dataclass(frozen=True)
class Machine:
    """A host of the declaration, and the site that it stands in."""

    site: Site
    host: Host
    city: City
    frame: Frame = Frame()
    secrets: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The host's name."""
        return self.host.name

    @property
    def where(self) -> str:
        """The host, for people."""
        return f"host {self.host.name} at {self.site.code}"


@dataclass(frozen=True)
class Declaration:
    """The city as it is declared, and the day on which it is looked at."""

    city: City
    today: date
    frame: Frame = Frame()
    name: str = "city"
    secrets: frozenset[str] = frozenset()

    @property
    def where(self) -> str:
        """The declaration, for people."""
        return f"the declaration of {self.city.name}"


@dataclass(frozen=True)
class Stack:
    """A stack: its state's address, its secrets' provider, and its configuration's keys, each kept secret or not.

    What isn't known, as the backend in a file alone, is UNKNOWN.
    """

    stack: str
    backend: Any = UNKNOWN
    secrets_provider: Any = UNKNOWN
    config: Mapping[str, bool] = field(default_factory=dict)
    region: Any = UNKNOWN
    frame: Frame = Frame()
    secrets: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The stack's name."""
        return self.stack

    @property
    def where(self) -> str:
        """The stack, for people."""
        return f"stack {self.stack}"


Subject = Resource | Estate | Manifest | Namespace | Machine | Declaration | Stack


def dig(value: Any, *path: str) -> Any:
    """Give what stands in `value` at `path`; None where there is nothing, UNKNOWN below what isn't known."""
    for step in path:
        if type(value) is not dict:  # most are, and the test is cheap
            value = only(value)
            if value is UNKNOWN:
                return UNKNOWN
            if not isinstance(value, Mapping):
                return None
        value = value.get(step)
    return value


def only(value: Any) -> Any:
    """Give the entry of a list that has one, as the vendor's schema writes a single block; else the value itself."""
    return value[0] if isinstance(value, list | tuple) and len(value) == 1 else value


def entries(value: Any) -> list[Any]:
    """Give the known entries of a list; of what is no list, the value itself if there is one."""
    if value is None or value is UNKNOWN:
        return []
    return [entry for entry in (value if isinstance(value, list | tuple) else [value]) if entry is not UNKNOWN]


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Give every value that isn't a map or a list, with the keys that lead to it."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from leaves(inner, (*path, str(key)))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from leaves(inner, path)
    else:
        yield path, value


__all__ = [
    "UNKNOWN",
    "Declaration",
    "Estate",
    "Frame",
    "Machine",
    "Manifest",
    "Namespace",
    "Options",
    "Resource",
    "Stack",
    "Subject",
    "dig",
    "entries",
    "has_unknown",
    "leaves",
    "only",
]
