"""The record of who did what."""

from __future__ import annotations

import json

import pytest

from cloud.test_estate import make
from simpul.city import City, Purpose, load
from simpul.project import ROOT

TRAIL = "alicloud:actiontrail/trail:Trail"
ROLE = "alicloud:ram/role:Role"
POLICY = "alicloud:ram/policy:Policy"
ACCOUNT = "0000000000000000"


@pytest.fixture(scope="module")
def city() -> City:
    return load(ROOT / "Pulumi.balikpapan.yaml")


def test_everything_that_is_done_anywhere_is_written_to_where_it_stays_and_where_it_is_found(city: City) -> None:
    recorder, [estate] = make(city)
    trail = recorder.one(TRAIL)
    [bucket] = [each.name for each in estate.buckets if each.purpose is Purpose.AUDIT]
    project = recorder.one("alicloud:log/project:Project")["projectName"]
    assert (trail["eventRw"], trail["trailRegion"], trail["status"]) == ("All", "All", "Enable")
    assert trail["ossBucketName"] == bucket
    assert trail["slsProjectArn"] == f"acs:log:ap-southeast-5:{ACCOUNT}:project/{project}"
    assert 6 <= len(trail["trailName"]) <= 36
    assert 6 <= len(trail["ossKeyPrefix"]) <= 32


def test_its_role_is_the_vendor_s_service_s_and_can_write_nothing_else(city: City) -> None:
    recorder, [estate] = make(city)
    [role] = [each.inputs for each in recorder.of(ROLE) if each.name == "simpul-6471-trail"]
    [trusted] = json.loads(role["assumeRolePolicyDocument"])["Statement"]
    assert trusted["Principal"] == {"Service": ["actiontrail.aliyuncs.com"]}
    [policy] = [each.inputs for each in recorder.of(POLICY) if each.name == "simpul-6471-trail"]
    statements = json.loads(policy["policyDocument"])["Statement"]
    [bucket] = [each.name for each in estate.buckets if each.purpose is Purpose.AUDIT]
    project = recorder.one(TRAIL)["slsProjectArn"]
    assert [each["Resource"] for each in statements] == [
        [f"acs:oss:*:{ACCOUNT}:{bucket}", f"acs:oss:*:{ACCOUNT}:{bucket}/*"],
        ["simpul-6471-key-internal-arn"],
        [project],
        [f"{project}/logstore/actiontrail_*"],
        [f"{project}/dashboard/*"],
        [f"{project}/savedsearch/actiontrail_*"],
    ]
    actions = [action for each in statements for action in each["Action"]]
    assert not [each for each in actions if "*" in each or "Delete" in each]


def test_what_is_there_already_is_adopted(city: City) -> None:
    there = {"trails": [{"id": "simpul-6471-balikpapan-trail"}]}
    recorder, _ = make(city, {"alicloud:actiontrail/getTrails:getTrails": there})
    assert recorder.of(TRAIL)[0].resource_id == "simpul-6471-balikpapan-trail"
