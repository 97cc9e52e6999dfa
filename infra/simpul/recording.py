"""The program without an engine, a cloud or a network: what it would register is written down.

A city enters, a `Recording` leaves. Pulumi's own mocks stand for the engine; what a cloud or our own provider would
compute is invented, and looks it: the id of the resource `x` is `x-id`.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any

import pulumi
from pulumi.runtime import mocks, set_mocks

from simpul.city import City
from simpul.cloud import Found
from simpul.program import compose

Answers = Mapping[str, Mapping[str, Any]]


def _pem(mark: str) -> str:
    text = f"-----BEGIN {mark}-----\nbm8gcmVhbCBvbmU=\n-----END {mark}-----\n"
    return base64.b64encode(text.encode()).decode()


CREDENTIAL = {
    "clusterCert": _pem("CERTIFICATE"),
    "clientCert": _pem("CERTIFICATE"),
    "clientKey": _pem("PRIVATE KEY"),
}
"""What opens a cluster, in the form of what would."""

ANSWERS: Answers = {
    "alicloud:cs/getRegistryEnterpriseInstances:getRegistryEnterpriseInstances": {
        "ids": ["cri-1"],
        "instances": [{"id": "cri-1", "publicEndpoints": []}],
    },
    "alicloud:cr/getEndpointAclService:getEndpointAclService": {"instanceId": "cri-1", "status": "RUNNING"},
    "alicloud:cs/getClusterCredential:getClusterCredential": {"certificateAuthority": CREDENTIAL},
    "alicloud:index/getAccount:getAccount": {"id": "0000000000000000"},
    "alicloud:index/getCallerIdentity:getCallerIdentity": {"arn": "acs:ram::0000000000000000:user/nobody"},
    "alicloud:rds/getInstances:getInstances": {"instances": []},
}
"""What data sources answer that the program asks while it registers."""

COMPUTED: Answers = {
    "alicloud:cs/managedKubernetes:ManagedKubernetes": {
        "rrsaMetadata": {
            "enabled": True,
            "ramOidcProviderName": "ack-rrsa",
            "ramOidcProviderArn": "acs:ram::0000000000000000:oidc-provider/ack-rrsa",
            "rrsaOidcIssuerUrl": "https://oidc-ack.example",
        }
    },
    "simpul:edge:Host": {"kubeconfig": "kind: Config", "state": "ready"},
    "simpul:secret:Password": {"result": "a-password-of-32-letters", "hash": f"$2b$06${'x' * 53}"},
    "simpul:secret:Certificate": {"certificatePem": "a certificate", "privateKeyPem": "a key"},
}
"""What is computed for our provider's resources; what the vendor's compute is read from its SDK."""


@dataclass(frozen=True)
class Registered:
    """A resource as the program registers it: `inputs` by the names that the vendor's provider knows."""

    type: str
    name: str
    inputs: Mapping[str, Any]
    parent: str = ""
    """The name of the component that it belongs to."""

    ignored: tuple[str, ...] = ()
    """The inputs whose changes it ignores."""

    protect: bool = False
    """Whether the engine refuses to make it anew or to delete it."""


@dataclass(frozen=True)
class Recording:
    """What a program registered, in its order, and its stack outputs."""

    resources: tuple[Registered, ...]
    outputs: Mapping[str, Any]

    def of(self, type_: str) -> list[Registered]:
        """Give the resources of a type."""
        return [each for each in self.resources if each.type == type_]


@cache
def _texts(type_: str) -> tuple[str, ...]:
    """Give the outputs of a vendor's resource type that are always there and text, by the names of the protocol."""
    package, _, path = type_.partition(":")
    if package != "alicloud":
        return ()
    module, name = path.partition("/")[0], path.rpartition(":")[2]
    members = vars(getattr(import_module(f"pulumi_alicloud.{module}"), name)).values()
    getters = [each.fget for each in members if isinstance(each, property) and each.fget is not None]
    return tuple(
        getattr(each, "_pulumi_name", each.__name__)
        for each in getters
        if each.__annotations__.get("return") == pulumi.Output[str]
    )


class _Monitor(mocks.MockMonitor):
    """Pulumi's mock of the engine, which keeps the parents and the dependencies that it is told."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__(recorder)
        self._parents, self._needs = recorder.parents, recorder.needs
        self._ignored, self._protected = recorder.ignored, recorder.protected

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 the protocol's name
        if (request.type, request.name) in self._parents:
            message = f"{request.type} {request.name} is registered twice: an engine takes no second one"
            raise RuntimeError(message)
        self._parents[request.type, request.name] = request.parent.rpartition("::")[2]
        self._needs[request.type, request.name] = tuple(request.dependencies)
        self._ignored[request.type, request.name] = tuple(request.ignoreChanges)
        if request.protect:
            self._protected.add((request.type, request.name))
        register: Callable[[Any], Any] = super().RegisterResource
        return register(request)


@dataclass
class Recorder(mocks.Mocks):
    """Records resources; answers a data source as `answers` says, and a resource with what would be computed."""

    answers: Answers = field(default_factory=dict)
    computed: Answers = field(default_factory=lambda: COMPUTED)
    resources: list[mocks.MockResourceArgs] = field(default_factory=list)
    parents: dict[tuple[str, str], str] = field(default_factory=dict)
    """The name of a resource's parent, by the resource's type and name."""

    needs: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    """The URNs of what a resource has to wait for, by its type and name."""

    ignored: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    """The inputs whose changes a resource ignores, by its type and name."""

    protected: set[tuple[str, str]] = field(default_factory=set)
    """Types and names of what the engine is to protect."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        """Write a resource down; give its id and outputs."""
        self.resources.append(args)
        invented = {name: f"{args.name}-{name}" for name in _texts(args.typ)}
        return f"{args.name}-id", {**invented, **args.inputs, **self.computed.get(args.typ, {})}

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]]]:
        """Answer a data source."""
        return dict(self.answers[args.token]), []


def run(program: Callable[[], Any], recorder: Recorder, stack: str) -> Any:
    """Run `program` to its end with `recorder` in place of an engine; give what it returns, with outputs known."""
    known: list[Any] = []
    asyncio.set_event_loop(loop())
    set_mocks(recorder, project="simpul", stack=stack, preview=False, monitor=_Monitor(recorder))
    test: Callable[..., Callable[[], Any]] = pulumi.runtime.test
    test(lambda: pulumi.Output.from_input(program()).apply(known.append))()
    return known[0]


@cache
def loop() -> asyncio.AbstractEventLoop:
    """Give the event loop that the SDK works in: the one that is there, or a new one. It is kept for every run."""
    try:
        return asyncio.get_event_loop()
    except RuntimeError:  # an `asyncio.run` took it away
        return asyncio.new_event_loop()


def record(city: City, stack: str = "balikpapan") -> Recording:
    """Run the whole program for `city` as `stack`."""
    recorder = Recorder(ANSWERS, COMPUTED)
    outputs = run(lambda: compose(city, Found()), recorder, stack)
    resources = (
        Registered(
            each.typ,
            each.name,
            each.inputs,
            recorder.parents[each.typ, each.name],
            recorder.ignored[each.typ, each.name],
            (each.typ, each.name) in recorder.protected,
        )
        for each in recorder.resources
    )
    return Recording(tuple(resources), outputs)
