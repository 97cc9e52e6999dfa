"""The city's buckets, and the keys by which sites write to one of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cloud.test_estate import make
from cloud.test_key import cloud
from recorder import Recorder
from simpul.city import City, Purpose, Store, load
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
    assert [(each.purpose, each.store) for each in estate.buckets] == [
        (Purpose.BACKUP, ""),
        (Purpose.AUDIT, ""),
        (Purpose.DATA, "reports"),
        (Purpose.DATA, "population"),
    ]
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
    kept = {part: each["versioning"]["status"] for part, each in buckets.items() if "versioning" in each}
    assert kept == {"data-reports": "Enabled", "data-population": "Enabled"}, (
        "the vendor locks none that keeps versions"
    )
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


def test_backups_and_the_record_can_t_be_undone(city: City) -> None:
    recorder, _ = make(city)
    locks = by_part(recorder, WORM)
    assert {part: each["retentionPeriodInDays"] for part, each in locks.items()} == {"backup": 65, "audit": 730}, (
        "what a backup needs of those since the last whole one is locked for as long as itself"
    )
    assert {each["status"] for each in locks.values()} == {"Locked"}
    assert {each.inputs["forceDestroy"] for each in recorder.of(BUCKET)} == {False}


def test_a_rehearsal_locks_nothing_as_what_is_not_locked_for_good_lapses_within_a_day(city: City) -> None:
    recorder, [estate] = make(cloud(city, protect=False))
    assert recorder.of(WORM) == []
    assert {each.inputs["forceDestroy"] for each in recorder.of(BUCKET)} == {True}
    assert estate.stays == ()


def test_what_was_locked_stays_locked_and_is_named_when_the_protection_is_taken_off(city: City) -> None:
    urn = "urn:pulumi:balikpapan::simpul::alicloud:{}::simpul-6471-{}"
    state = {
        urn.format("oss/bucketWorm:BucketWorm", "audit"): {"outputs": {"id": "a:1", "status": "Locked"}},
        urn.format("oss/bucketWorm:BucketWorm", "backup"): {"outputs": {"id": "b:1", "status": "InProgress"}},
        urn.format("hbr/vault:Vault", "vault"): {"outputs": {"id": "v-1", "wormEnabled": True}},
    }
    answers = {"pulumi:pulumi:readStackResourceOutputs": {"outputs": state}}
    recorder, [estate] = make(cloud(city, protect=False), answers)
    assert {part: each["status"] for part, each in by_part(recorder, WORM).items()} == {"audit": "Locked"}
    assert recorder.one("alicloud:hbr/vault:Vault")["wormEnabled"] is True
    assert {each.inputs["deletionProtection"] for each in recorder.of("alicloud:kms/key:Key")} == {"Enabled"}
    assert [part for part, each in by_part(recorder, BUCKET).items() if not each["forceDestroy"]] == ["audit"]
    assert sorted(each.type.rpartition(":")[2] for each in estate.stays) == [
        "Alias", "Alias", "Bucket", "Instance", "Key", "Key", "Network", "ResourceGroup", "Switch", "Switch", "Vault",
    ]  # fmt: skip


def test_what_is_locked_for_longer_than_it_is_declared_stays_so(city: City) -> None:
    urn = "urn:pulumi:balikpapan::simpul::alicloud:oss/bucketWorm:BucketWorm::simpul-6471-audit"
    lock = {"id": "a:1", "status": "Locked", "retentionPeriodInDays": 900}
    answers = {"pulumi:pulumi:readStackResourceOutputs": {"outputs": {urn: {"outputs": lock}}}}
    recorder, _ = make(city, answers)
    assert by_part(recorder, WORM)["audit"]["retentionPeriodInDays"] == 900
    assert by_part(recorder, BUCKET)["audit"]["lifecycleRules"][0]["expirations"] == [{"days": 901}]


def test_a_store_with_the_name_of_a_purpose_has_a_bucket_of_its_own(city: City) -> None:
    stores = tuple(Store(name=name, data="personal", bucket=True) for name in ("backup", "audit", "vendor"))
    recorder, [estate] = make(cloud(city, stores=stores))
    buckets = by_part(recorder, BUCKET)
    assert set(buckets) == {"backup", "audit", "data-backup", "data-audit", "data-vendor"}
    assert set(by_part(recorder, WORM)) == {"backup", "audit"}
    assert {part: each["tags"]["simpul:purpose"] for part, each in buckets.items()} == {
        "backup": "backup", "audit": "audit", "data-backup": "data", "data-audit": "data", "data-vendor": "data",
    }  # fmt: skip
    assert len({each["bucket"] for each in buckets.values()}) == 5
    prefixes = [each["targetPrefix"] for each in by_part(recorder, beside("Logging")).values()]
    assert len(set(prefixes)) == len(prefixes) == 4
    assert {each.bucket for each in estate.backups} == {buckets["backup"]["bucket"]}
    assert {(each.purpose, each.store) for each in estate.roles} == {
        (Purpose.OPERATOR, ""),
        (Purpose.PREVIEW, ""),
        (Purpose.WORKLOAD, "backup"),
        (Purpose.WORKLOAD, "audit"),
        (Purpose.WORKLOAD, "vendor"),
    }


def test_what_has_been_kept_long_enough_goes(city: City) -> None:
    rules = {part: each["lifecycleRules"][0] for part, each in by_part(make(city)[0], BUCKET).items()}
    old = {part: rule.get("noncurrentVersionExpirations") for part, rule in rules.items()}
    assert old == {
        "backup": None,
        "audit": None,
        "data-reports": [{"days": 35}],
        "data-population": [{"days": 35}],
    }
    over = {part: rule.get("expirations") for part, rule in rules.items()}
    assert over["backup"] is None, "by its age the last backup of a silent site would go too"
    assert over["audit"] == [{"days": 731}]
    assert over["data-reports"] == [{"expiredObjectDeleteMarker": True}]


def test_of_a_city_that_is_taken_away_no_backup_stays_for_ever(city: City) -> None:
    urn = "urn:pulumi:balikpapan::simpul::alicloud:oss/bucketWorm:BucketWorm::simpul-6471-backup"
    lock = {"id": "b:1", "status": "Locked", "retentionPeriodInDays": 65}
    answers = {"pulumi:pulumi:readStackResourceOutputs": {"outputs": {urn: {"outputs": lock}}}}
    recorder, _ = make(cloud(city, protect=False), answers)
    assert by_part(recorder, BUCKET)["backup"]["lifecycleRules"][0]["expirations"] == [{"days": 66}]


def test_who_reads_and_writes_is_written_where_it_can_t_be_changed(city: City) -> None:
    logged = by_part(make(city)[0], beside("Logging"))
    assert set(logged) == {"backup", "data-reports", "data-population"}
    assert {each["targetBucket"] for each in logged.values()} == {by_part(make(city)[0], BUCKET)["audit"]["bucket"]}


def allowed(recorder: Recorder, site: str) -> list[dict[str, Any]]:
    """Give what the key of a site may do."""
    found: list[dict[str, Any]] = json.loads(by_part(recorder, POLICY)[f"site-{site}"]["policyDocument"])["Statement"]
    return found


def test_a_site_s_key_opens_its_own_folder_of_the_backups_until_its_end(city: City) -> None:
    recorder, [estate] = make(city)
    assert [each.site for each in estate.backups] == [site.code for site in city.sites]
    for store, site in zip(estate.backups, city.sites, strict=True):
        objects, listing, key = allowed(recorder, site.slug)
        ends = {"DateLessThan": {"acs:CurrentTime": "2027-12-31T23:59:59+08:00"}}
        assert store.folder == f"sites/{site.slug}/"
        assert objects["Resource"] == [f"acs:oss:*:0000000000000000:{store.bucket}/{store.folder}*"]
        assert listing["Resource"] == [f"acs:oss:*:0000000000000000:{store.bucket}"]
        assert listing["Condition"] == {**ends, "StringLike": {"oss:Prefix": [f"{store.folder}*"]}}
        assert key["Resource"] == ["simpul-6471-key-personal-arn"]
        assert objects["Condition"] == key["Condition"] == ends
        assert listing["Action"] == ["oss:ListObjects"]
        assert not [action for each in (objects, listing, key) for action in each["Action"] if "*" in action]
    users = recorder.of("alicloud:ram/accessKey:AccessKey")
    assert len({each.inputs["userName"] for each in users}) == len(city.sites)


def test_a_site_clears_its_folder_only_where_a_lock_keeps_what_isn_t_over(city: City) -> None:
    recorder, [estate] = make(city)
    objects, *others = allowed(recorder, "647101")
    assert [action for action in objects["Action"] if "Delete" in action] == ["oss:DeleteObject"]
    assert not [action for each in others for action in each["Action"] if "Delete" in action]
    assert {each.locked_days for each in estate.backups} == {65}
    recorder, [estate] = make(cloud(city, protect=False))
    assert not [action for each in allowed(recorder, "647101") for action in each["Action"] if "Delete" in action]
    assert {each.locked_days for each in estate.backups} == {0}


def test_what_is_there_already_is_adopted(city: City) -> None:
    name, site = by_part(make(city)[0], BUCKET)["audit"]["bucket"], "simpul-6471-balikpapan-site-647102"
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
            "alicloud:ram/getUsers:getUsers": {"users": [{"id": "2001", "name": site}]},
            "alicloud:ram/getPolicies:getPolicies": {
                "policies": [{"id": site, "policyName": site, "attachmentCount": 1}],
            },
        },
    )
    assert {each.resource_id for each in recorder.of(BUCKET)} == {"", name}
    for token, id_ in {
        "alicloud:ram/user:User": "2001",
        POLICY: site,
        "alicloud:ram/userPolicyAttachment:UserPolicyAttachment": f"user:{site}:Custom:{site}",
    }.items():
        found = {each.name: each.resource_id for each in recorder.of(token) if "-site-" in each.name}
        assert {name: each for name, each in found.items() if each} == {"simpul-6471-site-647102": id_}
