"""What a host's inputs may be, and what a difference in them means."""

from __future__ import annotations

from threading import Event
from typing import Any

import pytest

from provider.recorder import request
from simpul.provider import run, schema
from simpul.provider.host import Host
from simpul.provider.kind import Change, Failure

HOST = Host(Event())
INPUTS = {
    **schema.defaults(Host.token),
    "name": "bpn-1",
    "address": "10.0.0.1",
    "user": "simpul",
    "group": "server",
    "vars": {"k3s_role": "server"},
}
READY = {"state": "ready", "kubeconfig": "k", "manifest": {}, "playbooks": "of today", "drift": {}}


@pytest.fixture(autouse=True)
def _playbooks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "digest_playbooks", lambda: "of today")


def test_good_inputs_pass() -> None:
    key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDwY bpn-1"
    assert HOST.check({**INPUTS, "hostKey": key}, marked={}) == []


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("name", "Bpn_1", "must be a host name of lower-case letters, digits and dashes (got 'Bpn_1')"),
        ("address", "-oProxyCommand=x", "must be an IP address or a DNS name (got '-oProxyCommand=x')"),
        ("user", "a b", "must be the name of a Linux user (got 'a b')"),
        ("hostKey", "AAAA", "must be a public key: its type and base64 (got 'AAAA')"),
        ("port", 0, "must be from 1 to 65535 (got 0)"),
        ("offlineDays", -1, "must be from 0 to 3650 (got -1)"),
    ],
)
def test_each_bad_input_is_named(name: str, value: Any, reason: str) -> None:
    assert HOST.check({**INPUTS, name: value}, marked={}) == [Failure(name, reason)]


def test_a_variable_must_be_one_for_ansible() -> None:
    [failure] = HOST.check({**INPUTS, "vars": {"k3s-role": "x"}}, marked={})
    assert failure.property == 'vars["k3s-role"]'


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"timeoutSeconds": 5, "offlineDays": 3}, []),
        ({"address": "10.0.0.2"}, [Change("address", replace=True)]),
        ({"group": "agent"}, [Change("group", replace=True)]),
        ({"port": 2222, "user": "ops"}, [Change("port"), Change("user")]),
        ({"vars": {"k3s_role": "agent"}}, [Change("vars.k3s_role")]),
    ],
)
def test_what_a_difference_means(change: dict[str, Any], expected: list[Change]) -> None:
    assert HOST.diff(request(inputs={**INPUTS, **change}, old=INPUTS, state=READY)) == expected


def test_other_playbooks_make_another_host() -> None:
    found = HOST.diff(request(inputs=INPUTS, old=INPUTS, state={**READY, "playbooks": "of another version"}))
    assert found == [Change("playbooks", is_input=False)]


@pytest.mark.parametrize("state", ["deferred", "unfinished"])
def test_what_isn_t_ready_is_caught_up_with(state: str) -> None:
    found = HOST.diff(request(inputs=INPUTS, old=INPUTS, state={**READY, "state": state}))
    assert found == [Change("state", is_input=False)]


def test_drift_is_mended() -> None:
    found = HOST.diff(request(inputs=INPUTS, old=INPUTS, state={**READY, "drift": {"file /etc/a": "absent"}}))
    assert found == [Change('drift["file /etc/a"]', "delete", is_input=False)]


def test_a_host_that_was_never_reached_needs_no_removal() -> None:
    HOST.delete(request(inputs={**INPUTS, "address": "192.0.2.1"}, state={"state": "deferred", "manifest": {}}))
