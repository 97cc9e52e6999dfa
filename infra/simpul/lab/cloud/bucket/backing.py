"""What the cloud asks of whatever keeps its objects.

In: what a bucket is to be, and who may do what. Out: a bucket that S3 clients find at `endpoint`. All calls may be
repeated: what is there already is brought in line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True)
class Bucket:
    """A bucket: whether it keeps old versions ("Enabled", "Suspended", "" for never), for how many days objects stay.

    Objects of a bucket with `retention_days` can't be removed or changed before.
    """

    name: str
    versioning: str = ""
    retention_days: int = 0


@dataclass(frozen=True)
class Access:
    """Who may do what: secrets by access key, and by bucket the statements of its policy in S3's form."""

    secrets: Mapping[str, str] = field(repr=False)
    statements: Mapping[str, Sequence[Mapping[str, Any]]]


class Buckets(Protocol):
    """Keeps objects. Every method raises OutsideError when the server fails."""

    @property
    def endpoint(self) -> str:
        """Where it answers, as the vendor's outputs have it: a host, which serves HTTPS."""
        ...

    def make(self, bucket: Bucket) -> None:
        """Make a bucket, or bring the one that is there in line."""
        ...

    def is_empty(self, name: str) -> bool:
        """Say whether a bucket has no object, no version of one and no upload that is under way."""
        ...

    def remove(self, name: str) -> None:
        """Remove a bucket with what is in it; one that isn't there is removed already."""
        ...

    def admit(self, read: Callable[[], Access]) -> None:
        """Let in who may come in now, and nobody else. `read` is called when it is this call's turn."""
        ...
