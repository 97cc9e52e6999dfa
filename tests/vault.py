"""A keeper of keys for the engines of tests: the two calls that an engine makes of Vault's transit engine.

An engine that has a passphrase derives its key anew at each command, which is slow on purpose. With a keeper it makes a
key of its own, has it encrypted once, and asks for it back; secrets lie encrypted with it as ever. The lab's engine has
a passphrase, and so have the tests on it.
"""

from __future__ import annotations

import json
import threading
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

PROVIDER: Final = "hashivault://tests"
"""What a stack is told to have its secrets encrypted with."""


class _Calls(BaseHTTPRequestHandler):
    """Answers `encrypt` and `decrypt`: an encrypted text is the number of a plain one, which stays in this process."""

    kept: list[str] = []  # noqa: RUF012 the server makes a handler for each call

    def do_PUT(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if "/encrypt/" in self.path:
            self.kept.append(asked["plaintext"])
            told = {"ciphertext": f"vault:v1:{len(self.kept) - 1}"}
        else:
            told = {"plaintext": self.kept[int(asked["ciphertext"].rpartition(":")[2])]}
        body = json.dumps({"data": told}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the library's name
        """Say nothing."""


@cache
def variables() -> dict[str, str]:
    """Start the keeper, which lives as long as this process; give the environment in which an engine finds it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Calls)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return {"VAULT_SERVER_URL": f"http://127.0.0.1:{server.server_port}", "VAULT_SERVER_TOKEN": "a test's"}
