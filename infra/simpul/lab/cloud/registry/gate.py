"""The gate of a registry: who may pull and push what. What may pass goes on to the program behind, as it is.

In: requests of the registry protocol over TLS. Out: the answers of the program at a socket, or the gate's own refusal
in the protocol's form. The rules are asked anew for each request, so that what the cloud changes holds at once.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import re
import ssl
from collections.abc import Coroutine
from http import HTTPStatus
from pathlib import Path
from threading import Thread
from typing import Any, Final

from aiohttp import ClientSession, ClientTimeout, UnixConnector, web
from multidict import CIMultiDict
from yarl import URL

from simpul.lab.cloud.registry.backing import Registry

PORT: Final = 443
CHUNK: Final = 1 << 16
LARGEST_MANIFEST: Final = 8 << 20
REPOSITORY: Final = re.compile(r"/v2/(?P<name>.+)/(?P<what>manifests|blobs|tags|referrers)/(?P<rest>.*)")
HOP: Final = {"connection", "keep-alive", "transfer-encoding", "upgrade", "host", "authorization"}
"""Headers that are between two neighbours alone."""
MANIFESTS: Final = ", ".join(
    f"application/vnd.{each}+json"
    for each in (
        "oci.image.manifest.v1",
        "oci.image.index.v1",
        "docker.distribution.manifest.v2",
        "docker.distribution.manifest.list.v2",
    )
)


class Gates:
    """The gates that are open, all served by one thread."""

    def __init__(self) -> None:
        """Begin with none."""
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="gates", daemon=True)
        self._open: dict[str, tuple[web.AppRunner, Gate]] = {}

    def open(self, registry: Registry, certificate: Path, key: Path, behind: Path, port: int = PORT) -> None:
        """Serve `registry` with the certificate of those files, by the program at the socket `behind`."""
        if not self._thread.is_alive():
            self._thread.start()
        if registry.id in self._open:
            self._open[registry.id][1].registry = registry
            return
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        gate = Gate(registry, behind)
        self._open[registry.id] = (self._do(_serve(gate, context, port)), gate)

    def close(self, identity: str) -> None:
        """Serve the registry of that id no more; one that isn't served is no error."""
        runner, _ = self._open.pop(identity, (None, None))
        if runner is not None:
            self._do(runner.cleanup())

    def stop(self) -> None:
        """Close all."""
        for identity in list(self._open):
            self.close(identity)
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


class Gate:
    """One registry's gate. `registry` may be put in place of the one before, while requests are under way."""

    def __init__(self, registry: Registry, behind: Path) -> None:
        """Stand in front of the program at the socket `behind`."""
        self.registry = registry
        self._behind = behind

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Refuse a request, or let it pass."""
        if not self.registry.admits(str(request.remote)):
            return _refuse(HTTPStatus.FORBIDDEN, "DENIED", "no endpoint of this instance is open to you")
        match = REPOSITORY.fullmatch(request.path)
        rule = self.registry.rule(match["name"]) if match else None
        reads = request.method in ("GET", "HEAD")
        if not self._knows(request) and not (reads and rule is not None and rule.public):
            return _challenge()
        if match and rule is None:
            unknown = f"the repository {match['name']} isn't declared"
            code = (HTTPStatus.NOT_FOUND, "NAME_UNKNOWN") if reads else (HTTPStatus.FORBIDDEN, "DENIED")
            return _refuse(*code, unknown)
        async with ClientSession(
            connector=UnixConnector(str(self._behind)), timeout=ClientTimeout(total=None), auto_decompress=False
        ) as session:
            if match and rule and rule.immutable and not reads and match["what"] == "manifests":
                return await _keep(request, session, match["name"], match["rest"])
            return await _pass(request, session)

    def _knows(self, request: web.Request) -> bool:
        """Say whether a request comes with the password."""
        kind, _, given = request.headers.get("Authorization", "").partition(" ")
        try:
            pair = base64.b64decode(given, validate=True) if kind.lower() == "basic" else b""
        except ValueError:
            return False
        name, _, password = pair.partition(b":")
        return bool(name) and hmac.compare_digest(password, self.registry.password.encode())


async def _serve(gate: Gate, context: ssl.SSLContext, port: int) -> web.AppRunner:
    application = web.Application(client_max_size=LARGEST_MANIFEST)
    application.router.add_route("*", "/{any:.*}", gate.answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, gate.registry.address, port, ssl_context=context, reuse_address=True).start()
    return runner


async def _keep(request: web.Request, session: ClientSession, name: str, tag: str) -> web.StreamResponse:
    """Let a manifest pass under a tag that is new, or that is the same manifest's already."""
    body = await request.read()
    asked = URL(f"http://registry/v2/{name}/manifests/{tag}")
    async with session.head(asked, headers={"Accept": MANIFESTS}) as answer:
        there = answer.headers.get("Docker-Content-Digest") if answer.status == HTTPStatus.OK else None
    same = f"sha256:{hashlib.sha256(body).hexdigest()}"
    if there is not None and (request.method == "DELETE" or there != same):
        return _refuse(HTTPStatus.FORBIDDEN, "DENIED", f"the tag {tag} of {name} is immutable")
    return await _pass(request, session, body)


async def _pass(request: web.Request, session: ClientSession, body: bytes | None = None) -> web.StreamResponse:
    """Hand a request on, and its answer back, both as they come."""
    headers = CIMultiDict((name, value) for name, value in request.headers.items() if name.lower() not in HOP)
    url = URL(f"http://registry{request.raw_path}", encoded=True)
    given = body if body is not None else (request.content if request.can_read_body else None)
    async with session.request(request.method, url, headers=headers, data=given, allow_redirects=False) as answer:
        response = web.StreamResponse(status=answer.status)
        for name, value in answer.headers.items():
            if name.lower() not in HOP:
                response.headers.add(name, value)
        await response.prepare(request)
        async for chunk in answer.content.iter_chunked(CHUNK):
            await response.write(chunk)
        await response.write_eof()
        return response


def _challenge() -> web.Response:
    refusal = _refuse(HTTPStatus.UNAUTHORIZED, "UNAUTHORIZED", "authentication required")
    refusal.headers["WWW-Authenticate"] = 'Basic realm="registry"'
    return refusal


def _refuse(status: HTTPStatus, code: str, message: str) -> web.Response:
    return web.json_response({"errors": [{"code": code, "message": message}]}, status=status)
