"""The city that `make lab` brings up: whole, well, and at rest."""

from __future__ import annotations

import json
from collections import Counter

import kubernetes
import pytest

from e2e.rehearsal import Lab, host_shell
from simpul.lab.environment import BACKEND
from simpul.lab.place import STATE

pytestmark = pytest.mark.e2e

RUNS = ("Running", "Succeeded")


def test_the_city_is_well(lab: Lab) -> None:
    status = lab.status()
    assert status["well"], json.dumps(status, indent=2)
    assert status["city"] == {"name": "Balikpapan", "wilayah": "64.71"}
    assert status["cloud"]["resources"] > 10
    assert [site["code"] for site in status["sites"]] == ["64.71.01", "64.71.02"]
    assert all(site["reachable"] and all(host["ready"] for host in site["hosts"]) for site in status["sites"])
    assert [cluster["site"] for cluster in status["clusters"]] == [None, "64.71.01", "64.71.02"]
    assert Counter(release["status"] for release in status["releases"]) == {"deployed": 4}, "storage, hub, leaves"


def test_every_node_is_ready_and_every_pod_runs(lab: Lab) -> None:
    clusters = lab.status()["clusters"]
    assert len(clusters) == 3
    for cluster in clusters:
        with kubernetes.config.new_client_from_config(cluster["kubeconfig"]) as client:
            core = kubernetes.client.CoreV1Api(client)
            nodes, pods = core.list_node().items, core.list_pod_for_all_namespaces().items
        assert nodes
        for node in nodes:
            conditions = {condition.type: condition.status for condition in node.status.conditions}
            assert conditions["Ready"] == "True", node.metadata.name
        assert {"coredns"} <= {pod.metadata.labels.get("k8s-app", "").replace("kube-dns", "coredns") for pod in pods}
        assert {(pod.metadata.name, pod.status.phase) for pod in pods if pod.status.phase not in RUNS} == set()


def test_volumes_in_the_cloud_are_of_the_class_that_the_city_s_key_encrypts(lab: Lab) -> None:
    [cloud] = [each for each in lab.status()["clusters"] if each["site"] is None]
    with kubernetes.config.new_client_from_config(cloud["kubeconfig"]) as client:
        classes = {
            each.metadata.name: each for each in kubernetes.client.StorageV1Api(client).list_storage_class().items
        }
        claims = kubernetes.client.CoreV1Api(client).list_persistent_volume_claim_for_all_namespaces().items
    assert classes["simpul-encrypted"].parameters["encrypted"] == "true"
    assert {(each.spec.storage_class_name, each.status.phase) for each in claims} == {("simpul-encrypted", "Bound")}


def test_up_again_changes_nothing(lab: Lab) -> None:
    preview = json.loads(lab.pulumi("preview", "--json"))
    assert set(preview["changeSummary"]) == {"same"}
    lab.run("simpul", "lab", "up")
    [last, *_] = json.loads(lab.pulumi("stack", "history", "--json"))
    assert (last["kind"], last["result"], set(last["resourceChanges"])) == ("update", "succeeded", {"same"})


def test_a_refresh_finds_nothing_that_drifted(lab: Lab) -> None:
    summary = lab.pulumi("refresh", "--yes", "--skip-preview", "--suppress-outputs")
    # The registry was in the state before its public endpoint was opened: that is told once, as an output of it.
    told = [line for line in summary.splitlines() if any(word in line for word in (" updated", " deleted", " errored"))]
    assert [line for line in told if "RegistryEnterpriseInstance" not in line and line.strip() != "~ 1 updated"] == []
    again = lab.pulumi("refresh", "--yes", "--skip-preview", "--suppress-outputs")
    assert not any(word in again for word in (" updated", " deleted", " errored"))
    assert set(json.loads(lab.pulumi("preview", "--json"))["changeSummary"]) == {"same"}


def test_what_drifted_on_a_host_is_found_and_mended(lab: Lab) -> None:
    ssh = host_shell(lab, "10.213.1.11")
    lab.run(*ssh, "sudo sed -i s/node-label/node-lable/ /etc/rancher/k3s/config.yaml")
    lab.pulumi("refresh", "--yes", "--skip-preview", "--suppress-outputs")
    preview = json.loads(lab.pulumi("preview", "--json"))
    assert [step["urn"].rpartition("::")[2] for step in preview["steps"] if step["op"] != "same"] == ["bpn-timur-1"]
    lab.up()
    assert "node-label:" in lab.run(*ssh, "sudo cat /etc/rancher/k3s/config.yaml").stdout
    assert lab.settles()


def test_no_secret_is_plain_in_the_state(lab: Lab) -> None:
    outputs = json.loads(lab.pulumi("stack", "output", "--json", "--show-secrets"))
    found = [
        *(each["password"] for name in ("endpoints", "databases", "caches") for each in outputs[name]),
        *(each["access_key_secret"] for each in outputs["backups"]),
        *(each["password"] for each in outputs["backups"]),
        *(each["key"] for each in outputs["tunnels"]),
        outputs["image_registry"]["password"],
        *(
            line.split(":", 1)[1].strip()
            for cluster in outputs["clusters"]
            for line in cluster["kubeconfig"].splitlines()
            if "client-key-data" in line
        ),
    ]
    secrets = {secret for secret in found if secret}
    assert len(secrets) >= 12
    states = [path for path in (BACKEND / ".pulumi").rglob("*") if path.is_file()]
    states += [STATE / "Pulumi.lab.yaml"]
    for path in states:
        text = path.read_text(errors="replace")
        assert not any(secret in text for secret in secrets), path
