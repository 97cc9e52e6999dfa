"""What a program registers, read on its way to the engine.

The engine's side of the SDK enters; each registration leaves as a Resource: Pulumi's own names, what isn't known yet
as UNKNOWN, the texts that are secret, and the resources that each value comes of.

It stands where the SDK hands a registration to the engine, within this process, and costs a reading of it. Pulumi's
`register_resource_transform` has the engine call the program back for each resource instead, and tells a refusal with
a trace; `register_stack_transformation` comes before values are known. See docs/adr/0020-rules-at-the-door.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import pulumi

from simpul.policy.subject import Frame, Options, Resource
from simpul.provider.wire import Secret, plain, unpack

_ROOT_TYPE = "pulumi:pulumi:Stack"


class Watcher(Protocol):
    """Who is told of registrations: before and after each, from several threads, and when all are through."""

    def before(self, resource: Resource) -> Any:
        """Look at `resource` before the engine gets it; what is given back comes back in `after`."""

    def after(self, found: Any, urn: str) -> None:
        """Hear that the engine has it, as `urn`."""

    def end(self) -> None:
        """Hear that nothing more is registered."""


def watch(monitor: Any, frame: Frame, watcher: Watcher) -> None:
    """Let `watcher` see everything that goes to `monitor`, the engine's side of the SDK, from here on."""
    register, leave = monitor.RegisterResource, monitor.SignalAndWaitForShutdown

    def pass_through(request: Any, *args: Any, **kwargs: Any) -> Any:
        if request.type == _ROOT_TYPE:
            return register(request, *args, **kwargs)
        found = watcher.before(read(request, frame))
        response = register(request, *args, **kwargs)
        watcher.after(found, response.urn)
        return response

    def end(request: Any, *args: Any, **kwargs: Any) -> Any:
        watcher.end()
        return leave(request, *args, **kwargs)

    monitor.RegisterResource, monitor.SignalAndWaitForShutdown = pass_through, end
    monitor.RegisterStackTransform = _refuse


def _refuse(*_: Any, **__: Any) -> Any:
    """Refuse a transform that the engine calls: it would change what has passed here already."""
    what = "register_resource_transform: the engine calls such a transform after the rules have looked at a resource"
    message = f"{what}\n    Use pulumi.runtime.register_stack_transformation, which comes before."
    raise pulumi.RunError(message)


def read(request: Any, frame: Frame) -> Resource:
    """Read a RegisterResourceRequest."""
    values = unpack(request.object)
    refs = {
        prop: tuple(urn.rpartition("::")[2] for urn in listed.urns)
        for prop, listed in request.propertyDependencies.items()
        if listed.urns
    }
    secrets = frozenset(texts(values))
    return Resource(request.type, request.name, plain(values), refs, secrets, frame, _options(request))


def _options(request: Any) -> Options:
    return Options(
        ignores=tuple(request.ignoreChanges),
        protect=request.protect,
        retain=request.retainOnDelete,
        elsewhere=request.remote or bool(request.transforms),
    )


def texts(value: Any, *, secret: bool = False) -> Iterator[str]:
    """Give every text and number that stands in a secret."""
    if isinstance(value, Secret):
        yield from texts(value.value, secret=True)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner, secret=secret)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner, secret=secret)
    elif secret and isinstance(value, str):
        yield value
    elif secret and isinstance(value, int | float) and not isinstance(value, bool):
        yield str(value)
