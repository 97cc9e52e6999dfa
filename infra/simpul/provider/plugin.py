"""What every plugin of ours has in common: what it answers an engine about itself, and how it waits for its end.

In: the engine's address, whenever it tells it. Out: an `Engine` that lines are sent to.
"""

# ruff: noqa: N802, ARG002 the protocol's names and signatures

from __future__ import annotations

import threading
from typing import Any, ClassVar, Final

from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from simpul.provider.log import Engine

LOOK_SECONDS: Final = 0.5


def wait(ended: threading.Event) -> None:
    """Wait in the main thread until `ended` is set, which a signal's handler may do.

    It looks up now and then: a signal that comes between Python's last look at signals and the thread's sleep wakes
    nobody, and its handler would run when the next one comes.
    """
    while not ended.wait(LOOK_SECONDS):
        pass


class Plugin(provider_pb2_grpc.ResourceProviderServicer):
    """A resource provider, as far as it is about itself."""

    knows_secrets: ClassVar[bool]
    """Whether it gives back as secret what it got as one; else the engine marks a property as secret that held one."""

    def __init__(self, engine: Engine, version: str) -> None:
        """Be of `version`; the engine is told what happens through `engine`."""
        self._engine = engine
        self._version = version

    def Handshake(self, request: Any, context: Any) -> Any:
        if request.engine_address:
            self._engine.attach(request.engine_address)
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=self.knows_secrets)

    def Attach(self, request: Any, context: Any) -> Empty:
        self._engine.attach(request.address)
        return Empty()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version=self._version)
