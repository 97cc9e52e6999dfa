"""The city's Kubernetes in the cloud: how it is guarded, what it records, how it grows."""

from __future__ import annotations

import json
from typing import Any, Literal

import pytest

from cloud.test_estate import CLUSTER, make
from simpul.city import City, load
from simpul.errors import OutsideError
from simpul.project import ROOT
from simpul.recording import record

POOL = "alicloud:cs/nodePool:NodePool"
ADDON = "alicloud:cs/kubernetesAddon:KubernetesAddon"


@pytest.fixture(scope="module")
def city() -> City:
    return load(ROOT / "Pulumi.balikpapan.yaml")


def control_plane(city: City) -> dict[str, Any]:
    return make(city)[0].one(CLUSTER)


def pools(city: City) -> dict[str, dict[str, Any]]:
    return {each.name.rpartition("-")[2]: each.inputs for each in make(city)[0].of(POOL)}


def test_it_is_private_and_its_secrets_are_encrypted(city: City) -> None:
    found = control_plane(city)
    assert found["slbInternetEnabled"] is False
    assert found["newNatGateway"] is False
    assert found["encryptionProviderKey"] == "simpul-6471-key-personal-id"
    assert found["enableRrsa"] is True


def test_its_logs_and_the_record_of_its_api_go_to_the_city_s_project(city: City) -> None:
    found = control_plane(city)
    project = make(city)[0].one("alicloud:log/project:Project")["projectName"]
    assert found["auditLogConfig"] == {"enabled": True, "slsProjectName": project}
    assert found["controlPlaneLogProject"] == project
    assert set(found["controlPlaneLogComponents"]) == {"apiserver", "kcm", "scheduler", "ccm"}
    assert found["controlPlaneLogTtl"] == str(city.retention.logs_days)
    kept = {each["resourceType"] for each in found["deleteOptions"] if each["deleteMode"] == "retain"}
    assert kept == {"SLS_Data", "SLS_ControlPlane"}


@pytest.mark.parametrize("protect", [True, False])
def test_it_can_t_be_deleted_unless_the_city_is_a_rehearsal(city: City, protect: bool) -> None:  # noqa: FBT001 a case
    declared = city.model_copy(update={"cloud": city.cloud.model_copy(update={"protect": protect})})
    assert control_plane(declared)["deletionProtection"] is protect


@pytest.mark.parametrize(
    ("timezone", "hour"), [("Asia/Pontianak", "+07:00"), ("Asia/Makassar", "+08:00"), ("Asia/Jayapura", "+09:00")]
)
def test_the_vendor_works_on_it_in_the_city_s_night(city: City, timezone: str, hour: str) -> None:
    window = control_plane(city.model_copy(update={"timezone": timezone}))["maintenanceWindow"]
    assert window["enable"] is True
    assert window["maintenanceTime"].endswith(f"T01:00:00.000{hour}")


def test_the_pods_network_holds_policies(city: City) -> None:
    """Flannel takes NetworkPolicies and holds none, and the network of a cluster can't be changed later."""
    found = control_plane(city)
    [network] = [each for each in found["addons"] if not each.get("disabled")]
    assert (network["name"], json.loads(network["config"])["NetworkPolicy"]) == ("terway-eniip", "true")
    assert found["podVswitchIds"] == [f"simpul-6471-pods-{zone}-id" for zone in city.cloud.zones]
    assert "podCidr" not in found


def test_nothing_that_is_flannel_s_makes_the_cluster_anew(city: City) -> None:
    """The plugin reads both back, and makes a cluster anew for either."""
    [found] = record(city).of(CLUSTER)
    assert {"nodeCidrMask", "podCidr"} <= set(found.ignored)


def test_components_can_come_and_go_on_a_standing_cluster(city: City) -> None:
    """What a cluster is told of components at its creation is never read again."""
    later = {each.inputs["name"]: each.inputs for each in make(city)[0].of(ADDON)}
    assert {"csi-plugin", "csi-provisioner", "metrics-server", "ack-pod-identity-webhook"} < later.keys()
    first = {each["name"]: each.get("disabled", False) for each in control_plane(city)["addons"]}
    assert first.pop("terway-eniip") is False
    assert set(first.values()) == {True}, "the vendor would put them in as it likes"
    assert later.keys() & first.keys() == {"ack-node-problem-detector", "loongcollector"}


@pytest.mark.parametrize("name", ["ack-node-problem-detector", "loongcollector"])
def test_a_component_that_logs_is_told_the_city_s_project(city: City, name: str) -> None:
    """Without it the vendor makes a project of its own, which keeps for as long as it likes and encrypts nothing."""
    project = make(city)[0].one("alicloud:log/project:Project")["projectName"]
    [found] = [each.inputs for each in make(city)[0].of(ADDON) if each.inputs["name"] == name]
    assert found["config"] == f'{{"sls_project_name":"{project}"}}'


@pytest.mark.parametrize("profile", ["small", "standard", "large"])
def test_a_profile_never_asks_for_a_control_plane_that_a_standing_cluster_can_t_become(
    city: City, profile: Literal["small", "standard", "large"]
) -> None:
    declared = city.model_copy(update={"cloud": city.cloud.model_copy(update={"profile": profile})})
    assert control_plane(declared)["clusterSpec"] == "ack.pro.small"


def standing(spec: str) -> dict[str, dict[str, Any]]:
    cluster = {"id": "c1", "clusterName": "simpul-6471-balikpapan", "state": "running", "vpcId": "vpc-1"}
    return {
        "alicloud:vpc/getNetworks:getNetworks": {"vpcs": [{"id": "vpc-1", "vpcName": "simpul-6471-vpc"}]},
        "alicloud:cs/getClusters:getClusters": {"clusters": [{**cluster, "clusterSpec": spec}]},
        "alicloud:cs/getKubernetesNodePools:getKubernetesNodePools": {"nodepools": []},
    }


def test_another_control_plane_for_a_standing_cluster_is_refused_with_the_way(city: City) -> None:
    """The plugin says that it changes the specification, calls nothing, and says so again in every run."""
    with pytest.raises(
        OutsideError, match=r"(?s)sizes\.cluster: .*ack\.pro\.small is declared, c1 is ack\.pro\.xlarge.*aliyun cs"
    ):
        make(city, standing("ack.pro.xlarge"))


@pytest.mark.parametrize("spec", ["ack.pro.small", "ack.standard"])
def test_a_standing_cluster_that_is_or_can_become_what_is_declared_is_adopted(city: City, spec: str) -> None:
    recorder, _ = make(city, standing(spec))
    assert recorder.of(CLUSTER)[0].resource_id == "c1"


def test_the_work_pool_grows_by_itself_and_the_system_pool_stays(city: City) -> None:
    found = pools(city)
    assert (found["system"]["desiredSize"], found["system"]["scalingConfig"]) == ("2", {"enable": False, "type": "cpu"})
    assert found["work"]["scalingConfig"] == {"enable": True, "type": "cpu", "minSize": 3, "maxSize": 9}
    assert "desiredSize" not in found["work"]


def test_nodes_stand_in_every_zone_are_encrypted_and_mended(city: City) -> None:
    for pool in pools(city).values():
        assert len(pool["vswitchIds"]) == len(city.cloud.zones)
        assert (pool["systemDiskEncrypted"], pool["systemDiskKmsKey"]) == (True, "simpul-6471-key-personal-id")
        assert pool["management"]["autoRepair"] is True
        assert pool["instanceMetadataOptions"] == {"httpTokens": "required"}
        assert pool["kubeletConfiguration"]["readOnlyPort"] == "0"
        assert "internetMaxBandwidthOut" not in pool
