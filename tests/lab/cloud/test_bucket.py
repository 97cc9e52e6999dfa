"""Buckets and who may do what with them, as it is asked of whatever keeps the objects; a test double does here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lab.cloud.client import Client, Made, refused, serve
from lab.cloud.fake import FakeBuckets
from simpul.lab.cloud import clock
from simpul.lab.cloud.bucket import grant, policy
from simpul.lab.cloud.bucket.backing import Bucket
from simpul.lab.cloud.product import oss, ram
from simpul.lab.cloud.refusal import Refusal

DATA, BACKUP = "bpn-6471-data", "bpn-6471-backup"


@pytest.fixture
def buckets() -> FakeBuckets:
    return FakeBuckets()


@pytest.fixture
def cloud(tmp_path: Path, buckets: FakeBuckets) -> Iterator[Client]:
    with serve(tmp_path / "state", buckets=buckets) as client:
        for name in (DATA, BACKUP):
            client.create(oss.BUCKET, bucket=name)
        yield client


def bucket(cloud: Client, name: str = DATA) -> Made:
    record = cloud.estate.store.get(oss.BUCKET, name)
    assert record is not None
    return Made(record.token, record.id, record.inputs, record.outputs)


def document(action: Any, resource: Any, effect: str = "Allow", **more: Any) -> str:
    return json.dumps(
        {"Version": "1", "Statement": [{"Effect": effect, "Action": action, "Resource": resource, **more}]}
    )


def user(cloud: Client, name: str = "site", *texts: str) -> Made:
    """Make a user with a key and policies of those texts; give the key."""
    cloud.create(ram.USER, name=name)
    for number, text in enumerate(texts):
        made = cloud.create(ram.POLICY, policyName=f"{name}-{number}", policyDocument=text)
        cloud.create(grant.ATTACHMENT, userName=name, policyName=made.id, policyType="Custom")
    return cloud.create(ram.KEY, userName=name)


def opens(buckets: FakeBuckets, key: str, name: str) -> set[str]:
    """Give what a key may do with a bucket's objects."""
    said = buckets.access.statements[name]
    mine = [each for each in said if key in each["Principal"]["AWS"] and each["Effect"] == "Allow"]
    return {action for each in mine for action in each["Action"]}


def test_a_bucket_is_found_where_its_outputs_say(cloud: Client, buckets: FakeBuckets) -> None:
    outputs = bucket(cloud).outputs
    assert outputs["extranetEndpoint"] == outputs["intranetEndpoint"] == buckets.endpoint
    assert set(buckets.kept) == {DATA, BACKUP}


def test_without_a_server_behind_it_a_bucket_has_the_vendors_endpoint(tmp_path: Path) -> None:
    with serve(tmp_path) as cloud:
        made = cloud.create(oss.BUCKET, bucket=DATA)
        assert made.outputs["extranetEndpoint"] == "oss-ap-southeast-5.aliyuncs.com"
        cloud.delete(made)


def test_a_bucket_keeps_versions_or_locks_objects_as_its_settings_say(cloud: Client, buckets: FakeBuckets) -> None:
    versioning = cloud.create(oss.VERSIONING, bucket=DATA, status="Enabled")
    assert buckets.kept[DATA] == Bucket(DATA, "Enabled")
    cloud.delete(versioning)
    assert buckets.kept[DATA] == Bucket(DATA, "Suspended")
    worm = cloud.create(oss.WORM, bucket=BACKUP, retentionPeriodInDays=30, status="Locked")
    assert buckets.kept[BACKUP] == Bucket(BACKUP, "", 30)
    assert worm.id.startswith(f"{BACKUP}:")
    shorter = {**worm.inputs, "retentionPeriodInDays": 7}
    assert "Code: WORMConfigurationLocked " in refused(cloud.update, worm, **shorter)
    cloud.update(worm, **{**worm.inputs, "retentionPeriodInDays": 60})
    assert buckets.kept[BACKUP] == Bucket(BACKUP, "", 60)


def test_versions_and_a_retention_exclude_each_other(cloud: Client) -> None:
    cloud.create(oss.VERSIONING, bucket=DATA, status="Enabled")
    worm = {"bucket": DATA, "retentionPeriodInDays": 30}
    assert "Code: InvalidRequest " in refused(cloud.create, oss.WORM, **worm)
    cloud.create(oss.WORM, bucket=BACKUP, retentionPeriodInDays=30)
    assert "Code: InvalidRequest " in refused(cloud.create, oss.VERSIONING, bucket=BACKUP, status="Enabled")
    made = bucket(cloud, BACKUP)
    versioned = {**made.inputs, "versioning": {"status": "Enabled"}}
    assert "Code: InvalidRequest " in refused(cloud.update, made, **versioned)


def test_a_retention_that_nobody_locks_lapses_after_a_day(cloud: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = cloud.create(oss.WORM, bucket=BACKUP, retentionPeriodInDays=30, status="InProgress")
    locked = cloud.create(oss.WORM, bucket=DATA, retentionPeriodInDays=30, status="Locked")
    later = clock.now() + oss.LAPSES
    monkeypatch.setattr(clock, "now", lambda: later - 60)
    assert cloud.read(oss.WORM, begun.id) is not None
    monkeypatch.setattr(clock, "now", lambda: later + 60)
    assert cloud.read(oss.WORM, begun.id) is None
    assert cloud.read(oss.WORM, locked.id) is not None
    cloud.create(oss.VERSIONING, bucket=BACKUP, status="Enabled")


def test_a_retention_that_is_locked_stays_so_whatever_a_program_says(cloud: Client) -> None:
    worm = cloud.create(oss.WORM, bucket=BACKUP, retentionPeriodInDays=30, status="Locked")
    changed = cloud.update(worm, **{**worm.inputs, "status": "InProgress"})
    assert changed.outputs["status"] == "Locked"
    cloud.delete(changed)
    again = {"bucket": BACKUP, "retentionPeriodInDays": 60}
    assert "Code: WORMConfigurationLocked " in refused(cloud.create, oss.WORM, **again)


def test_a_bucket_with_objects_that_are_locked_for_good_stays_though_it_is_told_to_go(
    cloud: Client, buckets: FakeBuckets
) -> None:
    buckets.full = {DATA, BACKUP}
    for name, status in ((DATA, "Locked"), (BACKUP, "InProgress")):
        made = bucket(cloud, name)
        cloud.update(made, **{**made.inputs, "forceDestroy": True})
        worm = cloud.create(oss.WORM, bucket=name, retentionPeriodInDays=30, status=status)
        cloud.delete(worm)
        assert cloud.read(oss.WORM, worm.id) is None
    assert (buckets.kept[DATA].retention_days, buckets.kept[BACKUP].retention_days) == (30, 0)
    assert "Code: FileImmutable " in refused(cloud.delete, bucket(cloud, DATA))
    cloud.delete(bucket(cloud, BACKUP))


def test_a_retention_that_is_not_locked_gives_way_and_a_locked_one_does_not(
    cloud: Client, buckets: FakeBuckets
) -> None:
    first = cloud.create(oss.WORM, bucket=DATA, retentionPeriodInDays=30)
    second = cloud.create(oss.WORM, bucket=DATA, retentionPeriodInDays=7, status="Locked")
    assert [each.id for each in cloud.estate.store.all(oss.WORM)] == [second.id] != [first.id]
    assert buckets.kept[DATA].retention_days == 7
    third = {"bucket": DATA, "retentionPeriodInDays": 60}
    assert "Code: WORMConfigurationLocked " in refused(cloud.create, oss.WORM, **third)


def test_a_bucket_may_say_itself_that_it_keeps_versions(cloud: Client, buckets: FakeBuckets) -> None:
    made = bucket(cloud)
    cloud.update(made, **{**made.inputs, "versioning": {"status": "Enabled"}})
    assert buckets.kept[DATA] == Bucket(DATA, "Enabled")


def test_a_bucket_with_objects_stays_unless_it_is_told_to_go(cloud: Client, buckets: FakeBuckets) -> None:
    buckets.full = {DATA}
    made = bucket(cloud)
    assert "Code: BucketNotEmpty " in refused(cloud.delete, made)
    assert DATA in buckets.kept
    cloud.delete(cloud.update(made, **{**made.inputs, "forceDestroy": True}))
    assert DATA not in buckets.kept


def test_a_bucket_takes_what_is_set_on_it_along(cloud: Client) -> None:
    made = cloud.create(oss.VERSIONING, bucket=DATA, status="Enabled")
    other = cloud.create(oss.VERSIONING, bucket=BACKUP, status="Enabled")
    cloud.delete(bucket(cloud))
    assert cloud.read(oss.VERSIONING, made.id) is None
    assert cloud.read(oss.VERSIONING, other.id) is not None


def test_a_key_opens_what_its_users_policies_allow_and_nothing_else(cloud: Client, buckets: FakeBuckets) -> None:
    both = [f"acs:oss:*:*:{BACKUP}", f"acs:oss:*:*:{BACKUP}/*"]
    key = user(cloud, "site", document(["oss:PutObject", "oss:ListObjects"], both))
    assert buckets.access.secrets == {key.id: key.outputs["secret"]}
    assert opens(buckets, key.id, BACKUP) == {"s3:PutObject", "s3:ListBucket"}
    assert opens(buckets, key.id, DATA) == set()


def test_what_is_taken_away_opens_nothing(cloud: Client, buckets: FakeBuckets) -> None:
    key = user(cloud, "site", document("oss:*", "*"))
    assert opens(buckets, key.id, DATA)
    cloud.update(key, **{**key.inputs, "status": "Inactive"})
    assert buckets.access.secrets == {}
    cloud.update(key, **{**key.inputs, "status": "Active"})
    [attachment] = cloud.estate.store.all(grant.ATTACHMENT)
    cloud.delete(Made(attachment.token, attachment.id, {}, {}))
    assert opens(buckets, key.id, DATA) == set()
    cloud.delete(key)
    assert buckets.access.secrets == {}


def test_a_group_lends_its_policies(cloud: Client, buckets: FakeBuckets) -> None:
    key = user(cloud)
    cloud.create(ram.GROUP, groupName="readers")
    cloud.create(grant.GROUP_ATTACHMENT, groupName="readers", policyName="AliyunOSSReadOnlyAccess", policyType="System")
    assert opens(buckets, key.id, DATA) == set()
    member = cloud.create(grant.MEMBERSHIP, groupName="readers", userName="site")
    assert {"s3:GetObject", "s3:ListBucket"} <= opens(buckets, key.id, DATA)
    assert "s3:PutObject" not in opens(buckets, key.id, DATA)
    cloud.delete(member)
    assert opens(buckets, key.id, DATA) == set()


def test_a_policy_that_changes_holds_as_it_is_now(cloud: Client, buckets: FakeBuckets) -> None:
    key = user(cloud, "site", document("oss:GetObject", f"acs:oss:*:*:{DATA}/*"))
    [record] = cloud.estate.store.all(ram.POLICY)
    made = Made(record.token, record.id, record.inputs, record.outputs)
    text = document("oss:PutObject", f"acs:oss:*:*:{DATA}/*")
    changed = cloud.update(made, **{**record.inputs, "policyDocument": text})
    assert opens(buckets, key.id, DATA) == {"s3:PutObject"}
    assert changed.outputs["defaultVersion"] == "v2"


def test_a_buckets_own_policy_names_users_by_their_ids(cloud: Client, buckets: FakeBuckets) -> None:
    key = user(cloud)
    [record] = cloud.estate.store.all(ram.USER)
    text = document("oss:GetObject", f"acs:oss:*:*:{DATA}/*", Principal=[record.id])
    made = cloud.create(grant.BUCKET_POLICY, bucket=DATA, policy=text)
    assert {"s3:GetObject"} <= opens(buckets, key.id, DATA)
    assert opens(buckets, key.id, BACKUP) == set()
    cloud.delete(made)
    assert opens(buckets, key.id, DATA) == set()


def test_plain_connections_are_denied_in_the_servers_words(cloud: Client, buckets: FakeBuckets) -> None:
    condition = {"Bool": {"acs:SecureTransport": ["false"]}}
    both = [f"acs:oss:*:*:{DATA}", f"acs:oss:*:*:{DATA}/*"]
    text = document("oss:*", both, "Deny", Principal=["*"], Condition=condition)
    cloud.create(grant.BUCKET_POLICY, bucket=DATA, policy=text)
    said = buckets.access.statements[DATA]
    assert [each["Principal"]["AWS"] for each in said] == ["*", "*"]
    assert all(each["Condition"] == {"Bool": {"aws:SecureTransport": ["false"]}} for each in said)


def test_everybody_is_let_in_by_a_public_bucket_and_not_where_that_is_blocked(
    cloud: Client, buckets: FakeBuckets
) -> None:
    cloud.create(grant.BUCKET_ACL, bucket=DATA, acl="public-read")
    [said] = buckets.access.statements[DATA]
    assert (said["Principal"]["AWS"], said["Effect"]) == ("*", "Allow")
    cloud.create(grant.BLOCK, bucket=DATA, blockPublicAccess=True)
    assert buckets.access.statements[DATA] == []
    cloud.create(grant.BLOCK, bucket=BACKUP, blockPublicAccess=True)
    assert "Code: AccessDenied " in refused(cloud.create, grant.BUCKET_ACL, bucket=BACKUP, acl="public-read")
    text = document("oss:GetObject", f"acs:oss:*:*:{BACKUP}/*", Principal=["*"])
    assert "Code: AccessDenied " in refused(cloud.create, grant.BUCKET_POLICY, bucket=BACKUP, policy=text)


def test_a_new_daemon_makes_buckets_and_access_again(tmp_path: Path) -> None:
    with serve(tmp_path, buckets=FakeBuckets()) as cloud:
        cloud.create(oss.BUCKET, bucket=DATA, versioning={"status": "Enabled"})
        key = user(cloud, "site", document("oss:*", "*"))
    again = FakeBuckets()
    with serve(tmp_path, buckets=again):
        assert again.kept == {DATA: Bucket(DATA, "Enabled")}
        assert list(again.access.secrets) == [key.id]
        assert opens(again, key.id, DATA)


@pytest.mark.parametrize(
    ("token", "name", "code"),
    [
        (ram.USER, "userName", "DeleteConflict.User.AccessKey"),
        (ram.POLICY, "policyName", "DeleteConflict.Policy.User"),
    ],
)
def test_what_is_in_use_stays_unless_it_is_told_to_go(cloud: Client, token: str, name: str, code: str) -> None:
    user(cloud, "site", document("oss:*", "*"))
    [record] = cloud.estate.store.all(token)
    made = Made(record.token, record.id, record.inputs, record.outputs)
    assert f"Code: {code} " in refused(cloud.delete, made)
    cloud.delete(cloud.update(made, **{**record.inputs, "force": True}))
    assert cloud.estate.store.all(grant.ATTACHMENT) == []


def test_groups_and_roles_in_use_stay(cloud: Client) -> None:
    user(cloud)
    group = cloud.create(ram.GROUP, groupName="readers")
    cloud.create(grant.MEMBERSHIP, groupName="readers", userName="site")
    assert "Code: DeleteConflict.Group.User " in refused(cloud.delete, group)
    trust = document("sts:AssumeRole", "*", Principal={"Service": ["ecs.aliyuncs.com"]})
    role = cloud.create(ram.ROLE, roleName="Worker", assumeRolePolicyDocument=trust)
    assert role.outputs["arn"].endswith(":role/worker")
    cloud.create(ram.ROLE_ATTACHMENT, roleName="Worker", policyName="AliyunLogFullAccess", policyType="System")
    assert "Code: DeleteConflict.Role.Policy " in refused(cloud.delete, role)


def test_a_user_has_two_keys_at_most_and_no_file_is_written(cloud: Client) -> None:
    user(cloud)
    cloud.create(ram.KEY, userName="site")
    assert "Code: LimitExceeded.User.AccessKey " in refused(cloud.create, ram.KEY, userName="site")
    cloud.create(ram.USER, name="other")
    asked = {"userName": "other", "secretFile": "key.json"}
    assert "Code: UnsupportedParameter.SecretFile " in refused(cloud.create, ram.KEY, **asked)


def test_only_policies_that_there_are_can_be_attached(cloud: Client) -> None:
    user(cloud)
    for kind, name in (("Custom", "none"), ("System", "none of theirs")):
        asked = {"userName": "site", "policyName": name, "policyType": kind}
        assert "Code: EntityNotExist.Policy " in refused(cloud.create, grant.ATTACHMENT, **asked)


@pytest.mark.parametrize(
    "text",
    [
        '{"Version": "1"}',
        '{"Statement": [{"Effect": "Allow", "Action": "oss:*", "Resource": "*"}]}',
        '{"Version": "1", "Statement": [{"Effect": "Perhaps", "Action": "oss:*", "Resource": "*"}]}',
        '{"Version": "1", "Statement": [{"Effect": "Allow", "Action": "oss:*"}]}',
        "[]",
        "no JSON",
    ],
)
def test_a_text_that_is_no_policy_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="MalformedPolicyDocument"):
        policy.examine(text, ("Effect", "Action", "Resource"))


def test_a_policy_that_is_too_long_is_refused() -> None:
    with pytest.raises(Refusal, match=r"LimitExceeded\.PolicyDocument\.Length"):
        policy.examine(document("oss:*", "x" * 6200), ("Effect", "Action", "Resource"))


@pytest.mark.parametrize(
    ("action", "resource", "actions"),
    [
        ("oss:GetObject", f"acs:oss:*:*:{DATA}/*", {"s3:GetObject", "s3:GetObjectAttributes"}),
        ("oss:getobject", f"acs:oss:*:*:{DATA}/*", {"s3:GetObject", "s3:GetObjectAttributes"}),
        ("oss:GetObject", f"acs:oss:*:*:{DATA}", set()),
        ("oss:ListObjects", f"acs:oss:*:*:{DATA}", {"s3:ListBucket"}),
        ("oss:ListObjects", f"acs:oss:*:*:{DATA}/*", set()),
        ("oss:PutObject", "acs:oss:*:*:bpn-*", {"s3:PutObject"}),
        ("oss:PutObject", "acs:oss:*:*:tng-*", set()),
        ("ecs:*", "*", set()),
    ],
)
def test_an_action_means_the_servers_own_on_what_the_resource_names(
    action: str, resource: str, actions: set[str]
) -> None:
    found, _ = policy.translate(document(action, resource), DATA, ["key"])
    assert {each for statement in found for each in statement["Action"]} == actions


def test_a_condition_that_the_server_does_not_know_gives_nothing_and_is_told() -> None:
    condition = {"StringEquals": {"acs:SourceVpc": "vpc-1"}}
    assert policy.translate(document("oss:*", "*", Condition=condition), DATA, ["key"]) == ([], [])
    denied = document("oss:*", "*", "Deny", Condition=condition)
    assert policy.translate(denied, DATA, ["key"]) == ([], ["StringEquals acs:SourceVpc"])


def test_an_access_ends_when_its_policy_says() -> None:
    condition = {"DateLessThan": {"acs:CurrentTime": "2027-01-01T00:00:00+08:00"}}
    found, _ = policy.translate(document("oss:PutObject", "acs:oss:*:*:*", Condition=condition), DATA, ["key"])
    assert [each["Condition"] for each in found] == [{"DateLessThan": {"aws:CurrentTime": "2027-01-01T00:00:00+08:00"}}]


def test_what_is_said_of_other_things_is_not_said_of_a_bucket_of_that_name() -> None:
    assert policy.translate(document("*", "acs:kms:*:*:key/one"), "key", ["key"]) == ([], [])


def test_a_key_reaches_into_the_part_of_a_bucket_that_a_policy_names() -> None:
    found, _ = policy.translate(document("oss:PutObject", f"acs:oss:*:*:{DATA}/64.71.01/*"), DATA, ["key"])
    assert [each["Resource"] for each in found] == [[f"arn:aws:s3:::{DATA}/64.71.01/*"]]
