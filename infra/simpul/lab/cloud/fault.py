"""Calls that go wrong on purpose, as data.

In: `faults.yaml` in the cloud's state folder, read anew when it changes. Out: what is to happen to a call. A file
looks like this; `nth` counts the calls that match, from 1, `times` says how many in a row (1):

    - {type: "alicloud:vpc/network:Network", operation: create, nth: 1, does: throttle, times: 2}
    - {type: "*", operation: delete, nth: 3, does: fail, code: ServiceUnavailable}
    - {type: "*", operation: read, nth: 1, does: slow, seconds: 2.5}
    - {type: "alicloud:vpc/switch:Switch", operation: create, nth: 2, does: lose}
    - {type: "alicloud:kms/*", operation: "*", does: close}      the service isn't open, until the line is gone
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from fnmatch import fnmatchcase
from pathlib import Path
from threading import Lock
from typing import Any, Final, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from simpul.errors import Problem, UsageError
from simpul.lab.cloud.refusal import Refusal

T = TypeVar("T")
TRIES: Final = 5
"""How often the vendor's plugin asks again when it is throttled, before it gives up."""
PAUSE: Final = 0.05
"""Seconds between two tries; the vendor's plugin takes longer, a rehearsal needn't."""


CLOSED: Final = {
    "cen": (
        "Forbbiden.TransitRouterServiceNotOpen",
        "The transit router service is not open.",
    ),  # the vendor's spelling
    "log": ("Unauthorized", "AccessKeyId LTAI0000000000 is inactive"),
    "oss": ("UserDisable", "UserDisable"),
    "ram": ("Inactive", "Account is inactive to this service"),
}
"""What services say that aren't open, by the SDK's module, where it is known."""
OTHERWISE: Final = ("Forbidden.ServiceNotOpen", "The service is not activated for the account.")


class Fault(BaseModel):
    """One thing that goes wrong: which calls, and how."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: str
    operation: Literal["create", "read", "update", "delete", "invoke", "*"]
    nth: int = Field(default=1, ge=1)
    times: int = Field(default=1, ge=1)
    does: Literal["throttle", "fail", "slow", "lose", "close"]
    code: str = "ServiceUnavailable"
    seconds: float = Field(default=1.0, ge=0)

    def matches(self, token: str, operation: str) -> bool:
        """Say whether a call is of the kind that this one is about."""
        return self.operation in (operation, "*") and fnmatchcase(token, self.type)


class Lost(Exception):  # noqa: N818 the answer is lost, the call was no error
    """The call was carried out, and its answer is lost on the way."""


class Faults:
    """The faults of one cloud, with the count of calls that matched each."""

    def __init__(self, path: Path) -> None:
        """Take faults from `path`, which needn't exist."""
        self._path = path
        self._lock = Lock()
        self._stamp = 0
        self._faults: tuple[Fault, ...] = ()
        self._count: Counter[int] = Counter()

    def call(self, token: str, operation: str, work: Callable[[], T]) -> T:
        """Do `work` as the faults have it. Raises Refusal, or Lost after the work is done."""
        for _ in range(TRIES):
            due = self._due(token, operation)
            time.sleep(sum(each.seconds for each in due if each.does == "slow"))
            if any(each.does == "throttle" for each in due):
                time.sleep(PAUSE)
                continue
            for each in due:
                if each.does == "close":
                    raise closed(token)
                if each.does == "fail":
                    raise Refusal(each.code, "The request has failed due to a temporary failure of the server.")
            result = work()
            if any(each.does == "lose" for each in due):
                raise Lost(f"{operation} {token}")
            return result
        raise Refusal("Throttling.User", "Request was denied due to user flow control.")

    def _due(self, token: str, operation: str) -> list[Fault]:
        with self._lock:
            self._load()
            due = []
            for number, fault in enumerate(self._faults):
                if fault.matches(token, operation):
                    self._count[number] += 1
                    if fault.does == "close" or fault.nth <= self._count[number] < fault.nth + fault.times:
                        due.append(fault)
            return due

    def _load(self) -> None:
        stamp, text = 0, ""
        with suppress(FileNotFoundError):
            stamp, text = self._path.stat().st_mtime_ns, self._path.read_text()
        if stamp != self._stamp:
            self._faults, self._count, self._stamp = read(str(self._path), text), Counter(), stamp


def closed(token: str) -> Refusal:
    """Give the answer of the service that serves `token`, while it isn't open in the account."""
    return Refusal(*CLOSED.get(token.removeprefix("alicloud:").partition("/")[0], OTHERWISE))


def read(where: str, text: str) -> tuple[Fault, ...]:
    """Read faults from YAML. Raises UsageError with everything that is wrong with them."""
    try:
        data: Any = yaml.safe_load(text) or []
        return TypeAdapter(tuple[Fault, ...]).validate_python(data)
    except yaml.YAMLError as error:
        raise UsageError.at(where, "isn't YAML", str(error)) from error
    except ValidationError as error:
        problems = [
            Problem(f"{where}[{'.'.join(map(str, each['loc']))}]", each["msg"], repr(each["input"]))
            for each in error.errors()
        ]
        raise UsageError(*problems) from error
