"""The city's buckets, and the key by which sites write to one of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cloud.test_estate import make
from cloud.test_key import cloud
from recorder import Recorder
from simpul.city import City, load
from simpul.project import ROOT

BUCKET = "alicloud:oss/bucket:Bucket"
WORM = "alicloud:oss/bucketWorm:BucketWorm"
POLICY = "alicloud:ram/policy:Policy"


@pytest.fixture(scope="module")
def city() -> City:
    return load(ROOT / "Pulumi.balikpapan.yaml")


def by_part(recorder: Recorder, token: str) -> dict[str, dict[str, Any]]:
    """Give what is set on each bucket, by the part of the city that the bucket is."""
    return {each.name.removeprefix("simpul-6471-"): each.inputs for each in recorder.of(token)}


def beside(kind: str) -> str:
    return f"alicloud:oss/bucket{kind}:Bucket{kind}"


def test_there_are_buckets_for_backups_for_audit_and_for_each_store_that_wants_one(city: City) -> None:
    recorder, [estate] = make(city)
    assert set(by_part(recorder, BUCKET)) == {"backup", "audit", "data-reports", "data-population"}
    assert [each.use for each in estate.buckets] == ["backup", "audit", "reports", "population"]
    names = [each["bucket"] for each in by_part(recorder, BUCKET).values()]
    assert sorted(names) == sorted(each.name for each in estate.buckets)
    assert all(name.startswith("simpul-6471-balikpapan-") and len(name) <= 63 for name in names)


def test_each_is_encrypted_by_the_key_of_its_class_and_keeps_old_versions(city: City) -> None:
    buckets = by_part(make(city)[0], BUCKET)
    keys = {part: each["serverSideEncryptionRule"]["kmsMasterKeyId"] for part, each in buckets.items()}
    assert keys == {
        "backup": "simpul-6471-key-personal-id",
        "audit": "simpul-6471-key-internal-id",
        "data-reports": "simpul-6471-key-internal-id",
        "data-population": "simpul-6471-key-personal-id",
    }
    assert {each["serverSideEncryptionRule"]["sseAlgorithm"] for each in buckets.values()} == {"KMS"}
    assert {each["versioning"]["status"] for each in buckets.values()} == {"Enabled"}
    assert buckets["data-population"]["tags"]["simpul:data-class"] == "personal"
    assert buckets["data-population"]["tags"]["simpul:workload"] == "population"


def test_nobody_outside_gets_in_and_nobody_without_tls(city: City) -> None:
    recorder, _ = make(city)
    parts = set(by_part(recorder, BUCKET))
    blocks, acls, policies, https = (
        by_part(recorder, beside(kind)) for kind in ("PublicAccessBlock", "Acl", "Policy", "HttpsConfig")
    )
    assert set(blocks) == set(acls) == set(policies) == set(https) == parts
    assert all(each["blockPublicAccess"] for each in blocks.values())
    assert {each["acl"] for each in acls.values()} == {"private"}
    assert all(each["tlsVersions"] == ["TLSv1.2", "TLSv1.3"] for each in https.values())
    for part, each in policies.items():
        [statement] = json.loads(each["policy"])["Statement"]
        name = by_part(recorder, BUCKET)[part]["bucket"]
        assert statement["Effect"] == "Deny"
        assert statement["Condition"] == {"Bool": {"acs:SecureTransport": ["false"]}}
        assert statement["Resource"] == [f"acs:oss:*:0000000000000000:{name}{tail}" for tail in ("", "/*")]


@pytest.mark.parametrize(("protect", "status"), [(True, "Locked"), (False, "InProgress")])
def test_backups_and_the_record_can_t_be_undone(city: City, *, protect: bool, status: str) -> None:
    recorder, _ = make(cloud(city, protect=protect))
    locks = by_part(recorder, WORM)
    assert {part: each["retentionPeriodInDays"] for part, each in locks.items()} == {"backup": 35, "audit": 730}
    assert {each["status"] for each in locks.values()} == {status}
    assert {each.inputs["forceDestroy"] for each in recorder.of(BUCKET)} == {not protect}


def test_what_has_been_kept_long_enough_goes(city: City) -> None:
    rules = {part: each["lifecycleRules"][0] for part, each in by_part(make(city)[0], BUCKET).items()}
    old = {part: rule["noncurrentVersionExpirations"][0]["days"] for part, rule in rules.items()}
    assert old == {"backup": 35, "audit": 730, "data-reports": 35, "data-population": 35}
    over = {part: rule["expirations"][0] for part, rule in rules.items()}
    assert over["backup"] == {"days": 36}
    assert over["audit"] == {"days": 731}
    assert over["data-reports"] == {"expiredObjectDeleteMarker": True}


def test_who_reads_and_writes_is_written_where_it_can_t_be_changed(city: City) -> None:
    logged = by_part(make(city)[0], beside("Logging"))
    assert set(logged) == {"backup", "data-reports", "data-population"}
    assert {each["targetBucket"] for each in logged.values()} == {by_part(make(city)[0], BUCKET)["audit"]["bucket"]}


def test_the_sites_key_opens_the_backups_alone_until_its_end_and_deletes_nothing(city: City) -> None:
    recorder, [estate] = make(city)
    [backup] = [each for each in estate.buckets if each.access_key_id]
    assert backup.use == "backup"
    statements = json.loads(by_part(recorder, POLICY)["sites"]["policyDocument"])["Statement"]
    assert {each["Condition"]["DateLessThan"]["acs:CurrentTime"] for each in statements} == {
        "2027-12-31T23:59:59+08:00"
    }
    assert {tuple(each["Resource"]) for each in statements} == {
        (f"acs:oss:*:0000000000000000:{backup.name}/*",),
        (f"acs:oss:*:0000000000000000:{backup.name}",),
        ("simpul-6471-key-personal-arn",),
    }
    actions = [action for each in statements for action in each["Action"]]
    assert not [each for each in actions if "*" in each or "Delete" in each]


def test_what_is_there_already_is_adopted(city: City) -> None:
    name, sites = by_part(make(city)[0], BUCKET)["audit"]["bucket"], "simpul-6471-balikpapan-sites"
    mark = {"simpul:wilayah": "64.71", "simpul:stack": "balikpapan", "simpul:managed-by": "pulumi"}
    recorder, _ = make(
        city,
        {
            "alicloud:oss/getBuckets:getBuckets": {
                "buckets": [
                    {"name": name, "tags": mark},
                    {"name": "simpul-6471-balikpapan-backup-other", "tags": mark | {"simpul:stack": "other"}},
                ]
            },
            "alicloud:ram/getUsers:getUsers": {"users": [{"id": "2001", "name": sites}]},
            "alicloud:ram/getPolicies:getPolicies": {
                "policies": [{"id": sites, "policyName": sites, "attachmentCount": 1}],
            },
        },
    )
    assert {each.resource_id for each in recorder.of(BUCKET)} == {"", name}
    assert recorder.of("alicloud:ram/user:User")[0].resource_id == "2001"
    [policy] = [each for each in recorder.of(POLICY) if each.name == "simpul-6471-sites"]
    assert policy.resource_id == sites
    [attachment] = recorder.of("alicloud:ram/userPolicyAttachment:UserPolicyAttachment")
    assert attachment.resource_id == f"user:{sites}:Custom:{sites}"
