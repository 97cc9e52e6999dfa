"""Where the city's logs are."""

from __future__ import annotations

import re

import pytest

from cloud.test_estate import make
from simpul import constraint
from simpul.city import City, area, load
from simpul.city.area import Level
from simpul.cloud import backup, logs
from simpul.cloud.identity import Identity
from simpul.project import ROOT

PROJECT = "alicloud:log/project:Project"
STORE = "alicloud:log/store:Store"
VAULT = "alicloud:hbr/vault:Vault"
INDEX = "alicloud:log/storeIndex:StoreIndex"


@pytest.fixture(scope="module")
def city() -> City:
    return load(ROOT / "Pulumi.balikpapan.yaml")


def test_each_store_keeps_what_the_city_declares_encrypted_and_searchable(city: City) -> None:
    declared = city.model_copy(update={"retention": city.retention.model_copy(update={"logs_days": 90})})
    recorder, _ = make(declared)
    stores = [each.inputs for each in recorder.of(STORE)]
    assert {each["logstoreName"] for each in stores} == {"flow", "platform"}
    assert {each["retentionPeriod"] for each in stores} == {90}
    assert all(each["encryptConf"]["enable"] and not each["enableWebTracking"] for each in stores)
    assert {each.inputs["logstore"] for each in recorder.of(INDEX)} == {"flow", "platform"}


@pytest.mark.parametrize("stack", ["bpn", "a-stack-of-forty-letters-as-pulumi-takes"])
def test_the_vendor_takes_what_every_city_s_logs_and_copies_are_described_by(stack: str) -> None:
    names = [*(each.name for each in area.inside("", Level.CITY)), "Kota Ba'a", "K" * 60]
    assert len(names) == 516
    for name in names:
        identity = Identity("6471", "64.71", name, "Diskominfo", stack)
        said = {PROJECT: logs.description(identity), VAULT: backup.description(identity)}
        found = {token: list(constraint.violations(token, {"description": text})) for token, text in said.items()}
        assert found == {PROJECT: [], VAULT: []}, name


def test_the_project_s_name_is_the_city_s_alone_in_the_world(city: City) -> None:
    recorder, _ = make(city)
    assert re.fullmatch(r"simpul-6471-balikpapan-logs-[0-9a-f]{6}", recorder.one(PROJECT)["projectName"])
    assert recorder.one(PROJECT)["tags"]["simpul:stack"] == "balikpapan"


def test_what_is_there_already_is_adopted_with_its_index(city: City) -> None:
    name = make(city)[0].one(PROJECT)["projectName"]
    recorder, _ = make(
        city,
        {
            "alicloud:log/getProjects:getProjects": {"projects": [{"id": name, "projectName": name}]},
            "alicloud:log/getStores:getStores": {"stores": [{"storeName": "flow"}, {"storeName": "audit-c1"}]},
        },
    )
    assert recorder.of(PROJECT)[0].resource_id == name
    for token in (STORE, INDEX):
        assert {each.resource_id for each in recorder.of(token)} == {"", f"{name}:flow"}
