"""What the vendor's products refuse, and the form of what they answer."""

from __future__ import annotations

import re
from typing import Any

import pytest

from lab.cloud.client import Client, refused
from lab.cloud.estate import (
    ADDRESS,
    ASSOCIATION,
    BALANCER,
    CLUSTER,
    ENTRY,
    GATEWAY,
    GROUP,
    NETWORK,
    POOL,
    RULE,
    SECURITY_GROUP,
    SWITCH,
    build,
)  # fmt: skip

FORMS = {
    GROUP: r"rg-aek[a-z0-9]{12}",
    NETWORK: r"vpc-k1a[a-z0-9]{18}",
    SWITCH: r"vsw-k1a[a-z0-9]{18}",
    GATEWAY: r"ngw-k1a[a-z0-9]{18}",
    ADDRESS: r"eip-k1a[a-z0-9]{18}",
    ASSOCIATION: r"eip-k1a[a-z0-9]{18}:ngw-k1a[a-z0-9]{18}",
    ENTRY: r"stb-k1a[a-z0-9]{18}:snat-k1a[a-z0-9]{18}",
    SECURITY_GROUP: r"sg-k1a[a-z0-9]{18}",
    RULE: r"sg-k1a[a-z0-9]{18}:ingress:tcp:443/443:intranet:10\.64\.0\.0/11:accept:1",
    CLUSTER: r"c[0-9a-f]{32}",
    POOL: r"c[0-9a-f]{32}:np[0-9a-f]{32}",
    BALANCER: r"lb-k1a[a-z0-9]{18}",
}


def test_ids_have_the_vendors_form(cloud: Client) -> None:
    for token, made in build(cloud).items():
        assert re.fullmatch(FORMS[token], made.id), made.id


def test_what_is_made_reads_back_and_is_no_change(cloud: Client) -> None:
    for token, made in build(cloud).items():
        read = cloud.read(token, made.id)
        assert read is not None
        unread = cloud.estate.kind(token).unread
        assert read.inputs == {name: value for name, value in made.inputs.items() if name not in unread}
        assert set(cloud.diff(token, read.outputs, made.inputs).diffs) <= unread


def test_an_estate_goes_in_the_order_of_its_references_and_leaves_nothing(cloud: Client) -> None:
    for made in reversed(build(cloud).values()):
        cloud.delete(made)
    assert cloud.estate.store.all() == []


def test_what_is_gone_reads_as_nothing_and_is_deleted_again_without_a_word(cloud: Client) -> None:
    made = cloud.create(NETWORK, vpcName="bpn")
    cloud.delete(made)
    assert cloud.read(NETWORK, made.id) is None
    cloud.delete(made)


@pytest.mark.parametrize(
    ("token", "code"),
    [
        (GROUP, "DeleteConflict.ResourceGroup.Resource"),
        (NETWORK, "DependencyViolation.VSwitch"),
        (SWITCH, "DependencyViolation.NatGateway"),
        (GATEWAY, "DependencyViolation.SNATEntry"),
        (ADDRESS, "IncorrectEipStatus"),
        (ASSOCIATION, "InvalidIpStatus.HasBeenUsedBySnatTable"),
        (SECURITY_GROUP, "DependencyViolation.Instance"),
    ],
)
def test_what_is_in_use_stays(cloud: Client, token: str, code: str) -> None:
    made = build(cloud)
    assert f"Code: {code} " in refused(cloud.delete, made[token])
    assert cloud.read(token, made[token].id) is not None


def test_two_networks_may_have_one_name(cloud: Client) -> None:
    assert cloud.create(NETWORK, vpcName="bpn").id != cloud.create(NETWORK, vpcName="bpn").id


@pytest.mark.parametrize(
    ("token", "change", "code"),
    [
        (GROUP, {"displayName": "Other"}, "EntityAlreadyExists.ResourceGroup"),
        (NETWORK, {"cidrBlock": "8.8.0.0/16"}, "InvalidCidrBlock.NotSupported"),
        (NETWORK, {"cidrBlock": "10.0.0.1/16"}, "InvalidCidrBlock.Malformed"),
        (NETWORK, {"resourceGroupId": "rg-none"}, "InvalidResourceGroup.NotFound"),
        (SWITCH, {"vpcId": "vpc-none"}, "InvalidVpcId.NotFound"),
        (SWITCH, {"zoneId": "ap-southeast-5z"}, "InvalidZoneId.NotFound"),
        (SWITCH, {"cidrBlock": "10.99.0.0/20"}, "InvalidCidrBlock.Malformed"),
        (SWITCH, {"cidrBlock": "10.64.8.0/21"}, "InvalidCidrBlock.Overlapped"),
        (GATEWAY, {"vswitchId": "vsw-none"}, "InvalidVSwitchId.NotFound"),
        (GATEWAY, {"vswitchId": ""}, "MissingParameter.VSwitchId"),
        (ASSOCIATION, {}, "InvalidAssociation.Duplicated"),
        (ASSOCIATION, {"allocationId": "eip-none"}, "InvalidAllocationId.NotFound"),
        (ASSOCIATION, {"instanceId": "ngw-none"}, "InvalidInstanceId.NotFound"),
        (ENTRY, {"snatTableId": "stb-none"}, "InvalidSnatTableId.NotFound"),
        (ENTRY, {"snatIp": "10.213.0.250"}, "EIP_NOT_IN_GATEWAY"),
        (ENTRY, {}, "Forbidden.SourceVSwitchId.Duplicated"),
        (RULE, {"portRange": "-1/-1"}, "InvalidPortRange.Malformed"),
        (RULE, {"securityGroupId": "sg-none"}, "InvalidSecurityGroupId.NotFound"),
        (CLUSTER, {}, "ErrorClusterNameAlreadyExist"),
        (CLUSTER, {"name": "b", "version": "newest"}, "ErrorUnsupportedVersion"),
        (CLUSTER, {"name": "b", "podCidr": ""}, "ErrorMissingPodCidr"),
        (CLUSTER, {"name": "b", "serviceCidr": "10.64.1.0/24"}, "ErrorCidrConflict"),
        (CLUSTER, {"name": "b", "podCidr": "10.67.0.0/16", "serviceCidr": "10.67.1.0/24"}, "ErrorCidrConflict"),
        (CLUSTER, {"name": "b"}, "ErrorCidrConflict"),
        (POOL, {}, "ErrorNodePoolNameExist"),
        (POOL, {"clusterId": "c0"}, "ErrorClusterNotFound"),
        (POOL, {"nodePoolName": "b", "instanceTypes": ["ecs.none.large"]}, "InvalidInstanceType.NotSupported"),
        (POOL, {"nodePoolName": "b", "desiredSize": "many"}, "InvalidParameter.DesiredSize"),
        (BALANCER, {"vswitchId": "vsw-none"}, "InvalidVSwitchId.NotFound"),
    ],
)
def test_what_the_vendor_refuses_is_refused_with_its_code(
    cloud: Client, token: str, change: dict[str, Any], code: str
) -> None:
    made = build(cloud)
    before = len(cloud.estate.store.all())
    assert f"Code: {code} " in refused(cloud.create, token, **{**made[token].inputs, **change})
    assert len(cloud.estate.store.all()) == before


def test_a_rule_that_is_there_already_is_taken_for_made(cloud: Client) -> None:
    rule = build(cloud)[RULE]
    again = cloud.create(RULE, **rule.inputs)
    assert (again.id, again.outputs) == (rule.id, rule.outputs)
    assert len(cloud.estate.store.all(RULE)) == 1


def test_a_network_cannot_shrink_under_its_switches(cloud: Client) -> None:
    vpc = build(cloud)[NETWORK]
    said = refused(cloud.update, vpc, **{**vpc.inputs, "cidrBlock": "10.64.128.0/17"})
    assert "Code: InvalidCidrBlock.NotSupported " in said


def test_an_update_keeps_what_was_computed(cloud: Client) -> None:
    vpc = build(cloud)[NETWORK]
    changed = cloud.update(vpc, **{**vpc.inputs, "vpcName": "renamed", "description": "for the city"})
    assert changed.outputs["vpcName"] == changed.outputs["name"] == "renamed"
    assert changed.outputs["routeTableId"] == vpc.outputs["routeTableId"]
    back = cloud.update(changed, **vpc.inputs)
    assert back.outputs == vpc.outputs


def test_a_protected_resource_stays(cloud: Client) -> None:
    made = build(cloud)[BALANCER]
    cloud.update(made, **{**made.inputs, "deleteProtection": "on"})
    assert "Code: OperationDenied.DeletionProtection " in refused(cloud.delete, made)


def test_an_address_in_use_says_so(cloud: Client) -> None:
    made = build(cloud)
    read = cloud.read(ADDRESS, made[ADDRESS].id)
    assert made[ADDRESS].outputs["status"] == "Available"
    assert read is not None
    assert read.outputs["status"] == "InUse"


def test_addresses_are_given_once_and_again_when_they_are_free(cloud: Client) -> None:
    first, second = (cloud.create(ADDRESS, addressName=name) for name in "ab")
    assert [first.outputs["ipAddress"], second.outputs["ipAddress"]] == ["10.213.0.128", "10.213.0.129"]
    cloud.delete(first)
    assert cloud.create(ADDRESS, addressName="c").outputs["ipAddress"] == "10.213.0.128"


def test_a_cluster_brings_what_the_vendor_makes_for_it_and_takes_it_along(cloud: Client) -> None:
    made = build(cloud)
    for token in (POOL, CLUSTER):
        cloud.delete(made[token])
    bare = {name: value for name, value in made[CLUSTER].inputs.items() if name != "securityGroupId"}
    cluster = cloud.create(CLUSTER, **bare)
    group = cloud.read(SECURITY_GROUP, cluster.outputs["securityGroupId"])
    balancer = cloud.read(BALANCER, cluster.outputs["slbId"])
    assert group is not None
    assert balancer is not None
    assert cluster.outputs["connections"]["apiServerIntranet"] == f"https://{balancer.outputs['address']}:6443"
    cloud.delete(cluster)
    assert cloud.read(SECURITY_GROUP, group.id) is None
    assert cloud.read(BALANCER, balancer.id) is None


def test_a_type_that_no_product_file_knows_works_from_its_schema(cloud: Client) -> None:
    token = "alicloud:oss/bucket:Bucket"
    bucket = cloud.create(token, bucket="bpn-6471-backup", tags={"wilayah": "64.71"})
    assert bucket.outputs["bucket"] == "bpn-6471-backup"
    cloud.update(bucket, **{**bucket.inputs, "tags": {"wilayah": "64.71.01"}})
    read = cloud.read(token, bucket.id)
    assert read is not None
    assert read.outputs["tags"] == {"wilayah": "64.71.01"}
    cloud.delete(bucket)
    assert cloud.estate.store.all() == []


def test_a_type_that_the_vendor_does_not_have_is_refused(cloud: Client) -> None:
    assert "has no resource type alicloud:vpc/nothing:Nothing" in refused(
        cloud.check, "alicloud:vpc/nothing:Nothing", {}
    )
