"""What the provider's server tells an engine, over gRPC."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, status_pb2

from simpul.errors import Problem
from simpul.provider.kind import Request, Unfinished, Values
from simpul.provider.log import Engine
from simpul.provider.server import Provider
from simpul.provider.wire import UNKNOWN, pack, unpack

TOKEN = "simpul:edge:Host"


class Half:
    """Begins a host, and is cut off before it knows all of it."""

    token = TOKEN

    def create(self, request: Request) -> tuple[str, Values]:
        raise Unfinished(
            Problem(str(request.inputs["name"]), "was cut off"), id="it", state={"known": 1, "not": UNKNOWN}
        )


def test_what_is_unfinished_is_handed_over_without_what_is_unknown() -> None:
    """The engine can't read unknown values there: it recorded the resource without an id, and crashed on it."""
    half: Any = Half()
    server = grpc.server(ThreadPoolExecutor(1))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Provider([half], Engine(), threading.Event()), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    urn = f"urn:pulumi:trial::trial::{TOKEN}::it"
    request = provider_pb2.CreateRequest(urn=urn, properties=pack({"name": "it"}))
    try:
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel, pytest.raises(grpc.RpcError) as refused:
            provider_pb2_grpc.ResourceProviderStub(channel).Create(request)
    finally:
        server.stop(None).wait()
    [(_, status)] = [each for each in refused.value.trailing_metadata() if each[0] == "grpc-status-details-bin"]
    [packed] = status_pb2.Status.FromString(status).details
    told = provider_pb2.ErrorResourceInitFailed()
    assert packed.Unpack(told)
    assert (told.id, unpack(told.properties)) == ("it", {"known": 1})
    assert "was cut off" in told.reasons[0]
