"""Clusters and node pools: what is asked of whatever runs them. Nothing real starts here; a test double does."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2 as pb

from lab.cloud.client import Client, serve, urn, words
from lab.cloud.estate import BALANCER, CLUSTER, POOL, build
from lab.cloud.fake import FakeBacking
from simpul.lab.cloud.store import CREATING, READY, Record, Store
from simpul.provider.wire import Secret, pack, unpack

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
    assert answer["kubeConfig"] == "kind: Config"
    assert answer["certificateAuthority"] == {
        "clusterCert": "authority", "clientCert": "certificate", "clientKey": "key",
    }  # fmt: skip


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
