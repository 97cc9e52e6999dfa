"""The city's keys."""

from __future__ import annotations

import re

import pytest

from cloud.test_estate import make
from simpul.city import City, area, load
from simpul.cloud.tagging import ALIDNS, KMS
from simpul.project import ROOT

INSTANCE = "alicloud:kms/instance:Instance"
KEY = "alicloud:kms/key:Key"
ALIAS = "alicloud:kms/alias:Alias"


@pytest.fixture(scope="module")
def city() -> City:
    return load(ROOT / "Pulumi.balikpapan.yaml")


def cloud(city: City, **changes: object) -> City:
    return city.model_copy(update={"cloud": city.cloud.model_copy(update=changes)})


def test_each_class_of_data_has_a_key_that_is_made_anew_every_year(city: City) -> None:
    recorder, _ = make(city)
    keys = [each.inputs for each in recorder.of(KEY)]
    assert {each["tags"]["simpul:data-class"] for each in keys} == {"internal", "personal"}
    assert {(each["automaticRotation"], each["rotationInterval"]) for each in keys} == {("Enabled", "31536000s")}
    assert {each["dkmsInstanceId"] for each in keys} == {"simpul-6471-keys-id"}
    aliases = {each.inputs["aliasName"]: each.inputs["keyId"] for each in recorder.of(ALIAS)}
    assert aliases == {
        "alias/simpul-6471-balikpapan-internal": "simpul-6471-key-internal-id",
        "alias/simpul-6471-balikpapan-personal": "simpul-6471-key-personal-id",
    }


def test_no_store_that_comes_or_goes_changes_a_key_under_what_is_there(city: City) -> None:
    """What serves all of the city has the strictest key from its first day on."""
    recorder, _ = make(city)
    without, _ = make(cloud(city, stores=tuple(each for each in city.cloud.stores if each.data != "personal")))
    assert {each.name: each.inputs for each in without.of(KEY)} == {each.name: each.inputs for each in recorder.of(KEY)}
    for kind, key in {
        "alicloud:cs/managedKubernetes:ManagedKubernetes": "encryptionProviderKey",
        "alicloud:cs/nodePool:NodePool": "systemDiskKmsKey",
        "alicloud:hbr/vault:Vault": "kmsKeyId",
    }.items():
        for before, after in zip(recorder.of(kind), without.of(kind), strict=True):
            assert before.inputs[key] == after.inputs[key] == "simpul-6471-key-personal-id"
    rules = {
        each.inputs["serverSideEncryptionRule"]["kmsMasterKeyId"]
        for one in (recorder, without)
        for each in one.of("alicloud:oss/bucket:Bucket")
        if each.name == "simpul-6471-backup"
    }
    assert rules == {"simpul-6471-key-personal-id"}


def test_kms_takes_the_tags_of_every_city_and_owner() -> None:
    """KMS takes no space in a tag; two owners stay apart."""
    allowed = re.compile(r"[A-Za-z0-9/\\_.+=:@-]{1,128}")
    names = [each.name for each in area.inside("", area.Level.CITY)]
    assert len(names) == 514
    fitting = KMS.tags({name: name for name in names})
    assert all(allowed.fullmatch(value) for value in fitting.values())
    assert len(set(fitting.values())) == len(set(names))
    odd = KMS.tags({"a": "Dinas Kominfo (Balikpapan)", "b": "Dinas Kominfo Balikpapan", "c": "-", "d": "x" * 129})
    assert all(allowed.fullmatch(value) for value in odd.values())
    assert len(set(odd.values())) == 4


def test_alidns_has_room_for_twenty_bytes() -> None:
    fitting = ALIDNS.tags({"a": "Diskominfo Balikpapan", "b": "Diskominfo Balikpapam", "c": "balikpapan"})
    assert all(len(value.encode()) <= 20 for value in fitting.values())
    assert fitting["a"] != fitting["b"]
    assert fitting["c"] == "balikpapan"


@pytest.mark.parametrize(("protect", "word", "days"), [(True, "Enabled", 30), (False, "Disabled", 7)])
def test_keys_are_protected_unless_it_is_a_rehearsal(city: City, *, protect: bool, word: str, days: int) -> None:
    recorder, _ = make(cloud(city, protect=protect))
    assert recorder.one(INSTANCE)["deletionProtection"] is protect
    assert {each.inputs["deletionProtection"] for each in recorder.of(KEY)} == {word}
    assert {each.inputs["pendingWindowInDays"] for each in recorder.of(KEY)} == {days}


def test_what_is_there_already_is_adopted_by_its_name(city: City) -> None:
    recorder, _ = make(
        city,
        {
            "alicloud:kms/getInstances:getInstances": {"instances": [{"instanceId": "kst-1"}]},
            "alicloud:kms/getKeys:getKeys": {
                "keys": [
                    {"id": "key-1", "description": "simpul-6471-balikpapan: personal data"},
                    {"id": "key-2", "description": "simpul-6471-staging: personal data"},
                ]
            },
            "alicloud:kms/getAliases:getAliases": {
                "aliases": [
                    {
                        "id": "alias/simpul-6471-balikpapan-internal",
                        "aliasName": "alias/simpul-6471-balikpapan-internal",
                    },
                    {"id": "alias/simpul-6471-staging-internal", "aliasName": "alias/simpul-6471-staging-internal"},
                ]
            },
        },
    )
    adopted = {each.name: each.resource_id for each in recorder.resources if each.resource_id}
    assert recorder.of(INSTANCE)[0].resource_id == "kst-1"
    assert {each.name: each.resource_id for each in recorder.of(KEY)} == {
        "simpul-6471-key-internal": "",
        "simpul-6471-key-personal": "key-1",
    }
    assert {each.resource_id for each in recorder.of(ALIAS)} == {"", "alias/simpul-6471-balikpapan-internal"}
    assert len(adopted) == 3
