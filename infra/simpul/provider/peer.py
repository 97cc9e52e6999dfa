"""Who may call a plugin: the user who started it, and root.

A port on loopback is open to every user of a machine, and the protocol of plugins has no password: whoever calls one
has its secrets read out and its work done with the operator's rights. Linux tells whose a connection is.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import grpc

LOOPBACK: Final = "127.0.0.1"
CONNECTIONS: Final = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
"""The kernel's tables of connections; proc(5) tells their columns. Elsewhere there are none, and nobody is refused."""

_LOOPBACK: Final = f"{int.from_bytes(socket.inet_aton(LOOPBACK), sys.byteorder):08X}"
_ESTABLISHED: Final = "01"
_KINDS: Final = ("unary_unary", "unary_stream", "stream_unary", "stream_stream")


class OwnUser(grpc.ServerInterceptor):  # type: ignore[misc]  # grpc has no types
    """Refuses each call that comes from another user of the machine."""

    port = 0

    def listen(self, server: Any) -> int:
        """Return the port of loopback at which `server`, which has this interceptor, will be found."""
        self.port = int(server.add_insecure_port(f"{LOOPBACK}:0"))
        return self.port

    def intercept_service(self, continuation: Callable[[Any], Any], details: Any) -> Any:
        """Return the handler of a call, which looks at who calls before it does anything."""
        handler = continuation(details)
        for kind in _KINDS:
            if behaviour := getattr(handler, kind, None):
                return handler._replace(**{kind: self._guard(behaviour)})
        return handler

    def _guard(self, behaviour: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        def guarded(request: Any, context: Any) -> Any:
            if not self._admits(context.peer()):
                context.abort(grpc.StatusCode.PERMISSION_DENIED, "this plugin serves the user who started it alone")
            return behaviour(request, context)

        return guarded

    def _admits(self, peer: str) -> bool:
        """Say whether `peer`, as gRPC has it ("ipv4:127.0.0.1:40000"), is ours or root's."""
        if not any(table.exists() for table in CONNECTIONS):
            return True
        _, _, port = peer.rpartition(":")
        return port.isdecimal() and owner(int(port), self.port) in (os.geteuid(), 0)


def owner(port: int, to: int) -> int | None:
    """Return the user id of the connection on loopback from `port` to the port `to`, None where there is none."""
    for line in _lines():
        _, ours, theirs, state, *rest = line.split()
        if state == _ESTABLISHED and _is(ours, port) and _is(theirs, to):
            return int(rest[3])
    return None


def _lines() -> Iterator[str]:
    for table in CONNECTIONS:
        if table.exists():
            yield from table.read_text().splitlines()[1:]


def _is(place: str, port: int) -> bool:
    """Say whether `place`, in the kernel's writing, is `port` on loopback: a number of the machine, in hexadecimal."""
    address, _, at = place.partition(":")
    # An address of IPv4 in a socket of IPv6 has the same end, and ffff before it.
    return int(at, 16) == port and address.endswith(_LOOPBACK)
