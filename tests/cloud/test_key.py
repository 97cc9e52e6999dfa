"""The city's keys."""

from __future__ import annotations

import pytest

from cloud.test_estate import make
from simpul.city import City, load
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
    assert {(each["automaticRotation"], each["rotationInterval"]) for each in keys} == {("Enabled", "365d")}
    assert {each["dkmsInstanceId"] for each in keys} == {"simpul-6471-keys-id"}
    aliases = {each.inputs["aliasName"]: each.inputs["keyId"] for each in recorder.of(ALIAS)}
    assert aliases == {
        "alias/simpul-6471-balikpapan-internal": "simpul-6471-key-internal-id",
        "alias/simpul-6471-balikpapan-personal": "simpul-6471-key-personal-id",
    }


def test_a_city_without_personal_data_has_no_key_for_it(city: City) -> None:
    recorder, _ = make(cloud(city, stores=()))
    assert recorder.one(KEY)["tags"]["simpul:data-class"] == "internal"


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
