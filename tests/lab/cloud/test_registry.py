"""Registries: what the cloud lets in, and the gate that holds to it, in front of a stand-in for the program behind."""

from __future__ import annotations

import hashlib
import http.client
import socketserver
import ssl
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from lab.cloud.client import Client, Made, refused, serve
from lab.cloud.estate import NETWORK, SWITCH
from lab.cloud.fake import FakeRegistries
from simpul.lab.cloud.authority import Authority
from simpul.lab.cloud.product import cr
from simpul.lab.cloud.registry.backing import Registry, Rule
from simpul.lab.cloud.registry.gate import Gates

PASSWORD = "Sandi-rahasia-1"
HERE, THERE = "10.213.0.11", "10.213.1.11"


@pytest.fixture
def registries() -> FakeRegistries:
    return FakeRegistries()


@pytest.fixture
def cloud(tmp_path: Path, registries: FakeRegistries) -> Iterator[Client]:
    with serve(tmp_path / "state", registries=registries) as client:
        yield client


def instance(cloud: Client) -> Made:
    kind = {"instanceType": "Basic", "paymentType": "Subscription", "period": 1, "password": PASSWORD}
    return cloud.create(cr.INSTANCE, instanceName="bpn-6471", **kind)


def namespace(cloud: Client, made: Made, **inputs: Any) -> Made:
    return cloud.create(cr.NAMESPACE, **{"instanceId": made.id, "name": "bpn", "autoCreate": False, **inputs})


def repository(cloud: Client, made: Made, **inputs: Any) -> Made:
    kind = {"instanceId": made.id, "namespace": "bpn", "name": "app", "summary": "an app", "repoType": "PRIVATE"}
    return cloud.create(cr.REPOSITORY, **{**kind, **inputs})


def switch_to(cloud: Client, made: Made, *, enable: bool) -> None:
    """Open the public endpoint of an instance, or close it."""
    asked = {"instanceId": made.id, "endpointType": "internet", "enable": enable}
    cloud.invoke(cr.EndpointAclService.token, **asked)


def test_an_instance_answers_where_its_outputs_say_with_its_password(cloud: Client, registries: FakeRegistries) -> None:
    made = instance(cloud)
    registry = registries.running[made.id]
    domains = [each["domains"][0]["domain"] for each in made.outputs["instanceEndpoints"]]
    assert domains == [registry.address, registry.address] == ["10.213.0.128", "10.213.0.128"]
    assert registry.password == PASSWORD
    cloud.update(made, **{**made.inputs, "password": "Sandi-rahasia-2"})
    assert registries.running[made.id].password == "Sandi-rahasia-2"


def test_without_a_registry_behind_it_an_instance_has_the_vendors_names(tmp_path: Path) -> None:
    with serve(tmp_path) as cloud:
        [outer, inner] = instance(cloud).outputs["instanceEndpoints"]
    assert outer["domains"][0]["domain"] == "bpn-6471-registry.ap-southeast-5.cr.aliyuncs.com"
    assert inner["domains"][0]["domain"] == "bpn-6471-registry-vpc.ap-southeast-5.cr.aliyuncs.com"


def test_a_repository_is_there_once_it_is_declared(cloud: Client, registries: FakeRegistries) -> None:
    made = instance(cloud)
    rule = registries.running[made.id].rule
    holder = namespace(cloud, made)
    assert rule("bpn/app") is None
    declared = repository(cloud, made, tagImmutability=True, repoType="PUBLIC")
    assert rule("bpn/app") == Rule(public=True, immutable=True)
    assert rule("bpn/other") is None
    assert "Code: NAMESPACE_NOT_EMPTY " in refused(cloud.delete, holder)
    cloud.delete(declared)
    assert rule("bpn/app") is None
    cloud.delete(holder)


def test_a_namespace_may_let_a_push_make_repositories(cloud: Client, registries: FakeRegistries) -> None:
    made = instance(cloud)
    namespace(cloud, made, autoCreate=True, defaultVisibility="PUBLIC")
    rule = registries.running[made.id].rule
    assert rule("bpn/anything") == Rule(public=True)
    assert rule("bpn") is None
    assert rule("other/anything") is None


def test_who_comes_from_elsewhere_than_a_linked_vpc_or_an_entry_is_not_let_in(
    cloud: Client, registries: FakeRegistries
) -> None:
    made = instance(cloud)
    admits = registries.running[made.id].admits
    assert not admits(HERE)
    vpc = cloud.create(NETWORK, vpcName="bpn", cidrBlock="10.64.0.0/16")
    switch = cloud.create(SWITCH, vpcId=vpc.id, cidrBlock="10.64.0.0/24", zoneId="ap-southeast-5a")
    link = {"instanceId": made.id, "vpcId": vpc.id, "vswitchId": switch.id, "moduleName": "Registry"}
    linked = cloud.create(cr.LINK, **link)
    assert (admits(HERE), admits(THERE)) == (True, False)
    switch_to(cloud, made, enable=True)
    assert admits(THERE)  # an open endpoint with an empty list lets everybody in
    cloud.create(cr.ENTRY, instanceId=made.id, entry="10.213.2.0/24", endpointType="internet")
    assert not admits(THERE)
    cloud.create(cr.ENTRY, instanceId=made.id, entry="10.213.1.0/24", endpointType="internet")
    assert admits(THERE)
    switch_to(cloud, made, enable=False)
    assert (admits(HERE), admits(THERE)) == (True, False)
    cloud.delete(linked)
    assert not admits(HERE)
    asked = {"instanceId": made.id, "entry": "everybody", "endpointType": "internet"}
    assert "Code: ENTRY_INVALID " in refused(cloud.create, cr.ENTRY, **asked)


def test_an_instance_that_goes_takes_all_along(cloud: Client, registries: FakeRegistries) -> None:
    made = instance(cloud)
    namespace(cloud, made)
    repository(cloud, made)
    cloud.delete(made)
    assert registries.running == {}
    assert cloud.estate.store.all() == []


def test_what_isn_t_there_or_too_weak_is_refused(cloud: Client) -> None:
    made = instance(cloud)
    asked = {"instanceId": made.id, "namespace": "none", "name": "app", "summary": "an app", "repoType": "PRIVATE"}
    assert "Code: NAMESPACE_NOT_EXIST " in refused(cloud.create, cr.REPOSITORY, **asked)
    weak = {**made.inputs, "instanceName": "bpn-2", "password": "weak"}
    assert "Code: USER_PASSWORD_INVALID " in refused(cloud.create, cr.INSTANCE, **weak)
    service = {"instanceId": made.id, "endpointType": "internet", "enable": True}
    assert cloud.invoke(cr.EndpointAclService.token, **service)["status"] == "RUNNING"
    nobody = {**service, "instanceId": "cri-none"}
    assert "Code: INSTANCE_NOT_EXIST " in refused(cloud.invoke, cr.EndpointAclService.token, **nobody)


# ---- the gate --------------------------------------------------------------------------------------------------------


@dataclass
class Program:
    """What stands behind the gate: it keeps manifests and notes what it is asked."""

    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, list[str]]] = field(default_factory=list)
    manifests: dict[str, bytes] = field(default_factory=dict)


class Answer(BaseHTTPRequestHandler):
    """Its answers."""

    program: Program
    protocol_version = "HTTP/1.1"

    def _say(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _note(self) -> None:
        self.program.asked.append(f"{self.command} {self.path}")
        self.program.headers.append({name: self.headers.get_all(name) or [] for name in self.headers})

    def do_GET(self) -> None:
        self._note()
        body = self.program.manifests.get(self.path)
        if self.path == "/v2/":
            self._say(200, b"{}")
        elif body is None:
            self._say(404)
        else:
            self._say(200, body, Docker_Content_Digest=digest(body))

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_PUT(self) -> None:
        self._note()
        self.program.manifests[self.path] = self.rfile.read(int(self.headers["Content-Length"]))
        self._say(201)

    def do_POST(self) -> None:
        self._note()
        self._say(202, Location="/v2/bpn/app/blobs/uploads/1")

    def do_DELETE(self) -> None:
        self._note()
        self._say(202)

    def address_string(self) -> str:
        return "a socket"

    def log_message(self, format: str, *_: Any) -> None:  # noqa: A002 the base's name
        """Say nothing."""


class Listener(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


def digest(body: bytes) -> str:
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


@dataclass
class Gate:
    """A gate that is open, and a client of it."""

    gates: Gates
    registry: Registry
    program: Program
    files: tuple[Path, Path, Path]
    port: int
    context: ssl.SSLContext

    def ask(
        self, method: str, path: str, body: bytes | None = None, password: str | None = PASSWORD
    ) -> tuple[int, bytes, dict[str, str]]:
        """Make a request; give status, body and headers of the answer."""
        connection = http.client.HTTPSConnection(self.registry.address, self.port, context=self.context, timeout=10)
        headers = {"Accept": "application/vnd.oci.image.manifest.v1+json"}
        if password is not None:
            headers["Authorization"] = f"Basic {b64encode(f'city:{password}'.encode()).decode()}"
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read(), dict(answer.headers)
        finally:
            connection.close()

    def become(self, **changes: Any) -> None:
        """Open it anew as what the cloud has changed."""
        self.registry = replace(self.registry, **changes)
        self.gates.open(self.registry, *self.files, self.port)


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    program = Program()
    behind = tmp_path / "socket"
    handler = type("Handler", (Answer,), {"program": program})
    with Listener(str(behind), handler) as listener, socketserver.TCPServer(("127.0.0.1", 0), handler) as free:
        port = free.server_address[1]
        free.server_close()
        serving = Thread(target=listener.serve_forever)
        serving.start()
        authority = Authority(tmp_path / "authority")
        pair = authority.sign("127.0.0.1")
        files = (tmp_path / "crt", tmp_path / "key", behind)
        files[0].write_text(pair.certificate)
        files[1].write_text(pair.key)
        rules = {"bpn/app": Rule(), "bpn/public": Rule(public=True), "bpn/kept": Rule(immutable=True)}
        registry = Registry("cri", "127.0.0.1", pair, PASSWORD, rules.get, lambda _: True)
        gates = Gates()
        gates.open(registry, *files, port)
        trust = ssl.create_default_context(cafile=str(authority.path))
        yield Gate(gates, registry, program, files, port, trust)
        gates.stop()
        listener.shutdown()
        serving.join()


def test_who_knows_the_password_passes_and_comes_back_with_the_programs_answer(gate: Gate) -> None:
    assert gate.ask("PUT", "/v2/bpn/app/manifests/1", b"manifest")[0] == 201
    status, body, headers = gate.ask("GET", "/v2/bpn/app/manifests/1")
    assert (status, body, headers["Docker-Content-Digest"]) == (200, b"manifest", digest(b"manifest"))
    status, body, headers = gate.ask("HEAD", "/v2/bpn/app/manifests/1")
    assert (status, body, headers["Content-Length"]) == (200, b"", "8")
    status, _, headers = gate.ask("POST", "/v2/bpn/app/blobs/uploads/?mount=x&from=y")
    assert (status, headers["Location"]) == (202, "/v2/bpn/app/blobs/uploads/1")
    assert gate.program.asked[-1] == "POST /v2/bpn/app/blobs/uploads/?mount=x&from=y"
    assert all("Authorization" not in headers for headers in gate.program.headers)


@pytest.mark.parametrize("password", [None, "", "not-the-password"])
def test_who_does_not_is_asked_for_it(gate: Gate, password: str | None) -> None:
    for method, path in (("GET", "/v2/"), ("GET", "/v2/bpn/app/manifests/1"), ("PUT", "/v2/bpn/public/manifests/1")):
        status, body, headers = gate.ask(method, path, password=password)
        assert (status, headers["WWW-Authenticate"]) == (401, 'Basic realm="registry"')
        assert b"UNAUTHORIZED" in body
    assert gate.program.asked == []


def test_everybody_pulls_what_is_public(gate: Gate) -> None:
    gate.ask("PUT", "/v2/bpn/public/manifests/1", b"manifest")
    assert gate.ask("GET", "/v2/bpn/public/manifests/1", password=None)[:2] == (200, b"manifest")


def test_a_repository_that_nobody_declared_is_not_pushed_to(gate: Gate) -> None:
    status, body, _ = gate.ask("POST", "/v2/bpn/other/blobs/uploads/")
    assert (status, b"DENIED" in body) == (403, True)
    status, body, _ = gate.ask("GET", "/v2/bpn/other/manifests/1")
    assert (status, b"NAME_UNKNOWN" in body) == (404, True)
    assert gate.program.asked == []


def test_a_tag_that_is_immutable_stays_what_it_is(gate: Gate) -> None:
    path = "/v2/bpn/kept/manifests/1"
    assert gate.ask("PUT", path, b"first")[0] == 201
    assert gate.ask("PUT", path, b"first")[0] == 201
    status, body, _ = gate.ask("PUT", path, b"second")
    assert (status, b"immutable" in body) == (403, True)
    assert gate.ask("DELETE", path)[0] == 403
    assert gate.ask("PUT", "/v2/bpn/kept/manifests/2", b"second")[0] == 201
    assert gate.program.manifests == {path: b"first", "/v2/bpn/kept/manifests/2": b"second"}


def test_what_the_cloud_changes_holds_at_once(gate: Gate) -> None:
    gate.become(password="Sandi-rahasia-2")
    assert gate.ask("GET", "/v2/")[0] == 401
    assert gate.ask("GET", "/v2/", password="Sandi-rahasia-2")[0] == 200
    gate.become(admits=lambda _: False)
    assert gate.ask("GET", "/v2/", password="Sandi-rahasia-2")[0] == 403


def test_a_gate_that_is_closed_serves_nobody_and_is_closed_again_without_a_word(gate: Gate) -> None:
    gate.gates.close("cri")
    with pytest.raises(OSError, match="refused"):
        gate.ask("GET", "/v2/")
    gate.gates.close("cri")
