"""What the provider says while it works, as lines under the resource that they are about.

In goes a text and a URN, out goes a Log call to the engine. Losing a line is better than failing a resource, so
an engine that doesn't answer is not an error here.
"""

from __future__ import annotations

from dataclasses import dataclass

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

from simpul.errors import legible


class Engine:
    """The engine's side of the log; it may get to know its address only after it has been made."""

    def __init__(self, address: str = "") -> None:
        """Send to the engine at `address` (host:port), to none when it is empty."""
        self._stub: engine_pb2_grpc.EngineStub | None = None
        if address:
            self.attach(address)

    def attach(self, address: str) -> None:
        """Send to the engine at `address` from now on."""
        self._stub = engine_pb2_grpc.EngineStub(grpc.insecure_channel(address))

    def send(self, urn: str, severity: engine_pb2.LogSeverity.ValueType, text: str, *, ephemeral: bool) -> None:
        """Show `text` under the resource `urn`."""
        if self._stub is None:
            return
        line = engine_pb2.LogRequest(urn=urn, severity=severity, message=legible(text), ephemeral=ephemeral)
        try:
            self._stub.Log(line, timeout=5)
        except grpc.RpcError:
            return


@dataclass(frozen=True)
class ResourceLog:
    """The log of one resource."""

    engine: Engine
    urn: str

    def progress(self, text: str) -> None:
        """Show `text` until the next line replaces it."""
        self.engine.send(self.urn, engine_pb2.INFO, text, ephemeral=True)

    def alert(self, text: str) -> None:
        """Keep `text` in the output as a warning."""
        self.engine.send(self.urn, engine_pb2.WARNING, text, ephemeral=False)

    def debug(self, text: str) -> None:
        """Keep `text` for those who run with --debug."""
        self.engine.send(self.urn, engine_pb2.DEBUG, text, ephemeral=False)
