"""The plugin's program: what the Pulumi engine starts and speaks to.

Its last argument is the engine's address; its first line of output is the port it listens on. It ends on SIGINT
and SIGTERM, and when the engine is gone, which closes its standard input. With it ends whatever it has started, also
when it is killed.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from simpul.provider import child, peer, plugin, scratch
from simpul.provider.certificate import Certificate
from simpul.provider.host import Host
from simpul.provider.kind import Kind
from simpul.provider.log import Engine
from simpul.provider.password import Password
from simpul.provider.release import Release
from simpul.provider.server import Provider

_LARGEST_MESSAGE: Final = 400 * 1024 * 1024  # the engine's own limit
_MOST_REQUESTS: Final = 256


def main() -> None:
    """Serve until told to end, or until the engine is gone."""
    ended = threading.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: ended.set())
    threading.Thread(target=_watch_engine, args=(ended,), daemon=True).start()
    scratch.sweep()

    stop = threading.Event()
    engine = Engine(next((arg for arg in reversed(sys.argv[1:]) if not arg.startswith("-")), ""))
    kinds: list[Kind] = [Host(stop), Release(stop), Password(), Certificate()]
    door = peer.OwnUser()
    server = grpc.server(
        ThreadPoolExecutor(max_workers=_MOST_REQUESTS),
        interceptors=[door],
        options=[
            ("grpc.max_receive_message_length", _LARGEST_MESSAGE),
            ("grpc.max_send_message_length", _LARGEST_MESSAGE),
        ],
    )
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Provider(kinds, engine, stop), server)
    port = door.listen(server)
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()

    plugin.wait(ended)
    stop.set()
    child.end_all()
    scratch.clear()
    # Threads that still wait for something must not keep the plugin; nothing they could finish is left.
    os._exit(0)


def _watch_engine(ended: threading.Event) -> None:
    """Read standard input until its other end, which the engine holds, is closed."""
    while os.read(sys.stdin.fileno(), 4096):
        pass
    ended.set()


if __name__ == "__main__":
    main()
