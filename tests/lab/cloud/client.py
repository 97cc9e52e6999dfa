"""An engine's side of the protocol, for tests: real gRPC calls in plain values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import engine_pb2_grpc, plugin_pb2, provider_pb2_grpc
from pulumi.runtime.proto import provider_pb2 as pb

from simpul.lab.cloud import schema
from simpul.lab.cloud.cluster.backing import Backing
from simpul.lab.cloud.estate import Estate
from simpul.lab.cloud.fault import Faults
from simpul.lab.cloud.server import Cloud
from simpul.lab.cloud.store import Store
from simpul.provider.wire import pack, plain, unpack


class Log(engine_pb2_grpc.EngineServicer):
    """Keeps what a plugin tells the engine to show."""

    def __init__(self) -> None:
        """Begin with nothing heard."""
        self.lines: list[str] = []

    def Log(self, request: Any, context: Any) -> Empty:  # noqa: N802 the protocol's name
        self.lines.append(request.message)
        return Empty()


@dataclass
class Client:
    """An engine's side of the protocol, in plain values."""

    estate: Estate
    folder: Path
    port: str
    stub: Any
    log: Log = field(default_factory=Log)

    def check(self, token: str, inputs: Mapping[str, Any], old: Mapping[str, Any] | None = None) -> Checked:
        """Check inputs."""
        answer = self.stub.Check(pb.CheckRequest(urn=urn(token), news=pack(inputs), olds=pack(old or {})))
        return Checked(plain(unpack(answer.inputs)), [each.reason for each in answer.failures])

    def diff(self, token: str, state: Mapping[str, Any], inputs: Mapping[str, Any], ignore: Sequence[str] = ()) -> Any:
        """Compare a state and inputs, but for what is to be ignored."""
        asked = pb.DiffRequest(urn=urn(token), id="any", olds=pack(state), news=pack(inputs), ignoreChanges=ignore)
        return self.stub.Diff(asked)

    def create(self, token: str, **inputs: Any) -> Made:
        """Check and create; the test means it to succeed."""
        checked = self.check(token, inputs)
        assert checked.failures == []
        answer = self.stub.Create(pb.CreateRequest(urn=urn(token), properties=pack(checked.inputs)))
        return Made(token, answer.id, checked.inputs, plain(unpack(answer.properties)))

    def push(self, token: str, inputs: Mapping[str, Any]) -> str:
        """Create without a check first, as a plugin of another version would; give the id."""
        return str(self.stub.Create(pb.CreateRequest(urn=urn(token), properties=pack(inputs))).id)

    def update(self, made: Made, **inputs: Any) -> Made:
        """Check and update."""
        checked = self.check(made.token, inputs, made.inputs)
        assert checked.failures == []
        request = pb.UpdateRequest(urn=urn(made.token), id=made.id, olds=pack(made.outputs), news=pack(checked.inputs))
        return Made(made.token, made.id, checked.inputs, plain(unpack(self.stub.Update(request).properties)))

    def read(self, token: str, identity: str) -> Made | None:
        """Read a resource as an import does, with nothing but its id."""
        answer = self.stub.Read(pb.ReadRequest(urn=urn(token), id=identity))
        if not answer.id:
            return None
        return Made(token, answer.id, plain(unpack(answer.inputs)), plain(unpack(answer.properties)))

    def delete(self, made: Made) -> None:
        """Delete a resource."""
        self.stub.Delete(pb.DeleteRequest(urn=urn(made.token), id=made.id))

    def invoke(self, token: str, **arguments: Any) -> dict[str, Any]:
        """Ask a data source."""
        answer = self.stub.Invoke(pb.InvokeRequest(tok=token, args=pack(arguments)))
        assert not answer.failures, answer.failures
        values: dict[str, Any] = plain(unpack(getattr(answer, "return")))
        return values


@dataclass(frozen=True)
class Checked:
    """What Check answered."""

    inputs: dict[str, Any]
    failures: list[str]


@dataclass(frozen=True)
class Made:
    """A resource as the engine knows it."""

    token: str
    id: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]


def urn(token: str) -> str:
    """Give the name that the engine would give a resource of that type."""
    return f"urn:pulumi:test::simpul::{token}::it"


def words(error: Any) -> str:
    """Give what a call that failed says; `error` is what pytest.raises caught."""
    return str(error.value.details())


def refused(call: Any, *arguments: Any, **inputs: Any) -> str:
    """Make a call that must fail; give what it says."""
    with pytest.raises(grpc.RpcError) as error:
        call(*arguments, **inputs)
    return words(error)


@contextmanager
def serve(folder: Path, clusters: Backing | None = None, **behind: Any) -> Iterator[Client]:
    """Serve a cloud that keeps its memory in `folder`, attached to by an engine that keeps what it is told.

    `clusters` and `behind` are what stands behind it.
    """
    store = Store(folder)
    estate = Estate(schema.load(), store, clusters=clusters, **behind)
    estate.resume()
    log, calls, server = Log(), *_server()
    engine_pb2_grpc.add_EngineServicer_to_server(log, server)
    cloud = Cloud(estate, Faults(folder / "faults.yaml"))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(cloud, server)
    port = str(server.add_insecure_port("127.0.0.1:0"))
    address = f"127.0.0.1:{port}"
    server.start()
    with grpc.insecure_channel(address) as channel:
        stub = provider_pb2_grpc.ResourceProviderStub(channel)
        stub.Attach(plugin_pb2.PluginAttach(address=address))
        yield Client(estate, folder, port, stub, log)
    server.stop(1).wait()
    calls.shutdown()
    store.close()


def _server() -> tuple[ThreadPoolExecutor, grpc.Server]:
    calls = ThreadPoolExecutor(16)
    return calls, grpc.server(calls)
