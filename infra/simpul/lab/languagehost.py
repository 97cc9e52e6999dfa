"""The lab's Python language host: it runs the Pulumi program of a project whose runtime is `python`.

An official Pulumi brings `pulumi-language-python`; no package registry has it. This one answers the part of the
protocol that running a program or a policy pack needs. It hands a program to the SDK's own server for inline
programs; a policy pack is a program of its own, whose output goes to the engine piece by piece.

In: the engine's address, the last argument. Out: its port, the first line of standard output.
Protocol: pulumi/language.proto of the pinned engine.
"""

from __future__ import annotations

import os
import runpy
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent import futures
from importlib.metadata import version
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Any

import grpc
from google.protobuf import empty_pb2
from pulumi.automation._server import LanguageServer
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

from simpul.provider import peer, plugin

PIECE = 65536
MESSAGE_LIMIT = 400 * 1024 * 1024  # the engine's own limit for a message


class LanguageHost(LanguageServer):
    """Answers the engine; `Run` executes the program in this very process, which lives for one deployment."""

    def __init__(self, engine: str) -> None:
        """Remember the address of the engine, for the program's logs."""
        super().__init__(lambda: None)
        self.engine = engine

    def Handshake(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802 the protocol's names
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        return plugin_pb2.PluginInfo(version=version("pulumi"))

    def InstallDependencies(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        """Install nothing: `make setup` has made the environment."""
        yield from ()

    def Cancel(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        return empty_pb2.Empty()

    def Run(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Run the program as `python PROGRAM` would, in the project's folder."""
        folder = Path(request.info.program_directory)
        program = folder / request.info.entry_point
        os.chdir(request.pwd or folder)
        sys.path.insert(0, str(program if program.is_dir() else program.parent))
        del request.args[:]
        request.args.append(self.engine)
        self.program = lambda: _run(program)
        return super().Run(request, context)  # type: ignore[no-untyped-call]  # the SDK's server has no types

    def RunPlugin(self, request: Any, context: Any) -> Iterator[Any]:  # noqa: N802
        """Run the Python program in a plugin's folder, such as a policy pack; stream what it says, then its end."""
        program = Path(request.info.program_directory) / request.info.entry_point
        environment = dict(entry.partition("=")[::2] for entry in request.env)
        process = subprocess.Popen(
            [sys.executable, "-u", str(program), *request.args],
            cwd=request.pwd or None,
            env=environment or None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        context.add_callback(process.kill)  # the engine ends a plugin by ending the call
        said: SimpleQueue[Any] = SimpleQueue()
        wrap = {
            process.stdout: lambda piece: language_pb2.RunPluginResponse(stdout=piece),
            process.stderr: lambda piece: language_pb2.RunPluginResponse(stderr=piece),
        }
        for pipe, make in wrap.items():
            threading.Thread(target=_forward, args=(pipe, make, said), daemon=True).start()
        for _ in wrap:
            yield from iter(said.get, None)
        yield language_pb2.RunPluginResponse(exitcode=process.wait())


def _forward(pipe: IO[bytes], make: Callable[[bytes], Any], said: SimpleQueue[Any]) -> None:
    """Put what comes out of `pipe` into `said` as it comes, made a response, and None at its end."""
    with pipe:
        while piece := os.read(pipe.fileno(), PIECE):
            said.put(make(piece))
    said.put(None)


def _run(program: Path) -> None:
    runpy.run_path(str(program), run_name="__main__")


def serve(engine: str) -> None:
    """Serve the engine at `engine` until it says goodbye or sends a signal."""
    done = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: done.set())
    limits = [
        ("grpc.max_receive_message_length", MESSAGE_LIMIT),
        ("grpc.max_send_message_length", MESSAGE_LIMIT),
    ]
    door = peer.OwnUser()
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4), options=limits, interceptors=[door])
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(LanguageHost(engine), server)
    port = door.listen(server)
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    threading.Thread(target=_watch_engine, args=(done,), daemon=True).start()
    plugin.wait(done)
    server.stop(grace=1).wait()
    # A program that waits for an engine that was killed would wait forever.
    os._exit(0)


def _watch_engine(done: threading.Event) -> None:
    """Read standard input until its other end, which the engine holds, is closed."""
    while os.read(sys.stdin.fileno(), 4096):
        pass
    done.set()


if __name__ == "__main__":
    serve(sys.argv[-1])
