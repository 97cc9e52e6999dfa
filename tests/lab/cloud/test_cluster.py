"""Clusters and node pools: what is asked of whatever runs them. Nothing real starts here; a test double does."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import pytest
import yaml
from pulumi.runtime.proto import provider_pb2 as pb

from lab.cloud.client import Client, Made, serve, urn, words
from lab.cloud.estate import BALANCER, CLUSTER, NETWORK, POOL, SWITCH, build
from lab.cloud.fake import FakeBacking
from simpul.lab.cloud.product import cs
from simpul.lab.cloud.product.addon import KubernetesAddon
from simpul.lab.cloud.product.vpc import BLOCK
from simpul.lab.cloud.store import CREATING, READY, Record, Store
from simpul.provider.wire import Secret, pack, unpack
from simpul.recording import CREDENTIAL as TEXTS

ADDON = KubernetesAddon.token
CREDENTIAL = "alicloud:cs/getClusterCredential:getClusterCredential"


@pytest.fixture
def backing() -> FakeBacking:
    return FakeBacking()


@pytest.fixture
def real(tmp_path: Path, backing: FakeBacking) -> Iterator[Client]:
    with serve(tmp_path / "state", backing) as client:
        yield client


def test_a_cluster_and_its_nodes_start_on_the_clouds_network(real: Client, backing: FakeBacking) -> None:
    cluster = build(real)[CLUSTER]
    addresses = sorted(each.address for each in backing.running.values())
    assert addresses == ["10.213.0.11", "10.213.0.12", "10.213.0.13"]
    assert cluster.outputs["connections"]["apiServerIntranet"] == "https://10.213.0.11:6443"


def test_nodes_know_their_zone_and_their_pools_labels(real: Client, backing: FakeBacking) -> None:
    pool = build(real)[POOL]
    node = backing.running[next(name for name in backing.running if not name.endswith("-0"))]
    assert node.labels == {
        "work": "platform",
        "alibabacloud.com/nodepool-id": pool.outputs["nodePoolId"],
        "topology.kubernetes.io/region": "ap-southeast-5",
        "topology.kubernetes.io/zone": "ap-southeast-5a",
    }


def test_a_pool_grows_and_shrinks_and_is_capped(real: Client, backing: FakeBacking) -> None:
    pool = build(real)[POOL]
    for asked, nodes in (("1", 1), ("2", 2), ("50", 2), ("0", 0)):
        real.update(pool, **{**pool.inputs, "desiredSize": asked})
        assert len(backing.running) == 1 + nodes


def test_a_credential_opens_the_cluster(real: Client) -> None:
    cluster = build(real)[CLUSTER]
    answer = real.invoke(CREDENTIAL, clusterId=cluster.id)
    told = yaml.safe_load(answer["kubeConfig"])["clusters"][0]["cluster"]
    public = cluster.outputs["slbInternet"]
    assert told == {"server": f"https://{public}:6443", "certificate-authority-data": TEXTS["clusterCert"]}
    assert answer["certificateAuthority"] == TEXTS


def test_the_kubeconfig_of_a_private_cluster_leads_nowhere(real: Client) -> None:
    """The vendor's plugin asks for the one of the public address, which it hasn't."""
    told = yaml.safe_load(real.invoke(CREDENTIAL, clusterId=terway(real).id)["kubeConfig"])
    assert told["clusters"][0]["cluster"]["server"] == ""


def test_what_is_sensitive_leaves_as_a_secret(real: Client) -> None:
    made = build(real)
    answer = real.stub.Invoke(pb.InvokeRequest(tok=CREDENTIAL, args=pack({"clusterId": made[CLUSTER].id})))
    values = unpack(getattr(answer, "return"))
    assert isinstance(values["kubeConfig"], Secret)
    assert isinstance(values["certificateAuthority"]["clientKey"], Secret)
    pool = {**made[POOL].inputs, "nodePoolName": "other", "password": "Sandi-rahasia-1"}
    answer = real.stub.Create(pb.CreateRequest(urn=urn(POOL), properties=pack(pool)))
    assert isinstance(unpack(answer.properties)["password"], Secret)


def test_a_cluster_that_goes_takes_its_machines_along(real: Client, backing: FakeBacking) -> None:
    real.delete(build(real)[CLUSTER])
    assert backing.running == {}
    assert real.estate.store.all(POOL) == []


def test_a_cluster_that_does_not_start_is_not_there(real: Client, backing: FakeBacking) -> None:
    backing.fails = True
    with pytest.raises(grpc.RpcError) as error:
        build(real)
    assert "doesn't start" in words(error)
    assert real.estate.store.all(CLUSTER) == []


def test_a_new_daemon_picks_its_clusters_up_again(tmp_path: Path) -> None:
    with serve(tmp_path, FakeBacking()) as first:
        made = build(first)
    again = FakeBacking()
    with serve(tmp_path, again) as second:
        assert len(again.asked) == 3
        assert second.invoke(CREDENTIAL, clusterId=made[CLUSTER].id)["kubeConfig"]
        assert len(second.estate.store.all(BALANCER)) == 2


def test_a_cluster_that_cannot_be_picked_up_leaves_the_rest_of_use(tmp_path: Path) -> None:
    with serve(tmp_path, FakeBacking()) as first:
        made = build(first)
    with serve(tmp_path, FakeBacking(fails=True)) as second:
        assert second.read(BALANCER, made[BALANCER].id) is not None


def test_a_creation_that_was_cut_off_with_its_daemon_is_finished_or_forgotten(tmp_path: Path) -> None:
    for fails, left in ((False, 1), (True, 0)):
        with serve(tmp_path / str(fails), FakeBacking()) as first:
            record = first.estate.store.get(CLUSTER, build(first)[CLUSTER].id)
            assert record is not None
            record.state = CREATING
            first.estate.store.put(record)
        with serve(tmp_path / str(fails), FakeBacking(fails=fails)) as second:
            assert [each.state for each in second.estate.store.all(CLUSTER)] == [READY] * left


def test_who_waits_for_a_creation_is_let_go_when_the_daemon_ends(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put(Record(CLUSTER, "c0", {}, {}))
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(store.wait, CLUSTER, "c0", 3600)
        store.leave()
        assert waiting.result() == Record(CLUSTER, "c0", {}, {})
    store.close()


def terway(cloud: Client, **inputs: object) -> Made:
    """Make a cluster whose pods have addresses of the network's own switches."""
    made = build(cloud)
    vpc = made[NETWORK].id
    block = {"vpcId": vpc, "secondaryCidrBlock": "10.70.0.0/16"}
    cloud.create(BLOCK, **block)
    pods = [
        cloud.create(
            SWITCH, vpcId=vpc, cidrBlock=f"10.70.{at * 16}.0/20", zoneId="ap-southeast-5a", vswitchName=f"p{at}"
        )
        for at in range(2)
    ]
    given = {
        "name": "bpn-pods",
        "vswitchIds": [made[SWITCH].id],
        "serviceCidr": "10.69.0.0/20",
        "addons": [{"name": "terway-eniip", "config": '{"NetworkPolicy":"true"}'}],
        "podVswitchIds": [each.id for each in pods],
        "newNatGateway": False,
        "slbInternetEnabled": False,
    }
    return cloud.create(CLUSTER, **{name: each for name, each in {**given, **inputs}.items() if each is not None})


def test_the_pods_of_terway_have_addresses_of_its_switches(real: Client, backing: FakeBacking) -> None:
    found = real.estate.store.get(CLUSTER, terway(real).id)
    assert found is not None
    assert cs.cluster(found).pods == "10.70.0.0/19", "the narrowest range that holds both"


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"podVswitchIds": None, "podCidr": "10.71.0.0/16"}, "terway-eniip needs podVswitchIds"),
        ({"addons": [{"name": "flannel"}]}, "flannel needs podCidr"),
        (
            {"addons": [{"name": "flannel"}, {"name": "terway-eniip"}], "podCidr": "10.71.0.0/16"},
            "terway-eniip or flannel",
        ),
        ({"serviceCidr": "10.70.128.0/20"}, "overlaps a range of"),
    ],
)
def test_a_pods_network_without_what_it_needs_is_refused(real: Client, inputs: dict[str, object], said: str) -> None:
    with pytest.raises(grpc.RpcError) as error:
        terway(real, **inputs)
    assert said in words(error)


def test_the_vendors_plugin_changes_no_specification_but_the_basic_one(real: Client) -> None:
    """It says that it did, and the next read tells what is there."""
    cluster = build(real)[CLUSTER]
    changed = real.update(cluster, **{**cluster.inputs, "clusterSpec": "ack.pro.xlarge"})
    assert changed.outputs["clusterSpec"] == "ack.pro.small"


def test_the_vendors_plugin_brings_a_basic_cluster_to_another_edition(real: Client) -> None:
    basic = terway(real, clusterSpec="ack.standard")
    assert (
        real.update(basic, **{**basic.inputs, "clusterSpec": "ack.pro.small"}).outputs["clusterSpec"] == "ack.pro.small"
    )


def test_a_component_that_is_there_is_set_anew(real: Client) -> None:
    cluster = build(real)[CLUSTER].id
    for config in ('{"sls_project_name":"one"}', '{"sls_project_name":"two"}'):
        made = real.create(ADDON, clusterId=cluster, name="loongcollector", config=config)
        assert made.outputs["config"] == config
    assert len(real.estate.store.all(ADDON)) == 1


def test_a_pool_grows_on_until_it_is_told_not_to(real: Client) -> None:
    pool = build(real)[POOL]
    bare = {name: each for name, each in pool.inputs.items() if name != "desiredSize"}
    bounds = {"enable": True, "type": "cpu", "minSize": 1, "maxSize": 3}
    assert real.update(pool, **bare, scalingConfig=bounds).outputs["scalingConfig"] == bounds
    assert real.update(pool, **bare, desiredSize="1").outputs["scalingConfig"] == bounds, (
        "what isn't said stays as it was"
    )
    told = real.update(pool, **bare, desiredSize="1", scalingConfig={"enable": False, "type": "cpu"})
    assert told.outputs["scalingConfig"]["enable"] is False
