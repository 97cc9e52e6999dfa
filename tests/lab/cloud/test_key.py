"""Keys and secrets: names in policies, rotation, and the time that they wait for their end."""

from __future__ import annotations

from datetime import datetime

from lab.cloud.client import refused
from lab.cloud.sample import Sampler
from simpul.lab.cloud.product.kms import INSTANCE, SECRET
from simpul.lab.cloud.reference import ALIAS, KEY
from simpul.lab.cloud.store import Store

KEYS = "alicloud:kms/getKeys:getKeys"


def days(first: str, last: str) -> int:
    """Give the days between two times of the vendor's."""
    return (datetime.fromisoformat(last) - datetime.fromisoformat(first)).days


def test_a_key_has_a_name_in_policies_and_rotates_when_it_is_told_to(maker: Sampler) -> None:
    made = maker.made(KEY)
    assert made.outputs["arn"] == f"acs:kms:ap-southeast-5:5123456789012345:key/{made.id}"
    assert (made.outputs["status"], made.outputs["nextRotationDate"]) == ("Enabled", "")
    turned = maker.cloud.update(made, **made.inputs, automaticRotation="Enabled", rotationInterval="365d")
    assert days(turned.outputs["lastRotationDate"], turned.outputs["nextRotationDate"]) == 365


def test_a_deleted_key_waits_for_its_end(maker: Sampler) -> None:
    cloud, made = maker.cloud, maker.another(KEY, pendingWindowInDays=7)
    alias = cloud.create(ALIAS, aliasName="alias/bpn", keyId=made.id)
    cloud.delete(made)
    assert cloud.read(KEY, made.id) is None
    assert cloud.estate.store.all(KEY) == []
    [listed] = cloud.invoke(KEYS)["keys"]
    assert (listed["id"], listed["status"]) == (made.id, "PendingDeletion")
    assert days(listed["creationDate"], listed["deleteDate"]) == 7
    assert cloud.invoke(KEYS, status="Enabled")["keys"] == []
    assert "Code: Forbidden.KeyNotFound " in refused(cloud.push, ALIAS, {**alias.inputs, "aliasName": "alias/other"})
    cloud.delete(made)  # deleted is deleted
    assert [each.id for each in cloud.estate.store.retired(KEY)] == [made.id]


def test_what_waits_outlives_the_daemon(maker: Sampler) -> None:
    cloud, made = maker.cloud, maker.made(KEY)
    cloud.delete(made)
    again = Store(cloud.folder)
    assert ([each.id for each in again.retired(KEY)], again.all()) == ([made.id], [])
    again.close()


def test_a_protected_key_stays(maker: Sampler) -> None:
    made = maker.another(KEY, deletionProtection="Enabled")
    assert "Code: OperationDenied.DeletionProtection " in refused(maker.cloud.delete, made)
    maker.cloud.update(made, **{**made.inputs, "deletionProtection": "Disabled"})
    maker.cloud.delete(made)


def test_an_instance_takes_along_the_keys_that_wait(maker: Sampler) -> None:
    instance = maker.made(INSTANCE)
    key = maker.another(KEY, dkmsInstanceId=instance.id)
    assert "Code: Forbidden.DKMSInstanceNotEmpty " in refused(maker.cloud.delete, instance)
    maker.cloud.delete(key)
    maker.cloud.delete(instance)
    assert maker.cloud.estate.store.retired(KEY) == []


def test_an_instance_is_in_two_zones_and_its_switch_in_one_of_them(maker: Sampler) -> None:
    given = maker.inputs(INSTANCE)
    first = given["zoneIds"][0]
    assert "needs 2 zones" in refused(maker.cloud.push, INSTANCE, {**given, "zoneIds": [first]})
    place = maker.cloud.estate.store.find(given["vswitchIds"][0])
    assert place is not None
    others = [each for each in given["zoneIds"] if each != place.outputs["zoneId"]]
    said = refused(maker.cloud.push, INSTANCE, {**given, "zoneIds": others})
    assert "Code: InvalidParameter.VSwitchIds " in said


def test_a_name_of_the_vendors_services_is_refused(maker: Sampler) -> None:
    said = refused(maker.cloud.push, ALIAS, {**maker.inputs(ALIAS), "aliasName": "alias/acs/oss"})
    assert "reserved" in said


def test_the_name_of_a_deleted_secret_is_taken_until_its_window_is_over(maker: Sampler) -> None:
    made = maker.made(SECRET)
    maker.cloud.delete(made)
    assert "Code: Rejected.ResourceExist " in refused(maker.cloud.push, SECRET, made.inputs)
    forced = maker.another(SECRET, forceDeleteWithoutRecovery=True)
    maker.cloud.delete(forced)
    assert maker.cloud.create(SECRET, **forced.inputs).id == forced.id


def test_a_key_may_be_given_by_its_alias(maker: Sampler) -> None:
    alias = maker.made(ALIAS)
    assert maker.another("alicloud:hbr/vault:Vault", encryptType="KMS", kmsKeyId=alias.id).id
