"""What of the city the cloud holds already, so that a creation that was cut off is adopted and not made twice.

When the operator's machine dies between the cloud's making of a resource and the engine's writing of its state, the
resource exists and the state doesn't know it. The vendor lets two VPCs, NAT gateways or addresses have one name, so
the next run would make a second one, and the city would pay for both. Therefore the program first asks what is this
stack's, and hands the id to Pulumi's own `import`. What the state knows is not handed over: the engine refuses to make
a resource anew for which the program names an id. Nor is what is another stack's: adopted, it would go with this
stack's destroy.

In: the identity. Out: ids by kind and name. It only reads.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

import pulumi
from pulumi.runtime.invoke import invoke_output
from pulumi.runtime.settings import SETTINGS
from pulumi.runtime.sync_await import _sync_await

from simpul.cloud import service
from simpul.cloud.identity import Identity
from simpul.cloud.service import Service, Shut
from simpul.errors import OutsideError, Problem
from simpul.provider.urn import type_of

T = TypeVar("T")

LOCKS: Mapping[str, tuple[str, object]] = {
    "alicloud:oss/bucketWorm:BucketWorm": ("status", "Locked"),
    "alicloud:hbr/vault:Vault": ("wormEnabled", True),
}
"""Locks that never come off, by type: the output that tells of one, and its value then."""

PROTECTIONS: Mapping[str, tuple[str, str, object]] = {
    "alicloud:cs/managedKubernetes:ManagedKubernetes": ("deletion_protection", "deletionProtection", True),
    "alicloud:ecs/eipAddress:EipAddress": ("deletion_protection", "deletionProtection", True),
    "alicloud:kms/instance:Instance": ("deletion_protection", "deletionProtection", True),
    "alicloud:kms/key:Key": ("deletion_protection", "deletionProtection", "Enabled"),
    "alicloud:kvstore/instance:Instance": ("instance_release_protection", "instanceReleaseProtection", True),
    "alicloud:nlb/loadBalancer:LoadBalancer": ("deletion_protection_enabled", "deletionProtectionEnabled", True),
    "alicloud:oss/bucket:Bucket": ("force_destroy", "forceDestroy", False),
    "alicloud:rds/instance:Instance": ("deletion_protection", "deletionProtection", True),
    "alicloud:slb/applicationLoadBalancer:ApplicationLoadBalancer": ("delete_protection", "deleteProtection", "on"),
}
"""The vendor's own protections, by type: the input that sets one, its output, and the value that refuses a deletion."""

Kind = type[pulumi.CustomResource]
"""A class of the vendor's SDK. An id is told apart by it: a store of logs and its index have the same."""

Thing = tuple[Kind, str, str]
"""Kind, name and id of what is there."""

PLACED = ("simpul:edge:Host", "simpul:helm:Release")
"""Types of our own provider's that stand on hosts and in clusters."""


@dataclass(frozen=True)
class Kept:
    """A volume that a release has on a host's disk: the claim to it, the host, and its size in GiB."""

    claim: str
    host: str
    gib: int


State = Mapping[str, Mapping[str, Any]]
"""Outputs in the stack's state, by the URNs of its resources."""

Listed = AsyncIterator[Thing]

Needs = Callable[[Service], bool]
"""Whether the city needs a service."""

Listing = Callable[[Identity], Listed]
"""How a component says what the cloud holds of it: by the stack's tags; where a listing has none, by its name."""


@dataclass(frozen=True)
class Found:
    """Ids of the city's resources that are there and that the stack's state doesn't know, by kind and name.

    `locked` is what the state knows of what is locked for good, by type and name in the stack; `placed` what it knows
    beyond the cloud: hosts of the city's own, and what runs in clusters; `volumes` are those on hosts' disks.
    `protected` are types and names of what the vendor was told not to delete. `asked` says whether there was a state to
    know all this from: a check of a declaration has none.
    """

    ids: dict[tuple[Kind, str], str] = field(default_factory=dict)
    locked: Mapping[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    placed: tuple[str, ...] = ()
    protected: frozenset[tuple[str, str]] = frozenset()
    volumes: tuple[Kept, ...] = ()
    asked: bool = False

    def id(self, kind: Kind, name: str) -> str | None:
        """Give the id of the `kind` named `name`, or None when there is none to adopt."""
        return self.ids.get((kind, name))

    def lock(self, kind: Kind, name: str) -> Mapping[str, Any] | None:
        """Return what the state knows of the `kind` that it calls `name`, None if that isn't locked for good."""
        return self.locked.get((token(kind), name))


def find(identity: Identity, listings: Iterable[Listing], needs: Needs = lambda _: True) -> Found:
    """Ask the cloud what it holds of this stack; wait for what is between two states.

    A service that isn't open stops it only where the city `needs` it: of all others the stack has nothing.

    Raises OutsideError when a name is there twice and the state knows neither, or is another's: then a person must say
    which one stays.
    """
    state, listed = _sync_await(_look(identity, listings, needs))  # the SDK's own calls wait so, but only one at a time
    known = {(type_of(urn), outputs["id"]) for urn, outputs in state.items() if "id" in outputs}
    held: dict[tuple[Kind, str], list[str]] = {}
    for kind, name, id_ in listed:
        ids = held.setdefault((kind, name), [])
        if id_ not in ids:
            ids.append(id_)
    found: dict[tuple[Kind, str], str] = {}
    problems: list[Problem] = []
    for (kind, name), (first, *others) in held.items():
        own = next((id_ for id_ in (first, *others) if (token(kind), id_) in known), None)
        if own is not None:
            _tell_spare(kind, name, own, [id_ for id_ in (first, *others) if id_ != own])
        elif others:
            problems += [_twice(kind, name, first, other) for other in others]
        else:
            found[kind, name] = first
    if problems:
        raise OutsideError(*problems)
    placed = tuple(urn.rpartition("::")[2] for urn in state if type_of(urn) in PLACED)
    return Found(found, _locked(state), placed, _protected(state), _volumes(state), asked=True)


async def ask(question: pulumi.Output[T]) -> T:
    """Give what the cloud answers to one of the SDK's `get_…_output` calls. Raises what the plugin says went wrong.

    Raises Closed where the service that was asked isn't open in the account.
    """
    try:
        # Shielded, as the SDK still writes into its future when the answer comes to a question that was given up.
        return cast("T", await asyncio.shield(question.future()))
    except Exception as error:
        if shut := service.closed(str(error)):
            _settle(error)
            raise Closed(shut) from error
        raise


def _settle(error: Exception) -> None:
    """Have the SDK forget a failure that was seen to: at the program's end it would tell it in place of all others."""
    with SETTINGS.lock:
        seen = {each for each in SETTINGS.outputs if each.done() and not each.cancelled() and each.exception() is error}
        SETTINGS.outputs.difference_update(seen)


class Closed(OutsideError):  # noqa: N818 the tree's roots carry the suffix
    """A service isn't open in the account."""

    def __init__(self, shut: Shut) -> None:
        """Create it of what was said."""
        super().__init__(shut.service.problem(shut.got))
        self.shut = shut


async def _look(identity: Identity, listings: Iterable[Listing], needs: Needs) -> tuple[State, list[Thing]]:
    """Give what the state knows and what the cloud holds, asked side by side; the first that fails ends the others.

    That a service isn't open ends none. Those that the city needs are told at once, in the order in which they are
    opened; of one that it doesn't need, the cloud holds nothing.
    """
    try:
        async with asyncio.TaskGroup() as group:
            state = group.create_task(_state(identity.stack))
            told = [group.create_task(_all(listing(identity))) for listing in listings]
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
    answers = [each.result() for each in told]
    shut = {closed.shut.service: closed for _, closed in answers if closed and needs(closed.shut.service)}
    if shut:
        raise OutsideError(*(problem for each in service.SERVICES if each in shut for problem in shut[each].problems))
    return state.result(), [thing for things, _ in answers for thing in things]


async def _all(listed: Listed) -> tuple[list[Thing], Closed | None]:
    """Give what is listed, up to where a service isn't open."""
    things: list[Thing] = []
    try:
        async for thing in listed:
            things.append(thing)  # noqa: PERF401 what came before a service that isn't open counts
    except Closed as closed:
        return things, closed
    return things, None


async def _state(stack: str) -> State:
    """Give the outputs in the stack's state, among which the vendor's plugin puts the id."""
    told = await ask(invoke_output("pulumi:pulumi:readStackResourceOutputs", {"stackName": stack}))
    return {urn: resource["outputs"] for urn, resource in told["outputs"].items()}


def _locked(state: State) -> dict[tuple[str, str], Mapping[str, Any]]:
    """Give what of the state is locked for good."""
    locks = [(urn, outputs, *LOCKS[type_of(urn)]) for urn, outputs in state.items() if type_of(urn) in LOCKS]
    return {
        (type_of(urn), urn.rpartition("::")[2]): outputs
        for urn, outputs, name, value in locks
        if outputs.get(name) == value
    }


def _protected(state: State) -> frozenset[tuple[str, str]]:
    """Return what of the state the vendor was told not to delete."""
    known = [(type_of(urn), urn.rpartition("::")[2], outputs) for urn, outputs in state.items()]
    return frozenset(
        (type_, name)
        for type_, name, outputs in known
        if type_ in PROTECTIONS and outputs.get(PROTECTIONS[type_][1]) == PROTECTIONS[type_][2]
    )


def _volumes(state: State) -> tuple[Kept, ...]:
    """Return the volumes on hosts' disks of which releases in the state tell."""
    told = [each for outputs in state.values() for each in outputs.get("volumes") or ()]
    return tuple(Kept(each["claim"], each["node"], int(each["gib"])) for each in told)


def token(kind: Kind) -> str:
    """Give the type's name in Pulumi, which the SDK writes on each class."""
    return str(vars(kind)["pulumi_type"])


def _tell_spare(kind: Kind, name: str, own: str, spare: Iterable[str]) -> None:
    """Tell of what bears the name of one that the state knows: of a replacement that was cut off, the engine knows it.

    It takes the old one away in this run; of those that wait for that it tells nobody.
    """
    for other in spare:
        pulumi.log.warn(
            f"{token(kind)} {name}: the stack's is {own}, and the cloud has {other} of this name too. If it is still "
            f"there after this run, one that was cut off left it: delete it in the console"
        )


def _twice(kind: Kind, name: str, first: str, second: str) -> Problem:
    return Problem(
        where=f"{token(kind)} {name}",
        what="it is in the cloud twice with this stack's tags, one of them left by a run that was cut off",
        got=f"{first} and {second}",
        next="see in the console which one is in use, delete the other, and run the same command again",
    )
