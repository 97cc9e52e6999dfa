"""What a host's inputs may be, and what a difference in them means."""

from __future__ import annotations

from threading import Event
from typing import Any

import pytest
import yaml

from credential import identity
from provider.recorder import request
from simpul.provider import run, schema
from simpul.provider.host import Host
from simpul.provider.kind import Change, Failure, Unfinished
from simpul.provider.outcome import Outcome
from simpul.provider.wire import plain

HOST = Host(Event())
INPUTS = {
    **schema.defaults(Host.token),
    "name": "bpn-1",
    "address": "10.0.0.1",
    "user": "simpul",
    "group": "server",
    "vars": {"k3s_role": "server"},
}
KUBECONFIG = identity().kubeconfig(6443, host="10.0.0.1", name="bpn-1")
READY = {"state": "ready", "kubeconfig": KUBECONFIG, "manifest": {}, "playbooks": "of today", "drift": {}}


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
        ("name", "localhost", "has a meaning of its own to Ansible; give the host another (got 'localhost')"),
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
        ({"address": "10.0.0.2"}, [Change("address")]),
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


PROGRAM = {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": "sh"}}
BAD = {
    "a program": {"users": [{"name": "bpn-1", "user": PROGRAM}]},
    "a vendor's login": {"users": [{"name": "bpn-1", "user": {"auth-provider": {"name": "gcp"}}}]},
    "a file": {"users": [{"name": "bpn-1", "user": {"tokenFile": "/etc/shadow"}}]},
    "a key's path": {"users": [{"name": "bpn-1", "user": {"client-key": "/root/.ssh/id_ed25519"}}]},
    "a proxy": {"clusters": [{"name": "bpn-1", "cluster": {"proxy-url": "http://192.0.2.1"}}]},
    "no check of who answers": {"clusters": [{"name": "bpn-1", "cluster": {"insecure-skip-tls-verify": True}}]},
    "a second cluster": {"clusters": [{}, {"name": "other", "cluster": {"server": "https://192.0.2.1:6443"}}]},
    "settings": {"preferences": {"colors": True}},
    "extensions": {"contexts": [{"name": "bpn-1", "context": {"extensions": [{"name": "x"}]}}]},
}


def with_(good: Any, more: Any) -> Any:
    """Return `good` with `more` laid over it."""
    if isinstance(good, dict) and isinstance(more, dict):
        return {**good, **{key: with_(good.get(key), value) for key, value in more.items()}}
    if isinstance(good, list) and isinstance(more, list):
        return [with_(good[n] if n < len(good) else None, each) for n, each in enumerate(more)]
    return more


@pytest.mark.parametrize("what", BAD)
def test_what_a_host_hands_over_is_a_credential_and_nothing_else(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    host = Host(Event())
    handed_over = yaml.safe_dump(with_(yaml.safe_load(KUBECONFIG), BAD[what]))
    monkeypatch.setattr(host, "_run", lambda *_: Outcome(finished=True, kubeconfig=handed_over))
    with pytest.raises(Unfinished, match="host bpn-1: its kubeconfig isn't taken") as raised:
        host.create(request(inputs=INPUTS))
    assert plain(raised.value.state["kubeconfig"]) == ""
    assert raised.value.state["state"] == "unfinished"


def test_the_address_and_the_name_are_the_declared_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    host = Host(Event())
    elsewhere = identity().kubeconfig(1, host="192.0.2.1", name="simpul-6471")
    monkeypatch.setattr(host, "_run", lambda *_: Outcome(finished=True, kubeconfig=elsewhere))
    _, state = host.create(request(inputs={**INPUTS, "vars": {"k3s_cluster_name": "simpul-647101"}}))
    assert plain(state["kubeconfig"]) == identity().kubeconfig(6443, host="10.0.0.1", name="simpul-647101")


def test_a_state_that_holds_another_form_is_mended_by_the_next_run() -> None:
    bad = yaml.safe_dump(with_(yaml.safe_load(KUBECONFIG), BAD["a program"]))
    found = HOST.diff(request(inputs=INPUTS, old=INPUTS, state={**READY, "kubeconfig": bad}))
    assert found == [Change("kubeconfig", is_input=False)]
