"""What the playbooks make of real hosts: once, and nothing more the second time."""

from __future__ import annotations

import json
import os
import threading
from typing import Any

import pytest

from e2e.rehearsal import Lab
from simpul.provider import run, ssh

pytestmark = pytest.mark.e2e

CIPHER = "4dabf18193072939515e22adb298388d"
"""By this key a state marks a value that is kept encrypted, and with --show-secrets shows as JSON in `plaintext`."""


def test_a_second_run_of_the_playbooks_changes_nothing(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANSIBLE_PRIVATE_KEY_FILE", lab.variables["ANSIBLE_PRIVATE_KEY_FILE"])
    monkeypatch.setenv("PATH", lab.variables["PATH"], prepend=os.pathsep)
    resources = json.loads(lab.pulumi("stack", "export", "--show-secrets"))["deployment"]["resources"]
    hosts = [plain(resource["inputs"]) for resource in resources if resource["type"] == "simpul:edge:Host"]
    machines = [run.Machine(ssh.Connection.of(host), host["group"], timeout=600, vars=host["vars"]) for host in hosts]
    outcomes = run.run("site.yml", machines, stop=threading.Event())
    assert {name: (outcome.fault, outcome.touched) for name, outcome in outcomes.items()} == {
        "bpn-timur-1": (None, False),
        "bpn-barat-1": (None, False),
        "bpn-barat-2": (None, False),
    }


def plain(value: Any) -> Any:
    """Give `value` of a state without the marks of what is secret in it."""
    if isinstance(value, dict) and CIPHER in value:
        return json.loads(value["plaintext"])
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list) else value
