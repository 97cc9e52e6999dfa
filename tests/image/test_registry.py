"""What a registry has: asked as it wants to be asked, with a login that goes to nobody else."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from simpul.errors import OutsideError
from simpul.image.registry import Login, Remote

LOGIN = Login("deployer@5123456789012345.onaliyun.com", "Sandi-rahasia-1")
THERE = "/v2/balikpapan/hello/manifests/1.0"


class Server(ThreadingHTTPServer):
    """A registry that asks for a token, or for the login itself; `asked` is what came with which login."""

    realm = ""
    asked: list[tuple[str, str]]


@pytest.fixture
def registry() -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            given = self.headers.get("Authorization", "")
            server.asked.append((self.path, given))
            wanted = "Bearer a-token" if server.realm else f"Basic {LOGIN.basic}"
            self.send_response(401 if given != wanted else 200 if self.path == THERE else 404)
            bearer = f'Bearer realm="{server.realm}",service="acr",scope="repository:balikpapan/hello:pull"'
            self.send_header("WWW-Authenticate", bearer if server.realm else 'Basic realm="registry"')
            self.end_headers()

        def do_GET(self) -> None:
            server.asked.append((self.path, self.headers.get("Authorization", "")))
            good = self.headers.get("Authorization") == f"Basic {LOGIN.basic}"
            self.send_response(200 if good else 403)
            self.end_headers()
            self.wfile.write(json.dumps({"token": "a-token"}).encode())

        def log_message(self, *_arguments: object) -> None:
            """Stay quiet."""

    server = Server(("127.0.0.1", 0), Handler)
    server.asked = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def remote(registry: Server, login: Login | None = LOGIN) -> Remote:
    return Remote(f"127.0.0.1:{registry.server_port}", plain=True, login=login)


def test_it_takes_the_login_where_it_asks_for_it(registry: Server) -> None:
    assert remote(registry).has("balikpapan/hello", "1.0")
    assert not remote(registry).has("balikpapan/hello", "1.1")


def test_it_takes_a_token_where_it_asks_for_one(registry: Server) -> None:
    registry.realm = f"http://127.0.0.1:{registry.server_port}/auth"
    assert remote(registry).has("balikpapan/hello", "1.0")
    path, given = registry.asked[1]
    assert path == "/auth?service=acr&scope=repository%3Abalikpapan%2Fhello%3Apull"
    assert given == f"Basic {LOGIN.basic}"


def test_a_login_goes_nowhere_by_another_protocol(registry: Server) -> None:
    registry.realm = "https://127.0.0.1:1/auth"
    with pytest.raises(OutsideError, match="asks for a login elsewhere"):
        remote(registry).has("balikpapan/hello", "1.0")


def test_a_login_that_isn_t_taken_is_told_without_it(registry: Server) -> None:
    for realm in ("", f"http://127.0.0.1:{registry.server_port}/auth"):
        registry.realm = realm
        with pytest.raises(OutsideError) as refused:
            remote(registry, Login("deployer", "salah-sandi")).has("balikpapan/hello", "1.0")
        assert "salah-sandi" not in str(refused.value)


def test_without_a_login_buildah_s_own_decides(registry: Server) -> None:
    assert not remote(registry, None).has("balikpapan/hello", "1.0")


def test_a_registry_that_lets_nobody_in_says_from_where_one_comes() -> None:
    with pytest.raises(OutsideError, match=r"city\.cloud\.api\.allow"):
        Remote("127.0.0.1:1").has("balikpapan/hello", "1.0")
