"""What of the city the cloud holds already, so that a creation that was cut off is adopted and not made twice.

When the operator's machine dies between the cloud's making of a resource and the engine's writing of its state, the
resource exists and the state doesn't know it. The vendor lets two VPCs, NAT gateways or addresses have one name, so
the next run would make a second one, and the city would pay for both. Therefore the program first asks what is this
stack's, and hands the id to Pulumi's own `import`. Where the state knows the resource, the id is the same and nothing
happens. What is another stack's is never handed over: adopted, it would go with this stack's destroy.

In: the identity. Out: ids by kind and name. It only reads.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from simpul.cloud.identity import Identity
from simpul.errors import OutsideError, Problem

Pause = Callable[[float], None]
Listed = Iterable[tuple[str, str, str]]
"""Kind, name and id of what is there."""

Listing = Callable[[Identity, Pause], Listed]
"""How a component says what the cloud holds of it: by the stack's tags; where a listing has none, by its name."""


@dataclass(frozen=True)
class Found:
    """Ids of the city's resources that are there, by kind and name."""

    ids: dict[tuple[str, str], str] = field(default_factory=dict)

    def id(self, kind: str, name: str) -> str | None:
        """Give the id of the `kind` named `name`, or None when the cloud has none."""
        return self.ids.get((kind, name))


def find(identity: Identity, listings: Iterable[Listing], pause: Pause = time.sleep) -> Found:
    """Ask the cloud what it holds of this stack; wait with `pause` for what is between two states.

    Raises OutsideError when a name is there twice, or is another's: then a person must say which one stays.
    """
    ids: dict[tuple[str, str], str] = {}
    problems: list[Problem] = []
    for listing in listings:
        for kind, name, id_ in listing(identity, pause):
            if ids.setdefault((kind, name), id_) != id_:
                problems.append(_twice(kind, name, ids[kind, name], id_))
    if problems:
        raise OutsideError(*problems)
    return Found(ids)


def _twice(kind: str, name: str, first: str, second: str) -> Problem:
    return Problem(
        where=f"cloud {kind} {name}",
        what="it is in the cloud twice with this stack's tags, one of them left by a run that was cut off",
        got=f"{first} and {second}",
        next=f"see which one the stack knows (pulumi stack export | grep -e {first} -e {second}) and delete the other",
    )
