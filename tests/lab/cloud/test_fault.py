"""Faults: each kind, on a call of the real service."""

from __future__ import annotations

from pathlib import Path

import grpc
import pytest
import yaml
from pulumi.runtime.proto import provider_pb2 as pb

from lab.cloud.client import Client, refused, words
from lab.cloud.estate import NETWORK
from lab.cloud.sample import Sampler
from simpul.errors import UsageError
from simpul.lab.cloud import fault
from simpul.lab.cloud.store import READY
from simpul.provider.wire import pack

PRODUCTS = (
    "alicloud:kms/key:Key",
    "alicloud:rds/instance:Instance",
    "alicloud:oss/bucket:Bucket",
    "alicloud:vpn/gateway:Gateway",
    "alicloud:cen/transitRouterVpcAttachment:TransitRouterVpcAttachment",
    "alicloud:pvtz/zone:Zone",
    "alicloud:hbr/vault:Vault",
)
"""One type of each product that is slow or dear to make, or lasts."""


def plan(cloud: Client, **values: object) -> None:
    """Write one fault of the creation of networks."""
    entry = {"type": NETWORK, "operation": "create", **values}
    (cloud.folder / "faults.yaml").write_text(yaml.safe_dump([entry]))


def test_a_throttled_call_is_tried_again(cloud: Client) -> None:
    plan(cloud, does="throttle", times=fault.TRIES - 1)
    assert cloud.create(NETWORK, vpcName="bpn").id
    assert len(cloud.estate.store.all()) == 1


def test_a_call_that_is_throttled_too_long_fails(cloud: Client) -> None:
    plan(cloud, does="throttle", times=fault.TRIES)
    with pytest.raises(grpc.RpcError) as error:
        cloud.create(NETWORK, vpcName="bpn")
    assert "Code: Throttling.User " in words(error)
    assert cloud.estate.store.all() == []


def test_the_call_that_is_meant_fails_and_no_other(cloud: Client) -> None:
    plan(cloud, does="fail", nth=2, code="OperationConflict")
    cloud.create(NETWORK, vpcName="a")
    with pytest.raises(grpc.RpcError) as error:
        cloud.create(NETWORK, vpcName="b")
    assert "Code: OperationConflict " in words(error)
    cloud.create(NETWORK, vpcName="c")
    assert [each.outputs["vpcName"] for each in cloud.estate.store.all()] == ["a", "c"]


def test_an_answer_that_is_lost_leaves_the_resource(cloud: Client) -> None:
    plan(cloud, does="lose")
    with pytest.raises(grpc.RpcError) as error:
        cloud.create(NETWORK, vpcName="bpn")
    assert error.value.code() == grpc.StatusCode.UNKNOWN
    assert [each.outputs["vpcName"] for each in cloud.estate.store.all()] == ["bpn"]


def test_a_call_goes_on_when_its_engine_is_gone(cloud: Client) -> None:
    plan(cloud, does="slow", seconds=0.3)
    request = pb.CreateRequest(urn=f"urn:pulumi:t::p::{NETWORK}::it", properties=pack({"vpcName": "bpn"}))
    call = cloud.stub.Create.future(request)
    with pytest.raises(grpc.FutureTimeoutError):
        call.result(timeout=0.1)
    call.cancel()
    found = []
    while not found:
        found = [each for each in cloud.estate.store.all() if each.state == READY]
    assert [each.outputs["vpcName"] for each in found] == ["bpn"]


@pytest.mark.parametrize("token", PRODUCTS, ids=lambda token: token.removeprefix("alicloud:").partition(":")[0])
def test_every_product_has_its_faults(maker: Sampler, token: str) -> None:
    cloud, inputs, faults = maker.cloud, maker.inputs(token), maker.cloud.folder / "faults.yaml"
    throttled = {"type": token, "operation": "create", "does": "throttle", "times": 2}
    faults.write_text(yaml.safe_dump([throttled, {**throttled, "does": "lose", "nth": 3, "times": 1}]))
    with pytest.raises(grpc.RpcError) as error:
        cloud.push(token, inputs)
    assert error.value.code() == grpc.StatusCode.UNKNOWN
    [left] = cloud.estate.store.all(token)

    changes = [{"type": token, "operation": "update", "does": "slow", "seconds": 0.01}]
    changes.append({"type": token, "operation": "update", "does": "fail", "code": "OperationConflict"})
    faults.write_text(yaml.safe_dump(changes))
    made = cloud.read(token, left.id)
    assert made is not None
    assert "Code: OperationConflict " in refused(cloud.update, made, **inputs)
    assert cloud.update(made, **inputs).id == left.id


def test_faults_are_read_anew_when_their_file_changes(cloud: Client) -> None:
    plan(cloud, does="fail", times=9)
    with pytest.raises(grpc.RpcError):
        cloud.create(NETWORK, vpcName="a")
    (cloud.folder / "faults.yaml").unlink()
    assert cloud.create(NETWORK, vpcName="b").id


def test_bad_faults_are_all_named() -> None:
    text = "[{type: x, operation: destroy, does: lose}, {type: x, operation: read, does: lose, nth: 0}]"
    with pytest.raises(UsageError) as error:
        fault.read("faults.yaml", text)
    assert [each.where for each in error.value.problems] == ["faults.yaml[0.operation]", "faults.yaml[1.nth]"]


def test_a_fault_file_that_is_no_yaml_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="isn't YAML"):
        fault.read(str(tmp_path), "[")
