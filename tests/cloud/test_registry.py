"""The city's own registry of images."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks

import simpul.cloud.registry
from cloud.test_estate import NOTHING, make
from cloud.test_key import cloud
from recorder import Recorder, record
from simpul.city import Api, City, Sizes, load, plan
from simpul.cloud import Cloud, Found
from simpul.cloud.identity import Identity
from simpul.cloud.registry import images, login, problems
from simpul.project import CHARTS, ROOT
from simpul.recording import record as whole

INSTANCE = "alicloud:cr/registryEnterpriseInstance:RegistryEnterpriseInstance"
NAMESPACE = "alicloud:cs/registryEnterpriseNamespace:RegistryEnterpriseNamespace"
REPOSITORY = "alicloud:cs/registryEnterpriseRepo:RegistryEnterpriseRepo"
SCAN = "alicloud:cr/scanRule:ScanRule"
LINK = "alicloud:cr/vpcEndpointLinkedVpc:VpcEndpointLinkedVpc"
ENTRY = "alicloud:cr/endpointAclPolicy:EndpointAclPolicy"
SWITCH = "alicloud:cr/getEndpointAclService:getEndpointAclService"
LISTED = "alicloud:cs/getRegistryEnterpriseInstances:getRegistryEnterpriseInstances"
BALIKPAPAN = Identity("6471", "64.71", "Balikpapan", "Diskominfo", "balikpapan")
OWN = "simpul-6471-balikpapan-registry-vpc.ap-southeast-5.cr.aliyuncs.com"


@dataclass
class Asked(Recorder):
    """A recorder that keeps how the public endpoint was switched."""

    switched: list[bool] = field(default_factory=list)

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]]]:
        """Answer a data source."""
        if args.token == SWITCH:
            self.switched.append(args.args["enable"])
        return super().call(args)


def switched(city: City, *, stands_open: bool) -> list[bool]:
    """Make a city whose registry's endpoint stands open or not; give how it was switched."""
    there = {"ids": ["cri-1"], "instances": [{"id": "cri-1", "publicEndpoints": ["name"] if stands_open else []}]}
    recorder = Asked(answers={**NOTHING, LISTED: there})
    record(lambda: Cloud(city, plan(city), Found()), recorder)
    return recorder.switched


def alone(city: City) -> City:
    """Leave a city without offices and without anybody who reaches its API."""
    return cloud(city.model_copy(update={"sites": ()}), api=Api())


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


@pytest.mark.parametrize("profile", ["small", "standard", "large"])
def test_every_profile_s_edition_is_one_that_is_sold(city: City, profile: str) -> None:
    zones = ("ap-southeast-5a", "ap-southeast-5b", "ap-southeast-5c")
    recorder, _ = make(cloud(city, profile=profile, zones=zones, sizes=Sizes(registry="enterprise")))
    assert recorder.one(INSTANCE)["instanceType"] in ("Basic", "Advanced")


def test_there_is_an_image_for_every_recipe() -> None:
    assert len(images()) == len(list(CHARTS.glob("*/image/image.yaml")))
    assert "messaging" in images()


def test_the_network_gets_in_and_the_internet_doesn_t(city: City) -> None:
    recorder, _ = make(alone(city))
    assert recorder.one(LINK)["vpcId"] == "simpul-6471-vpc-id"
    assert recorder.of(ENTRY) == []


def test_offices_pull_and_who_may_reach_the_cluster_s_api_brings_images(city: City) -> None:
    api = Api.model_validate({"public": True, "allow": ["203.0.113.64/28"]})
    recorder, _ = make(cloud(city, api=api))
    entries = {each.inputs["entry"] for each in recorder.of(ENTRY)}
    assert entries == {"203.0.113.64/28", *(f"203.0.113.{office}/32" for office in range(1, 7))}


def test_the_public_endpoint_is_switched_only_where_it_isn_t_as_it_should_be(city: City) -> None:
    assert switched(city, stands_open=False) == [True]
    assert switched(city, stands_open=True) == []
    assert switched(alone(city), stands_open=True) == [False]
    assert switched(alone(city), stands_open=False) == []


def test_a_preview_switches_nothing(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simpul.cloud.registry.pulumi.runtime, "is_dry_run", lambda: True)
    assert switched(city, stands_open=False) == []
    assert switched(alone(city), stands_open=True) == []


def test_a_city_can_use_the_registry_that_every_account_has(city: City) -> None:
    recorder, [estate] = make(cloud(city, sizes=Sizes(registry="default")))
    assert estate.image_registry is None
    assert recorder.of(INSTANCE) == []


def test_whoever_deploys_logs_in_by_the_vendor_s_name(city: City) -> None:
    account = "5123456789012345"
    assert login(f"acs:ram::{account}:user/deployer", account) == f"deployer@{account}.onaliyun.com"
    assert login(f"acs:ram::{account}:root", account) == account
    assert login(f"acs:ram::{account}:assumed-role/ci/session", account) == account
    told: list[str] = []

    def program() -> None:
        made = Cloud(city, plan(city), Found()).estate.image_registry
        assert made is not None
        pulumi.Output.from_input(made.username).apply(told.append)

    record(program, Recorder(answers=NOTHING))
    assert told == ["deployer@0000000000000000.onaliyun.com"]


def told(city: City, address: str, size: str | None = None, username: str | None = None) -> list[str]:
    """Give what is said against an address, as the errors that people read."""
    registry = city.registry.model_copy(update={"address": address, "username": username})
    declared = cloud(city.model_copy(update={"registry": registry}), sizes=Sizes(registry=size))
    return [str(each) for each in problems(declared, BALIKPAPAN)]


def test_the_registry_of_the_declaration_is_the_one_that_is_made(city: City) -> None:
    assert told(city, f"{OWN}/balikpapan") == []
    for wrong in (
        "registry.example.go.id",
        "simpul-6471-registry-vpc.ap-southeast-5.cr.aliyuncs.com",
        "simpul-6471-balikpapan-registry.ap-southeast-5.cr.aliyuncs.com",
        "registry-vpc.ap-southeast-5.aliyuncs.com",
    ):
        [said] = told(city, f"{wrong}/balikpapan")
        assert f'Write "{OWN}/balikpapan"' in said


def test_a_registry_of_the_city_s_own_has_one_namespace_that_the_vendor_takes(city: City) -> None:
    for part in ("b", "kota/images", "b" * 121):
        [said] = told(city, f"{OWN}/{part}")
        assert "has no namespace that the registry can have" in said
    assert told(city, f"{OWN}/{'b' * 120}") == []


def test_a_city_that_makes_no_registry_names_one_that_is_there(city: City) -> None:
    for right in (
        "registry-vpc.ap-southeast-5.aliyuncs.com/balikpapan",
        "crpi-a1b2-vpc.ap-southeast-5.personal.cr.aliyuncs.com/balikpapan",
        "registry.example.go.id/kota/images",
    ):
        assert told(city, right, "default", "deployer@example") == []
    [said] = told(city, f"{OWN}/balikpapan", "default")
    assert "which isn't made" in said
    [said] = told(city, "registry.ap-southeast-5.aliyuncs.com/balikpapan", "default")
    assert 'Write "registry-vpc.ap-southeast-5.aliyuncs.com/balikpapan"' in said


def test_who_logs_in_is_declared_for_a_registry_alone_that_isn_t_made(city: City) -> None:
    [said] = told(city, f"{OWN}/balikpapan", username="deployer")
    assert said.startswith("city.registry.username: ")


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


def test_the_login_of_another_registry_is_declared_and_its_password_a_secret_of_the_stack(city: City) -> None:
    address = "registry-vpc.ap-southeast-5.aliyuncs.com/balikpapan"
    registry = city.registry.model_copy(update={"address": address, "username": "deployer@example"})
    small = cloud(city.model_copy(update={"registry": registry}), sizes=Sizes(registry="default"))
    assert exported(small, {}) is None
    told = exported(small, {"simpul:registryPassword": "Sandi-rahasia-1"})
    assert told == {"address": address, "username": "deployer@example", "password": "Sandi-rahasia-1"}


def exported(city: City, config: dict[str, str]) -> Any:
    """Run the whole program for a city with a configuration; give its output `image_registry`."""
    pulumi.runtime.set_all_config(config, [*config])
    try:
        return whole(city).outputs["image_registry"]
    finally:
        pulumi.runtime.set_all_config({})
