"""The daemon: `python -m simpul.lab.cloud --state DIR --port-file FILE`.

It serves on 127.0.0.1, writes its port and its process id to files, and ends cleanly on SIGTERM. Attach an engine
to it with PULUMI_DEBUG_PROVIDERS=alicloud:PORT.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Final

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from simpul.errors import SimpulError, UsageError
from simpul.lab.cloud import region, schema
from simpul.lab.cloud.estate import Estate
from simpul.lab.cloud.fault import Faults
from simpul.lab.cloud.server import Cloud
from simpul.lab.cloud.store import Store
from simpul.provider import peer, plugin

if TYPE_CHECKING:
    from simpul.lab.cloud.real import Behind

THREADS: Final = 64
MESSAGE: Final = 64 * 1024 * 1024
GRACE: Final = 5.0


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; give the exit code."""
    options = _parser().parse_args(arguments)
    end = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: end.set())
    store = Store(options.state)
    try:
        return _serve(options, store, end)
    except SimpulError as error:
        _say(str(error))
        return error.exit_code
    finally:
        store.close()


def _serve(options: argparse.Namespace, store: Store, end: Event) -> int:
    estate = Estate(schema.load(), store, options.region, progress=_say)
    behind = None if options.no_backing else _back(estate, options)
    estate.resume()
    calls = ThreadPoolExecutor(THREADS, thread_name_prefix="call")
    door = peer.OwnUser()
    server = grpc.server(
        calls,
        interceptors=[door],
        options=[("grpc.max_receive_message_length", MESSAGE), ("grpc.max_send_message_length", MESSAGE)],
    )
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(
        Cloud(estate, Faults(options.state / "faults.yaml")), server
    )
    port = door.listen(server)
    server.start()
    if behind is not None:
        behind.start()
    files = {options.state / "pid": os.getpid(), options.port_file: port}
    for path, number in files.items():
        _write(path, f"{number}\n")
    plugin.wait(end)
    store.leave()
    server.stop(GRACE).wait()
    calls.shutdown()  # what has begun is finished, as it would be in a cloud
    if behind is not None:
        behind.stop()
    for path in files:
        path.unlink(missing_ok=True)
    return 0


def _back(estate: Estate, options: argparse.Namespace) -> Behind:
    """Put real clusters, databases, buckets and registries behind the cloud's."""
    from simpul.lab.cloud import real  # noqa: PLC0415 takes a second, and needs root to be of use

    missing = [f"--{name}" for name in ("bundle", "versitygw") if getattr(options, name) is None]
    if missing:
        raise UsageError.at(" ".join(missing), "is missing", next="give what stands behind the cloud, or --no-backing")
    return real.Behind(
        estate,
        options.state,
        bundle=options.bundle,
        mirrors=dict(options.mirror),
        nodes=options.most_nodes,
        versitygw=options.versitygw,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m simpul.lab.cloud", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--state", type=Path, required=True, help="folder of the cloud's memory")
    parser.add_argument("--port-file", type=Path, required=True, help="file that gets the port, once it serves")
    parser.add_argument("--region", choices=sorted(region.ZONES), default="ap-southeast-5")
    parser.add_argument("--no-backing", action="store_true", help="start nothing real behind what is made")
    parser.add_argument("--bundle", type=Path, help="folder with k3s, its images and their checksums")
    parser.add_argument(
        "--mirror", action="append", type=_mirror, default=[], metavar="HOST=URL", help="where nodes get images of HOST"
    )
    parser.add_argument("--versitygw", type=Path, help="the S3 server that stands behind buckets")
    parser.add_argument("--most-nodes", type=int, default=2, help="how many nodes a pool may have here")
    return parser


def _mirror(text: str) -> tuple[str, str]:
    host, _, url = text.partition("=")
    if not host or not url:
        raise argparse.ArgumentTypeError(f"not HOST=URL: {text}")
    return host, url


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all: who waits for it must not read half of it."""
    new = path.with_name(f"{path.name}.new")
    new.write_text(text)
    new.replace(path)


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
