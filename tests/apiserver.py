"""An HTTPS server that stands for the API of a cluster, and answers what a test says."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from credential import identity


@contextmanager
def serve(answer: Callable[[str, str, Any], tuple[int, Any] | None]) -> Iterator[int]:
    """Serve for as long as the block runs; give the port.

    `answer` gets the method, the path without its query and what was sent (None for nothing); it gives a status and
    what is said, or None to hang up.
    """

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or "null")
            answered = answer(self.command, self.path.partition("?")[0], body)
            if answered is None:
                self.close_connection = True
                return
            code, said = answered
            data = json.dumps(said).encode()
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = do_DELETE = _serve  # noqa: N815 the names that the base class looks for

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the base class's name
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket = identity().context().wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server.server_port
        finally:  # or a test that fails would never end
            server.shutdown()
            thread.join()
