"""How a city is, gathered from programs and clusters that stand in for the real ones."""

from __future__ import annotations

import json
import socket
import stat
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from credential import identity
from simpul.errors import OutsideError
from simpul.status import gather
from status.conftest import Bucket, City
from status.world import World, node, pod, release


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


def test_a_city_that_is_well_is_told_whole(city: City, tmp_path: Path) -> None:
    found = json.loads(json.dumps(asdict(gather(tmp_path / "kube"))))
    ends = [(each["what"], each["where"]) for each in found.pop("certificates")]
    assert ends == [("kubeconfig", "simpul-6471"), ("kubeconfig", "simpul-647101")]
    cloud, office = (str(tmp_path / "kube" / f"{name}.yaml") for name in ("simpul-6471", "simpul-647101"))
    host = {"name": "bpn-timur-1", "address": "127.0.0.1", "ready": True, "state": "ready"}
    listed = {"namespace": "messaging", "name": "messaging", "chart": "messaging-0.1.0", "revision": 2}
    assert found == {
        "well": True,
        "city": {"name": "Balikpapan", "wilayah": "64.71"},
        "cloud": {"resources": 2},
        "sites": [{"code": "64.71.01", "name": "Balikpapan Timur", "reachable": True, "hosts": [host]}],
        "clusters": [
            {
                "name": "simpul-6471",
                "site": None,
                "kubeconfig": cloud,
                "nodes": 1,
                "nodes_ready": 1,
                "pods": 2,
                "pods_ready": 2,
                "error": None,
            },
            {
                "name": "simpul-647101",
                "site": "64.71.01",
                "kubeconfig": office,
                "nodes": 1,
                "nodes_ready": 1,
                "pods": 1,
                "pods_ready": 1,
                "error": None,
            },
        ],
        "releases": [
            {"cluster": "simpul-6471", **listed, "status": "deployed"},
            {"cluster": "simpul-647101", **listed, "status": "deployed"},
            {
                "cluster": "simpul-647101",
                "namespace": "storage",
                "name": "storage",
                "chart": "storage-0.1.0",
                "revision": 2,
                "status": "deployed",
            },
        ],
        "backups": [],
    }


def test_kubeconfigs_are_their_owners_alone(city: City, tmp_path: Path) -> None:
    folder = tmp_path / "kube"
    gather(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()] == [0o600, 0o600]
    assert (folder / "simpul-6471.yaml").read_text() == city.cloud.kubeconfig


def test_one_that_was_readable_by_others_is_no_longer(city: City, tmp_path: Path) -> None:
    folder = tmp_path / "kube"
    folder.mkdir()
    file = folder / "simpul-6471.yaml"
    file.write_text("longer than the new one: " * 1000)
    file.chmod(0o644)
    gather(folder)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text() == city.cloud.kubeconfig


def test_a_cluster_where_nothing_listens_is_told_and_the_others_are_asked(city: City, tmp_path: Path) -> None:
    city.outputs["clusters"][1]["kubeconfig"] = identity().kubeconfig(free_port())
    city.save()
    found = gather(tmp_path / "kube")
    away = found.clusters[1]
    assert (away.error, away.nodes, away.pods) == ("it doesn't answer: NewConnectionError", 0, 0)
    assert found.clusters[0].well
    assert [each.cluster for each in found.releases] == ["simpul-6471"]
    assert not found.sites[0].hosts[0].ready
    assert not found.well


def test_a_cluster_that_breaks_off_is_asked_once(city: City, tmp_path: Path) -> None:
    city.office.dead = True
    found = gather(tmp_path / "kube")
    assert found.clusters[1].error is not None
    assert city.office.asked == ["/api/v1/nodes"]


def test_a_cluster_with_another_authority_isn_t_believed(city: City, tmp_path: Path) -> None:
    port = yaml.safe_load(city.office.kubeconfig)["clusters"][0]["cluster"]["server"].rpartition(":")[2]
    city.outputs["clusters"][1]["kubeconfig"] = identity("another").kubeconfig(int(port))
    city.save()
    assert gather(tmp_path / "kube").clusters[1].error is not None
    assert city.office.asked == []


@pytest.mark.filterwarnings("ignore:HTTPResponse.getheaders:DeprecationWarning")  # the kubernetes client's own
def test_a_cluster_that_refuses_the_credentials_is_told(city: City, tmp_path: Path) -> None:
    city.office.refuses = True
    assert gather(tmp_path / "kube").clusters[1].error == "it doesn't answer: ApiException"


def test_a_kubeconfig_with_a_program_in_it_runs_none_and_is_written_nowhere(city: City, tmp_path: Path) -> None:
    """A stack's state may be older than the check of what a host hands over."""
    document = yaml.safe_load(city.office.kubeconfig)
    ran = tmp_path / "ran"
    command = {"apiVersion": "client.authentication.k8s.io/v1", "command": "touch", "args": [str(ran)]}
    document["users"][0]["user"]["exec"] = {**command, "interactiveMode": "Never"}
    city.outputs["clusters"][1]["kubeconfig"] = yaml.safe_dump(document)
    city.save()
    kube = tmp_path / "kube"
    kube.mkdir()
    (kube / "simpul-647101.yaml").write_text("of an earlier run")
    error = gather(kube).clusters[1].error
    assert error is not None
    assert error.endswith(": users[0].user.exec")
    assert not ran.exists()
    assert [file.name for file in kube.iterdir()] == ["simpul-6471.yaml"]


def test_helm_has_nothing_of_the_operator_s(
    city: City, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.install("helm", "#!/bin/sh\nenv >> {folder}/environment\necho '[]'\n")
    for name in ("HELM_KUBEAPISERVER", "HELM_DRIVER", "KUBECONFIG", "PULUMI_CONFIG_PASSPHRASE", "ALICLOUD_SECRET_KEY"):
        monkeypatch.setenv(name, "the operator's")
    gather(tmp_path / "kube")
    assert "the operator's" not in (tmp_path / "environment").read_text()


@pytest.mark.parametrize("kept", ["", None])
def test_the_cluster_of_a_deferred_host_has_no_kubeconfig_yet(city: City, kept: str | None, tmp_path: Path) -> None:
    city.outputs["clusters"][1]["kubeconfig"] = kept
    city.save()
    found = gather(tmp_path / "kube")
    assert found.clusters[1].error == "it has no kubeconfig yet: its host is deferred"
    assert not found.well


def test_a_site_where_no_host_answers_is_out_of_reach(city: City, tmp_path: Path) -> None:
    city.outputs["sites"][0]["hosts"][0]["port"] = free_port()
    city.save()
    found = gather(tmp_path / "kube")
    assert not found.sites[0].reachable
    assert found.sites[0].hosts[0].ready
    assert not found.well


@pytest.mark.parametrize("fault", ["node", "pod", "nothing", "release"])
def test_anything_that_isn_t_ready_makes_the_city_not_well(city: City, fault: str, tmp_path: Path) -> None:
    assert gather(tmp_path / "kube").well
    if fault == "node":
        city.cloud.nodes.append(node("10.213.0.13", ready=False))
    elif fault == "pod":
        city.cloud.pods.append(pod("Running", ready=False))
    elif fault == "nothing":
        city.cloud.nodes = city.cloud.pods = []
    else:
        city.world.set_releases("simpul-6471", release("messaging", "pending-upgrade"))
    assert not gather(tmp_path / "kube").well


def test_a_host_is_known_by_its_node_s_internal_address_alone(city: City, tmp_path: Path) -> None:
    [office] = city.office.nodes
    office["status"]["addresses"] = [
        {"type": "Hostname", "address": "127.0.0.1"},
        {"type": "InternalIP", "address": "10.213.1.99"},
    ]
    assert not gather(tmp_path / "kube").sites[0].hosts[0].ready


def test_a_helm_that_fails_is_told_of_its_cluster(city: City, tmp_path: Path) -> None:
    (tmp_path / "simpul-647101.helm").unlink()
    found = gather(tmp_path / "kube")
    assert (
        found.clusters[1].error
        == "its releases can't be listed: helm failed with exit code 1: Error: secrets is forbidden"
    )
    assert found.sites[0].hosts[0].ready
    assert not found.well


def test_no_helm_at_all_is_an_error_with_the_next_step(city: City, tmp_path: Path) -> None:
    (tmp_path / "programs" / "helm").unlink()
    with pytest.raises(OutsideError, match=r"helm: isn't on PATH\n.*simpul lab env"):
        gather(tmp_path / "kube")


@pytest.mark.parametrize(("left", "told"), [("deployed", "missing"), ("deferred", "deferred")])
def test_a_release_of_the_stack_that_no_cluster_has_is_told(city: City, left: str, told: str, tmp_path: Path) -> None:
    city.releases.append({"cluster": "simpul-647101", "namespace": "reports", "name": "reports", "status": left})
    city.save()
    found = gather(tmp_path / "kube")
    assert not found.well
    assert [release.status for release in found.releases if release.name == "reports"] == [told]


def test_a_host_that_was_put_off_makes_the_city_not_well(city: City, tmp_path: Path) -> None:
    city.outputs["sites"][0]["hosts"][0]["state"] = "deferred"
    city.save()
    assert not gather(tmp_path / "kube").well


def test_the_last_backup_of_a_site_is_told_with_its_age(city: City, tmp_path: Path, bucket: Bucket) -> None:
    bucket.keep("bpn-timur-1", hours=50)
    bucket.keep("bpn-timur-1", hours=3)
    city.outputs["backups"] = [bucket.output]
    city.save()
    found = gather(tmp_path / "kube")
    [told] = found.backups
    assert (told.site, told.host, told.age_hours, told.overdue, told.error) == (
        "64.71.01",
        "bpn-timur-1",
        3,
        False,
        None,
    )
    assert found.well


def test_a_site_whose_nights_have_no_backup_isn_t_well(city: City, tmp_path: Path, bucket: Bucket) -> None:
    bucket.keep("bpn-timur-1", hours=49)
    city.outputs["backups"] = [bucket.output]
    city.save()
    found = gather(tmp_path / "kube")
    assert [(each.age_hours, each.overdue) for each in found.backups] == [(49, True)]
    assert not found.well


@pytest.mark.parametrize("days", [0, 3])
def test_a_site_without_any_backup_is_overdue_once_it_stands(
    city: City, tmp_path: Path, bucket: Bucket, days: int
) -> None:
    overdue = days == 3
    made = datetime.now(UTC) - timedelta(days=days)
    city.office.nodes[0]["metadata"]["creationTimestamp"] = made.strftime("%Y-%m-%dT%H:%M:%SZ")
    city.outputs["backups"] = [bucket.output]
    city.save()
    found = gather(tmp_path / "kube")
    assert [(each.last, each.age_hours, each.overdue) for each in found.backups] == [(None, None, overdue)]
    assert found.well is not overdue


def test_a_bucket_that_can_t_be_asked_is_told(city: City, tmp_path: Path, bucket: Bucket) -> None:
    city.outputs["backups"] = [{**bucket.output, "endpoint": f"http://127.0.0.1:{free_port()}"}]
    city.save()
    [told] = gather(tmp_path / "kube").backups
    assert told.overdue
    assert told.error is not None
    assert "can't be listed" in told.error
