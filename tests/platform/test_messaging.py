"""Messaging, as the engine would see it: a hub, a leaf a site, and endpoints that a client can use."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

from recorder import Recorder, record
from simpul.city import City, MessagingClient, MessagingWorkload, Workloads, load
from simpul.handover import (
    BackupStore,
    CloudEstate,
    ClusterHandle,
    Endpoint,
    HostHandle,
    ImageRegistry,
    SiteBackup,
    SiteEstate,
)
from simpul.platform import deploy
from simpul.project import ROOT

RELEASE = "simpul:helm:Release"


@pytest.fixture(scope="module")
def city() -> City:
    return load(ROOT / "Pulumi.balikpapan.yaml")


def images() -> ImageRegistry:
    return ImageRegistry(
        pulumi.Output.from_input("10.213.0.9/balikpapan"), "deployer", pulumi.Output.from_input("pass")
    )


def estate() -> tuple[CloudEstate, list[SiteEstate]]:
    def text(value: str) -> pulumi.Output[str]:
        return pulumi.Output.from_input(value)

    cloud = CloudEstate(
        ClusterHandle("simpul-6471", None, text("cloud kubeconfig"), (), storage_class="a-class"),
        balancer_id=text("lb-1"),
        balancer_address=text("203.0.113.9"),
        vpc_id=text("vpc-1"),
        nat_address=text("203.0.113.8"),
        guests_id=text("acl-1"),
    )
    cluster = ClusterHandle("simpul-647102", "64.71.02", text("site kubeconfig"), (), 7)
    hosts = tuple(HostHandle(f"barat-{n}", f"10.30.2.1{n}", 22, text("ready")) for n in (1, 2))
    store = BackupStore("64.71.02", text("s3"), "ap-southeast-5", "bucket", "sites/647102/", text("id"), text("key"), 0)
    backup = SiteBackup(store, ("barat-1",), text("a password"))
    return cloud, [SiteEstate("64.71.02", "647102", "Balikpapan Barat", "10.30.2.11", cluster, hosts, backup)]


def make(city: City) -> tuple[Recorder, list[dict[str, Any]]]:
    recorder = Recorder(
        computed={
            "simpul:secret:Password": {"result": "a-password-of-32-letters", "hash": "its hash"},
            "simpul:secret:Certificate": {"certificatePem": "a certificate", "privateKeyPem": "a key"},
        }
    )
    known: list[dict[str, Any]] = []

    def program() -> None:
        endpoints: tuple[Endpoint, ...] = deploy(city, *estate(), images())
        pulumi.Output.from_input([endpoint.export() for endpoint in endpoints]).apply(known.extend)

    record(program, recorder)
    return recorder, known


def test_there_is_a_hub_in_the_cloud_and_a_leaf_at_the_site(city: City) -> None:
    recorder, _ = make(city)
    releases = {release.inputs["cluster"]: release.inputs for release in recorder.of(RELEASE)}
    hub, leaf = releases["simpul-6471"], releases["simpul-647102"]
    assert (hub["values"]["role"], leaf["values"]["role"]) == ("hub", "leaf")
    assert hub["values"]["sites"].keys() == {leaf["values"]["domain"]}
    assert leaf["values"]["hub"]["url"] == "tls://203.0.113.9:7422"
    assert leaf["offlineDays"] == 7


def test_pods_everywhere_pull_by_the_registry_s_login_and_no_value_holds_it(city: City) -> None:
    recorder, _ = make(city)
    for release in recorder.of(RELEASE):
        called = release.inputs["values"]["image"].partition("/")[0]
        assert called == city.registry.address.partition("/")[0]
        told = release.inputs["images"]["value"]  # a secret, as the protocol has it
        assert told == {"registry": called, "username": "deployer", "password": "pass"}
        assert release.inputs["values"]["pullSecrets"] == ["simpul-images"]


def test_the_hub_s_service_takes_the_city_s_own_balancer(city: City) -> None:
    recorder, _ = make(city)
    [hub] = [release.inputs for release in recorder.of(RELEASE) if release.inputs["values"]["role"] == "hub"]
    annotations = hub["values"]["service"]["annotations"]
    assert annotations["service.beta.kubernetes.io/alibaba-cloud-loadbalancer-id"] == "lb-1"


def test_the_hub_s_volume_is_a_cloud_disk_of_at_least_20_gib_and_a_leaf_s_what_its_cluster_gives(city: City) -> None:
    for wanted, disk in ((4, 20), (64, 64)):
        messaging = MessagingWorkload(storage_gib=wanted)
        recorder, _ = make(city.model_copy(update={"workloads": Workloads(messaging=messaging)}))
        storage = {each.inputs["values"]["role"]: each.inputs["values"]["storage"] for each in recorder.of(RELEASE)}
        assert storage["hub"] == {"gib": disk, "className": "a-class"}
        assert storage["leaf"] == {"gib": wanted, "className": "", "host": ""}


def test_a_leaf_s_certificate_holds_for_every_host_of_its_site(city: City) -> None:
    recorder, _ = make(city)
    certificates = [certificate.inputs for certificate in recorder.of("simpul:secret:Certificate")]
    assert ["10.30.2.11", "10.30.2.12"] in [certificate.get("ipAddresses") for certificate in certificates]


def test_endpoints_are_enough_for_a_client(city: City) -> None:
    _, endpoints = make(city)
    assert [(endpoint["site"], endpoint["url"], endpoint["username"]) for endpoint in endpoints] == [
        (None, "tls://203.0.113.9:4222", "reader"),
        (None, "tls://203.0.113.9:4222", "administrator"),
        ("64.71.02", "mqtts://10.30.2.11:8883", "report"),
        ("64.71.02", "tls://10.30.2.11:4222", "administrator"),
    ]
    for endpoint in endpoints:
        assert endpoint["workload"] == "messaging"
        assert endpoint["password"] == "a-password-of-32-letters"
        assert endpoint["ca_pem"] == "a certificate"


def test_each_client_may_what_is_declared_of_it_in_its_own_area_and_is_known_by_the_hash_of_its_password(
    city: City,
) -> None:
    sensor = MessagingClient(name="sensor", publish=("water.>",), subscribe=(), passwords=(1, 2))
    map_ = MessagingClient(name="map", at="cloud", protocol="nats", publish=(), subscribe=("647102.>",))
    elsewhere = MessagingClient(name="elsewhere", site="64.71.01")
    messaging = MessagingWorkload(clients=(sensor, map_, elsewhere))
    recorder, endpoints = make(city.model_copy(update={"workloads": Workloads(messaging=messaging)}))
    values = {each.inputs["values"]["role"]: each.inputs["values"] for each in recorder.of(RELEASE)}
    known = {"hash": "its hash"}
    assert values["leaf"]["clients"] == {
        "sensor": {
            "protocol": "mqtt",
            "publish": ["reports.647102.water.>"],
            "subscribe": [],
            "users": {"sensor": known, "sensor.2": known},
        }
    }
    assert values["hub"]["clients"] == {
        "map": {"protocol": "nats", "publish": [], "subscribe": ["reports.647102.>"], "users": {"map": known}}
    }
    assert values["hub"]["sites"] == {"647102": known}
    assert [each["username"] for each in endpoints if each["site"]] == ["sensor", "sensor.2", "administrator"]


def test_a_city_that_wants_no_messaging_gets_none(city: City) -> None:
    without = city.model_copy(update={"workloads": city.workloads.model_copy(update={"messaging": None})})
    recorder, endpoints = make(without)
    assert recorder.of(RELEASE) == []
    assert endpoints == []


def test_only_those_on_the_list_reach_the_hub_where_there_is_one(city: City) -> None:
    recorder, _ = make(city)
    [hub] = [each.inputs for each in recorder.of(RELEASE) if each.inputs["cluster"] == "simpul-6471"]
    annotations = {
        key.rpartition("-loadbalancer-")[2]: text for key, text in hub["values"]["service"]["annotations"].items()
    }
    assert {name: annotations[name] for name in ("acl-status", "acl-type", "acl-id")} == {
        "acl-status": "on",
        "acl-type": "white",
        "acl-id": "acl-1",
    }
