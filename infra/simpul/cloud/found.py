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
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar, cast

import pulumi
from pulumi.runtime.invoke import invoke_output
from pulumi.runtime.sync_await import _sync_await

from simpul.cloud.identity import Identity
from simpul.errors import OutsideError, Problem
from simpul.provider.urn import type_of

T = TypeVar("T")

Kind = type[pulumi.CustomResource]
"""A class of the vendor's SDK. An id is told apart by it: a store of logs and its index have the same."""

Thing = tuple[Kind, str, str]
"""Kind, name and id of what is there."""

Listed = AsyncIterator[Thing]

Listing = Callable[[Identity], Listed]
"""How a component says what the cloud holds of it: by the stack's tags; where a listing has none, by its name."""


@dataclass(frozen=True)
class Found:
    """Ids of the city's resources that are there and that the stack's state doesn't know, by kind and name."""

    ids: dict[tuple[Kind, str], str] = field(default_factory=dict)

    def id(self, kind: Kind, name: str) -> str | None:
        """Give the id of the `kind` named `name`, or None when there is none to adopt."""
        return self.ids.get((kind, name))


def find(identity: Identity, listings: Iterable[Listing]) -> Found:
    """Ask the cloud what it holds of this stack; wait for what is between two states.

    Raises OutsideError when a name is there twice, or is another's: then a person must say which one stays.
    """
    known, listed = _sync_await(_look(identity, listings))  # the SDK's own calls wait so, but only one at a time
    ids: dict[tuple[Kind, str], str] = {}
    problems: list[Problem] = []
    for kind, name, id_ in listed:
        if ids.setdefault((kind, name), id_) != id_:
            problems.append(_twice(kind, name, ids[kind, name], id_))
    if problems:
        raise OutsideError(*problems)
    return Found({(kind, name): id_ for (kind, name), id_ in ids.items() if (token(kind), id_) not in known})


async def ask(question: pulumi.Output[T]) -> T:
    """Give what the cloud answers to one of the SDK's `get_…_output` calls. Raises what the plugin says went wrong."""
    # Shielded, as the SDK still writes into its future when the answer comes to a question that was given up.
    return cast("T", await asyncio.shield(question.future()))


async def _look(identity: Identity, listings: Iterable[Listing]) -> tuple[set[tuple[str, str]], list[Thing]]:
    """Give what the state knows and what the cloud holds, asked side by side; the first that fails ends the others."""
    try:
        async with asyncio.TaskGroup() as group:
            known = group.create_task(_known(identity.stack))
            told = [group.create_task(_all(listing(identity))) for listing in listings]
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
    return known.result(), [thing for each in told for thing in each.result()]


async def _all(listed: Listed) -> list[Thing]:
    return [thing async for thing in listed]


async def _known(stack: str) -> set[tuple[str, str]]:
    """Give types and ids in the stack's state. The engine tells outputs, into which the vendor's plugin puts the id."""
    told = await ask(invoke_output("pulumi:pulumi:readStackResourceOutputs", {"stackName": stack}))
    return {
        (type_of(urn), resource["outputs"]["id"])
        for urn, resource in told["outputs"].items()
        if "id" in resource["outputs"]
    }


def token(kind: Kind) -> str:
    """Return the type's name in Pulumi, which the SDK writes on each class."""
    return str(vars(kind)["pulumi_type"])


def _twice(kind: Kind, name: str, first: str, second: str) -> Problem:
    return Problem(
        where=f"{token(kind)} {name}",
        what="it is in the cloud twice with this stack's tags, one of them left by a run that was cut off",
        got=f"{first} and {second}",
        next=f"see which one the stack knows (pulumi stack export | grep -e {first} -e {second}) and delete the other",
    )
