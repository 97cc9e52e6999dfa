"""The copy of files that is apart from them."""

from __future__ import annotations

import pytest

from cloud.test_estate import make
from cloud.test_key import cloud
from simpul.city import City, Purpose, load
from simpul.project import ROOT

VAULT = "alicloud:hbr/vault:Vault"
POLICY = "alicloud:hbr/policy:Policy"
BINDING = "alicloud:hbr/policyBinding:PolicyBinding"


@pytest.fixture(scope="module")
def city() -> City:
    return load(ROOT / "Pulumi.balikpapan.yaml")


@pytest.mark.parametrize("protect", [True, False])
def test_the_vault_is_encrypted_and_locked_unless_it_is_a_rehearsal(city: City, *, protect: bool) -> None:
    vault = make(cloud(city, protect=protect))[0].one(VAULT)
    assert vault["wormEnabled"] is protect
    assert (vault["encryptType"], vault["kmsKeyId"]) == ("KMS", "simpul-6471-key-personal-id")


def test_every_bucket_with_files_is_copied_every_day_for_the_declared_days(city: City) -> None:
    recorder, [estate] = make(city)
    [rule] = recorder.one(POLICY)["rules"]
    assert (rule["ruleType"], rule["retention"], rule["schedule"][-4:]) == ("BACKUP", 35, "|P1D")
    assert rule["vaultId"] == "simpul-6471-vault-id"
    files = {each.name for each in estate.buckets if each.purpose is Purpose.DATA}
    assert {each.inputs["dataSourceId"] for each in recorder.of(BINDING)} == files
    assert {each.inputs["sourceType"] for each in recorder.of(BINDING)} == {"OSS"}


def test_a_city_without_files_needs_no_vault(city: City) -> None:
    assert make(cloud(city, stores=()))[0].of(VAULT) == []


def test_what_is_there_already_is_adopted(city: City) -> None:
    there = {"vaults": [{"id": "v-1", "vaultName": "simpul-6471-balikpapan-vault"}]}
    recorder, _ = make(city, {"alicloud:hbr/getVaults:getVaults": there})
    assert recorder.of(VAULT)[0].resource_id == "v-1"
