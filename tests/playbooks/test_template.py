"""What the templates say, for a server, an agent, and a server with nothing more than it must have."""

from __future__ import annotations

import configparser
import re
import stat
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from simpul.project import PLAYBOOKS

if TYPE_CHECKING:
    from conftest import Ansible, Golden

HERE = Path(__file__).parent
ROLE = PLAYBOOKS / "roles" / "k3s"
PLAIN = {
    "k3s_role": "server",
    "k3s_node_ip": "10.30.1.11",
    "k3s_cluster_name": "balikpapan-647101",
    "k3s_pod_cidr": "10.64.8.0/21",
    "k3s_service_cidr": "10.64.16.0/24",
    "k3s_dns": "10.64.16.10",
    "k3s_registry_host": "registry.balikpapan.go.id",
}
NODES: dict[str, dict[str, Any]] = {
    "plain": PLAIN,
    "server": {
        **PLAIN,
        "k3s_node_labels": {"simpul.id/wilayah": "64.71.01", "on": "yes", "empty": ""},
        "k3s_registry_host": "registry.simpul:5000",
        "k3s_registry_mirror": "http://10.213.0.1:5000",
    },
    "agent": {**PLAIN, "k3s_role": "agent", "k3s_node_ip": "10.30.1.12", "k3s_server_address": "10.30.1.11"},
}
FILES = ("config.yaml", "registries.yaml", "k3s.service", "operator.sh", "renew.service", "renew.timer")
K3S = """\
apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: Y2E=
    server: https://127.0.0.1:6443
  name: default
contexts:
- context:
    cluster: default
    user: default
  name: default
current-context: default
kind: Config
preferences: {}
users:
- name: default
  user:
    client-certificate-data: Y2VydA==
    client-key-data: a2V5
"""
"""What k3s itself writes for an administrator."""


@pytest.fixture(scope="module")
def rendered(ansible: Ansible) -> dict[str, str]:
    defaults = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text())
    hosts = {name: {**defaults, **node, "role": str(ROLE)} for name, node in NODES.items()}
    said = ansible.fail(HERE / "render.yml", hosts)
    return {f"{node}.{file}": said[node][file] for node in NODES for file in FILES}


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("node", NODES)
def test_a_template_says_what_it_said(node: str, file: str, rendered: dict[str, str], golden: type[Golden]) -> None:
    golden(HERE / "golden" / f"{node}.{file}").expect(rendered[f"{node}.{file}"])


@pytest.mark.parametrize("node", NODES)
def test_a_configuration_holds_strings_that_yaml_would_take_for_something_else(
    node: str, rendered: dict[str, str]
) -> None:
    config = yaml.safe_load(rendered[f"{node}.config.yaml"])
    registries = yaml.safe_load(rendered[f"{node}.registries.yaml"])
    labels = NODES[node].get("k3s_node_labels", {})
    assert config.get("node-label", []) == [f"{label}={labels[label]}" for label in sorted(labels)]
    assert config["node-name"] == node
    assert ("server" in config) == (node == "agent")
    assert ("cluster-cidr" in config) == (node != "agent")
    assert all(isinstance(host, str) for host in registries["mirrors"])


@pytest.mark.parametrize("node", NODES)
def test_the_unit_starts_k3s_in_its_role(node: str, rendered: dict[str, str]) -> None:
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(rendered[f"{node}.k3s.service"])
    assert unit["Service"]["ExecStart"] == f"/usr/local/bin/k3s {NODES[node]['k3s_role']}"


def test_the_operator_reaches_the_cluster_by_the_node_s_address(rendered: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "k3s.yaml").write_text(K3S)
    script = tmp_path / "operator.sh"
    script.write_text(rendered["server.operator.sh"])
    subprocess.run(["sh", str(script), str(tmp_path)], check=True)
    made = tmp_path / "operator.yaml"
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert yaml.safe_load(made.read_text()) == {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {
                "name": "balikpapan-647101",
                "cluster": {"server": "https://10.30.1.11:6443", "certificate-authority-data": "Y2E="},
            }
        ],
        "users": [
            {"name": "balikpapan-647101", "user": {"client-certificate-data": "Y2VydA==", "client-key-data": "a2V5"}}
        ],
        "contexts": [
            {"name": "balikpapan-647101", "context": {"cluster": "balikpapan-647101", "user": "balikpapan-647101"}}
        ],
        "current-context": "balikpapan-647101",
    }


def test_each_host_renews_on_a_night_of_its_own(rendered: dict[str, str]) -> None:
    nights = {line for node in NODES for line in rendered[f"{node}.renew.timer"].splitlines() if "OnCalendar" in line}
    assert len(nights) > 1
    assert all(re.fullmatch(r"OnCalendar=(Mon|Tue|Wed|Thu|Fri|Sat|Sun) \*-\*-\* 01:00:00", night) for night in nights)
