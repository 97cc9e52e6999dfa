"""The city's own registry of images."""

from __future__ import annotations

from typing import Any

import pytest

from cloud.test_estate import make
from cloud.test_key import cloud
from simpul.city import Api, City, Sizes, load
from simpul.cloud.registry import images, login
from simpul.project import CHARTS, ROOT

INSTANCE = "alicloud:cr/registryEnterpriseInstance:RegistryEnterpriseInstance"
NAMESPACE = "alicloud:cs/registryEnterpriseNamespace:RegistryEnterpriseNamespace"
REPOSITORY = "alicloud:cs/registryEnterpriseRepo:RegistryEnterpriseRepo"
SCAN = "alicloud:cr/scanRule:ScanRule"
LINK = "alicloud:cr/vpcEndpointLinkedVpc:VpcEndpointLinkedVpc"
ENTRY = "alicloud:cr/endpointAclPolicy:EndpointAclPolicy"
SERVICE: dict[str, Any] = {
    "alicloud:cr/getEndpointAclService:getEndpointAclService": {"instanceId": "cri-1", "status": "RUNNING"}
}


@pytest.fixture(scope="module")
def city() -> City:
    return load(ROOT / "Pulumi.balikpapan.yaml")


def test_images_are_private_scanned_and_their_tags_stay(city: City) -> None:
    recorder, _ = make(city)
    assert recorder.one(NAMESPACE)["defaultVisibility"] == "PRIVATE"
    assert recorder.one(NAMESPACE)["autoCreate"] is False
    assert {each.inputs["name"] for each in recorder.of(REPOSITORY)} == set(images())
    assert {(each.inputs["repoType"], each.inputs["tagImmutability"]) for each in recorder.of(REPOSITORY)} == {
        ("PRIVATE", True)
    }
    assert (recorder.one(SCAN)["triggerType"], recorder.one(SCAN)["scanScope"]) == ("AUTO", "NAMESPACE")
    assert recorder.one(INSTANCE)["imageScanner"] == "ACR"


def test_there_is_an_image_for_every_recipe() -> None:
    assert len(images()) == len(list(CHARTS.glob("*/image/image.yaml")))
    assert "messaging" in images()


def test_the_network_gets_in_and_the_internet_doesn_t(city: City) -> None:
    recorder, _ = make(city)
    assert recorder.one(LINK)["vpcId"] == "simpul-6471-vpc-id"
    assert recorder.of(ENTRY) == []


def test_who_may_reach_the_cluster_s_api_may_bring_images(city: City) -> None:
    api = Api.model_validate({"public": True, "allow": ["203.0.113.0/28"]})
    recorder, _ = make(cloud(city, api=api), SERVICE)
    assert recorder.one(ENTRY)["entry"] == "203.0.113.0/28"


def test_a_city_can_use_the_registry_that_every_account_has(city: City) -> None:
    recorder, [estate] = make(cloud(city, sizes=Sizes(registry="default")))
    assert estate.image_registry is None
    assert recorder.of(INSTANCE) == []


def test_whoever_deploys_logs_in_by_the_vendor_s_name(city: City) -> None:
    account = "5123456789012345"
    assert login(f"acs:ram::{account}:user/deployer", account) == f"deployer@{account}.onaliyun.com"
    assert login(f"acs:ram::{account}:root", account) == account
    assert login(f"acs:ram::{account}:assumed-role/ci/session", account) == account
    _, [estate] = make(city)
    assert estate.image_registry is not None
    assert estate.image_registry.username == "deployer@0000000000000000.onaliyun.com"


def test_what_is_there_already_is_adopted(city: City) -> None:
    recorder, _ = make(
        city,
        {
            "alicloud:cs/getRegistryEnterpriseInstances:getRegistryEnterpriseInstances": {
                "instances": [{"id": "cri-1"}]
            },
            "alicloud:cs/getRegistryEnterpriseNamespaces:getRegistryEnterpriseNamespaces": {
                "namespaces": [{"name": "balikpapan"}]
            },
            "alicloud:cs/getRegistryEnterpriseRepos:getRegistryEnterpriseRepos": {
                "repos": [{"namespace": "balikpapan", "name": "messaging"}]
            },
            "alicloud:cr/getVpcEndpointLinkedVpcs:getVpcEndpointLinkedVpcs": {
                "vpcEndpointLinkedVpcs": [{"id": "cri-1:vpc-1:vsw-1:Registry"}]
            },
            "alicloud:cr/getEndpointAclPolicies:getEndpointAclPolicies": {"policies": []},
        },
    )
    adopted = {token: recorder.of(token)[0].resource_id for token in (INSTANCE, NAMESPACE, LINK)}
    assert adopted == {INSTANCE: "cri-1", NAMESPACE: "cri-1:balikpapan", LINK: "cri-1:vpc-1:vsw-1:Registry"}
    assert "cri-1:balikpapan:messaging" in {each.resource_id for each in recorder.of(REPOSITORY)}
