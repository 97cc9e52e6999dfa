"""The city's Kubernetes in the cloud: how it is guarded, what it records, how it grows."""

from __future__ import annotations

from typing import Any

import pytest

from cloud.test_estate import CLUSTER, make
from simpul.city import City, load
from simpul.project import ROOT

POOL = "alicloud:cs/nodePool:NodePool"


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


def test_the_work_pool_grows_by_itself_and_the_system_pool_stays(city: City) -> None:
    found = pools(city)
    assert (found["system"]["desiredSize"], "scalingConfig" in found["system"]) == ("2", False)
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
