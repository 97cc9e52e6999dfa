"""Ansible's events as each host's outcome, and its results as a manifest."""

from __future__ import annotations

from typing import Any

import pytest

from simpul.provider.manifest import Manifest, record
from simpul.provider.outcome import Fault, Outcomes


def event(kind: str, host: str = "a", action: str = "ansible.builtin.copy", **more: Any) -> dict[str, Any]:
    return {"event": kind, "event_data": {"host": host, "task": "Do it", "task_action": action, **more}}


def stats(**more: Any) -> dict[str, Any]:
    return {"event": "playbook_on_stats", "event_data": {"processed": {"a": 1, "b": 1}, **more}}


def outcomes() -> Outcomes:
    return Outcomes({"a": lambda _: None, "b": lambda _: None})


def test_tasks_are_told_under_their_host() -> None:
    told: list[str] = []
    Outcomes({"a": told.append}).take(event("runner_on_start"))
    assert told == ["Do it"]


def test_one_fails_and_the_other_finishes() -> None:
    run = outcomes()
    run.take(event("runner_on_ok", "b", res={"changed": True, "dest": "/x"}))
    run.take(event("runner_on_failed", "a", "ansible.builtin.assert", res={"msg": "too little disk"}))
    run.take(stats(failures={"a": 1}))
    assert run.of("a").fault == Fault("failed", "Do it", "too little disk")
    assert not run.of("a").touched, "an assertion changes nothing"
    assert run.of("b").finished
    assert run.of("b").touched


def test_a_fault_that_was_rescued_or_ignored_is_none() -> None:
    run = outcomes()
    run.take(event("runner_on_failed", "a", res={"msg": "no"}))
    run.take(event("runner_on_failed", "b", res={"msg": "no"}, ignore_errors=True))
    run.take(stats(rescued={"a": 1}, ignored={"b": 1}))
    assert run.of("a").finished
    assert run.of("b").finished


def test_unreachable_is_told_apart() -> None:
    run = outcomes()
    run.take(event("runner_on_unreachable", res={"msg": "Connection refused"}))
    run.take(stats(dark={"a": 1}))
    assert run.of("a").fault == Fault("unreachable", "Do it", "Connection refused")


@pytest.mark.parametrize(
    ("result", "message"),
    [
        ({"msg": "non-zero return code", "stderr": "one\ntwo"}, "non-zero return code\none\ntwo"),
        ({"msg": ["a", "b"]}, "a; b"),
        ({"msg": "x", "results": [{"failed": True, "msg": "first"}, {"msg": "ok"}]}, "first"),
        ({"censored": "hidden", "msg": "hunter2"}, "its output is hidden (no_log)"),
        ({}, "failed without a message"),
    ],
)
def test_what_a_failed_task_says(result: dict[str, Any], message: str) -> None:
    run = outcomes()
    run.take(event("runner_on_failed", res=result))
    fault = run.of("a").fault
    assert fault
    assert fault.message == message


@pytest.mark.parametrize(
    ("action", "result", "expected"),
    [
        (
            "ansible.builtin.template",
            {"dest": "/etc/a", "checksum": "c", "mode": "0600", "owner": "root", "content": "x"},
            {"files": {"/etc/a": {"kind": "file", "checksum": "c", "mode": "0600", "owner": "root"}}},
        ),
        ("file", {"path": "/l", "state": "link", "mode": "0777"}, {"files": {"/l": {"kind": "link"}}}),
        ("file", {"path": "/g", "state": "absent"}, {"files": {"/g": {"kind": "absent"}}}),
        (
            "apt",
            {"invocation": {"module_args": {"name": ["chrony", "nftables=1.0"], "state": "present"}}},
            {"packages": {"chrony": "present", "nftables": "present"}},
        ),
        (
            "systemd_service",
            {"name": "k3s", "invocation": {"module_args": {"state": "started", "enabled": True}}},
            {"units": {"k3s.service": {"active": True, "enabled": True}}},
        ),
        ("systemd", {"invocation": {"module_args": {"daemon_reload": True}}}, {}),
        ("copy", {"_ansible_no_log": True, "dest": "/etc/token"}, {}),
        ("copy", {"_ansible_delegated_vars": {"ansible_host": "localhost"}, "dest": "/var/x"}, {}),
        ("command", {"dest": "/x"}, {}),
        (
            "ansible.builtin.command",
            {
                "cmd": ["/usr/local/bin/k3s", "certificate", "check"],
                "stderr": 'msg="client-kubelet.crt: certificate it () is ok, expires at 2027-11-29T02:49:30Z"',
            },
            {"certificates": {"client-kubelet.crt": "2027-11-29T02:49:30+00:00"}, "authorities": {}},
        ),
    ],
)
def test_what_a_result_says_is_managed(action: str, result: dict[str, Any], expected: Manifest) -> None:
    manifest: Manifest = {}
    record(manifest, action, result)
    assert manifest == expected


def test_the_last_word_about_a_file_holds() -> None:
    manifest: Manifest = {}
    record(manifest, "copy", {"dest": "/var/x", "checksum": "c"})
    record(manifest, "file", {"path": "/var/x", "state": "absent"})
    assert manifest == {"files": {"/var/x": {"kind": "absent"}}}
