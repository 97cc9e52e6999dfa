"""When certificates end: what is read of it, and from when on it makes a host another one."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from provider.recorder import Lines, request
from provider.test_host import INPUTS, READY
from simpul.errors import OutsideError, Problem
from simpul.kubeconfig import Credential, write
from simpul.provider import expiry, issue, probe, run, ssh
from simpul.provider.host import Host
from simpul.provider.kind import Change
from simpul.provider.probe import Seen
from simpul.provider.wire import plain

START = datetime(2026, 1, 1, tzinfo=UTC)
NAME = "client-admin.crt"

KUBELET = "client-kubelet.crt: certificate system:node:bpn-1 (ClientAuth)"
SCHEDULER = "client-scheduler.crt: certificate system:kube-scheduler (ClientAuth)"
SAID = "".join(
    f'time="2026-11-29T02:49:33Z" level={level} msg="{words}"\n'
    for level, words in (
        ("info", "Server detected, checking agent and server certificates"),
        ("info", "client-admin.crt: certificate system:admin (ClientAuth) is ok, expires at 2027-11-29T02:49:30Z"),
        ("info", "client-admin.crt: certificate k3s-client-ca@1796 (CertSign) is ok, expires at 2036-11-26T02:49:30Z"),
        ("warning", f"{KUBELET} will expire within 120 days at 2027-01-29T02:49:30Z"),
        ("error", "serving-kubelet.crt: certificate bpn-1 (ServerAuth) expired at 2026-11-01T02:49:30Z"),
        ("error", f"{SCHEDULER} is not valid before 2026-12-01T02:49:30Z"),
        ("info", "odd.crt: certificate it (ClientAuth) is ok, expires at never-1"),
    )
)


def kubeconfig(start: datetime, days: int = 365) -> str:
    """Make a kubeconfig whose certificate lives so long."""
    key = ec.generate_private_key(ec.SECP256R1())
    made = issue.certificate(
        key, common_name="system:admin", is_authority=True, names=(), authority=None, start=start, days=days
    )
    texts = made.public_bytes(Encoding.PEM).decode(), issue.dump_key(key)
    certificate, secret = (base64.b64encode(text.encode()).decode() for text in texts)
    return write("bpn-1", "10.0.0.1", Credential(certificate, certificate, secret))


def host(days: int = 0) -> Host:
    """Make the type as it is so many days after the start."""
    return Host(Event(), now=lambda: START + timedelta(days=days))


@pytest.fixture(autouse=True)
def _playbooks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "digest_playbooks", lambda: "of today")


def test_k3s_says_when_its_certificates_end() -> None:
    assert expiry.told(SAID) == {
        "certificates": {
            "client-admin.crt": "2027-11-29T02:49:30+00:00",
            "client-kubelet.crt": "2027-01-29T02:49:30+00:00",
            "serving-kubelet.crt": "2026-11-01T02:49:30+00:00",
            "client-scheduler.crt": "2026-12-01T02:49:30+00:00",
        },
        "authorities": {"k3s-client-ca@1796": "2036-11-26T02:49:30+00:00"},
    }


@pytest.mark.parametrize("text", ["", "k", "users: []", "users: [{user: {client-certificate-data: '!'}}]"])
def test_a_kubeconfig_without_a_certificate_has_no_end(text: str) -> None:
    assert expiry.of_kubeconfig(text) is None


@pytest.mark.parametrize(("days", "differs"), [(365 - 121, False), (365 - 119, True), (400, True)])
def test_a_kubeconfig_counts_as_changed_from_120_days_before_its_end(days: int, *, differs: bool) -> None:
    state = {**READY, "kubeconfig": kubeconfig(START)}
    found = host(days).diff(request(inputs=INPUTS, old=INPUTS, state=state))
    assert found == ([Change("kubeconfig", is_input=False)] if differs else [])


@pytest.mark.parametrize(("days", "differs"), [(365 - 121, False), (365 - 119, True)])
def test_an_agent_s_certificate_counts_too_and_an_authority_doesn_t(days: int, *, differs: bool) -> None:
    ends = {NAME: (START + timedelta(days=365)).isoformat()}
    near = {"k3s-client-ca@1": (START + timedelta(days=days + 10)).isoformat()}
    state = {**READY, "kubeconfig": "", "manifest": {"certificates": ends, "authorities": near}}
    found = host(days).diff(request(inputs=INPUTS, old=INPUTS, state=state))
    assert found == ([Change('manifest.certificates["client-admin.crt"]', is_input=False)] if differs else [])


def test_a_refresh_brings_what_the_host_has_renewed_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    old, fresh = kubeconfig(START), kubeconfig(START + timedelta(days=300))
    asked: list[Any] = []

    def look(connection: ssh.Connection, manifest: Any, **more: Any) -> Seen:
        asked.append((connection.name, more["kubeconfig"]))
        ends = (START + timedelta(days=665)).isoformat()
        return Seen({}, {**manifest, "certificates": {NAME: ends}}, fresh)

    monkeypatch.setattr(probe, "look", look)
    ends = {NAME: (START + timedelta(days=365)).isoformat()}
    state = {**READY, "kubeconfig": old, "manifest": {"files": {}, "certificates": ends}}
    wish = request(inputs=INPUTS, state=state)
    later = host(300)
    assert [change.path for change in later.diff(request(inputs=INPUTS, old=INPUTS, state=state))] == [
        "kubeconfig",
        'manifest.certificates["client-admin.crt"]',
    ]
    read = plain(later.read(wish))
    assert read["kubeconfig"] == fresh
    assert read["manifest"]["files"] == {}
    assert asked == [("bpn-1", True)]
    assert later.diff(request(inputs=INPUTS, old=INPUTS, state=read)) == []


def test_a_refresh_that_gets_no_key_keeps_the_old_one(monkeypatch: pytest.MonkeyPatch) -> None:
    old = kubeconfig(START)
    state = {**READY, "kubeconfig": old}
    monkeypatch.setattr(probe, "look", lambda *_, **__: Seen({}, {}, ""))
    assert plain(host().read(request(inputs=INPUTS, state=state)))["kubeconfig"] == old

    def fail(*_: Any, **__: Any) -> Seen:
        raise OutsideError(Problem("host bpn-1", "can't be reached"))

    monkeypatch.setattr(probe, "look", fail)
    log = Lines()
    assert plain(host().read(request(inputs=INPUTS, state=state, log=log)))["kubeconfig"] == old
    assert "can't be reached" in log.alerts[0]


def test_a_refresh_takes_no_key_that_isn_t_one(monkeypatch: pytest.MonkeyPatch) -> None:
    old = kubeconfig(START)
    evil = kubeconfig(START).replace("client-key-data", "exec: {command: sh}\n    client-key-data")
    monkeypatch.setattr(probe, "look", lambda *_, **__: Seen({}, {}, evil))
    log = Lines()
    state = {**READY, "kubeconfig": old}
    assert plain(host().read(request(inputs=INPUTS, state=state, log=log)))["kubeconfig"] == old
    assert "exec" in log.alerts[0]
