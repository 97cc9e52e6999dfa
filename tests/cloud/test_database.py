"""The city's databases."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

from cloud.test_estate import NOTHING, make
from cloud.test_key import cloud
from recorder import Recorder, record
from simpul.city import City, Store, load, plan
from simpul.city.cloud import DatabaseClass
from simpul.cloud import Cloud, find
from simpul.cloud.profile import PROFILES
from simpul.constraint import violations
from simpul.project import ROOT

INSTANCE = "alicloud:rds/instance:Instance"
BACKUP = "alicloud:rds/backupPolicy:BackupPolicy"
DATABASE = "alicloud:rds/database:Database"
ACCOUNT = "alicloud:rds/rdsAccount:RdsAccount"
PRIVILEGE = "alicloud:rds/accountPrivilege:AccountPrivilege"
SHARED, OWN = "simpul-6471-database", "simpul-6471-database-population"


@pytest.fixture(scope="module")
def city() -> City:
    return load(ROOT / "Pulumi.balikpapan.yaml")


def by_name(recorder: Recorder, token: str) -> dict[str, dict[str, Any]]:
    return {each.name: each.inputs for each in recorder.of(token)}


def test_personal_data_has_an_instance_of_its_own_and_its_own_key(city: City) -> None:
    instances = by_name(make(city)[0], INSTANCE)
    assert {name: each["encryptionKey"] for name, each in instances.items()} == {
        SHARED: "simpul-6471-key-internal-id",
        OWN: "simpul-6471-key-personal-id",
    }
    assert instances[OWN]["tags"]["simpul:data-class"] == "personal"
    assert instances[OWN]["tags"]["simpul:workload"] == "population"
    assert instances[SHARED]["tags"]["simpul:data-class"] == "internal"


def test_every_size_takes_a_key_of_the_citys_own() -> None:
    """A machine for general purposes has the vendor's key alone."""
    sizes = {*DatabaseClass.__args__, *(each.database for each in PROFILES.values())}  # type: ignore[attr-defined]
    for each in sizes:
        asked = {"engine": "PostgreSQL", "instanceType": each, "encryptionKey": "key", "roleArn": "role"}
        assert [broken.says for broken in violations(INSTANCE, asked)] == []


def test_rds_has_the_role_by_which_it_uses_the_citys_keys(city: City) -> None:
    roles = {each["roleArn"] for each in by_name(make(city)[0], INSTANCE).values()}
    assert roles == {"acs:ram::0000000000000000:role/aliyunrdsinstanceencryptiondefaultrole"}


@pytest.mark.parametrize(("standing", "disk"), [(None, 200), (120, 200), (400, 400)])
def test_a_declared_disk_is_made_and_a_larger_one_never_shrinks(city: City, standing: int | None, disk: int) -> None:
    """While a disk grows by itself the plugin keeps quiet about every other size, so that it doesn't."""
    there = [{"id": "pgm-1", "name": SHARED, "instanceStorage": standing}] if standing else []
    answers = {
        "alicloud:rds/getInstances:getInstances": {"instances": there},
        "alicloud:rds/getAccounts:getAccounts": {"accounts": []},
    }
    instance = by_name(make(city, answers)[0], INSTANCE)[SHARED]
    assert (instance["storageAutoScale"], instance["instanceStorage"]) == ("Disable", disk)


def test_an_account_comes_before_its_database_and_goes_after_it(city: City) -> None:
    """PostgreSQL refuses to drop an account that owns a database."""
    recorder, _ = make(city)
    for store in ("reports", "population"):
        name = f"simpul-6471-database-{store}"
        assert any(each.endswith(f"{ACCOUNT}::{name}") for each in recorder.needs[DATABASE, name])
        assert not any(each.endswith(f"{DATABASE}::{name}") for each in recorder.needs[ACCOUNT, name])


def test_descriptions_have_no_spaces(city: City) -> None:
    recorder, _ = make(city)
    assert {each["description"] for each in by_name(recorder, DATABASE).values()} == {
        "data-of-reports",
        "data-of-population",
    }
    assert {each["accountDescription"] for each in by_name(recorder, ACCOUNT).values()} == {
        "workload-reports",
        "workload-population",
    }


def test_an_instance_is_in_two_zones_speaks_tls_and_lets_the_cluster_in_alone(city: City) -> None:
    ranges = plan(city)
    for each in by_name(make(city)[0], INSTANCE).values():
        assert (each["category"], each["engine"]) == ("HighAvailability", "PostgreSQL")
        assert [each["zoneId"], each["zoneIdSlaveA"]] == list(city.cloud.zones[:2])
        assert len(each["vswitchId"].split(",")) == 2
        assert each["sslAction"] == "Open"
        assert each["securityIps"] == [str(ranges.vpc), str(ranges.cloud.pods)]
        assert each["sqlCollectorStatus"] == "Enabled"
        assert each["sqlCollectorConfigValue"] >= city.retention.logs_days


@pytest.mark.parametrize("protect", [True, False])
def test_it_can_be_set_back_to_any_moment_of_the_declared_days(city: City, *, protect: bool) -> None:
    recorder, _ = make(cloud(city, protect=protect))
    assert {each["deletionProtection"] for each in by_name(recorder, INSTANCE).values()} == {protect}
    policies = by_name(recorder, BACKUP)
    assert set(policies) == {SHARED, OWN}
    for each in policies.values():
        assert each["enableBackupLog"] is True
        assert each["backupRetentionPeriod"] == each["logBackupRetentionPeriod"] == 35
        assert len(each["preferredBackupPeriods"]) == 7
        assert "releasedKeepPolicy" not in each  # of PostgreSQL the vendor keeps nothing that could be released


def test_each_store_has_a_database_that_its_own_account_owns(city: City) -> None:
    recorder, [estate] = make(city)
    databases = {each["dataBaseName"]: each["instanceId"] for each in by_name(recorder, DATABASE).values()}
    assert databases == {"reports": f"{SHARED}-id", "population": f"{OWN}-id"}
    owned = {
        each["accountName"]: (each["privilege"], each["dbNames"]) for each in by_name(recorder, PRIVILEGE).values()
    }
    assert owned == {"reports": ("DBOwner", ["reports"]), "population": ("DBOwner", ["population"])}
    assert {each["accountType"] for each in by_name(recorder, ACCOUNT).values()} == {"Normal"}
    assert [(each.store, each.database, each.username) for each in estate.databases] == [
        ("reports", "reports", "reports"),
        ("population", "population", "population"),
    ]


def test_a_name_with_a_hyphen_becomes_one_that_needs_no_quotes(city: City) -> None:
    stores = (Store(name="tax-office", data="internal", database=True),)
    recorder, [estate] = make(cloud(city, stores=stores))
    assert recorder.one(DATABASE)["dataBaseName"] == estate.databases[0].username == "tax_office"
    assert list(by_name(recorder, INSTANCE)) == [SHARED]


def test_passwords_are_secrets(city: City) -> None:
    secrets: list[bool] = []

    def program() -> None:
        estate = Cloud(city, plan(city), find(city)).estate
        for each in (*estate.databases, *estate.caches):
            pulumi.Output.from_input(each.password.is_secret()).apply(secrets.append)

    record(program, Recorder(answers=NOTHING))
    assert secrets == [True, True, True]


def test_what_is_there_already_is_adopted_with_what_is_in_it(city: City) -> None:
    recorder, _ = make(
        city,
        {
            "alicloud:rds/getInstances:getInstances": {
                "instances": [{"id": "pgm-1", "name": SHARED, "instanceStorage": 20}]
            },
            "alicloud:rds/getAccounts:getAccounts": {
                "accounts": [
                    {"accountName": "reports", "databasePrivileges": [{"dbName": "reports"}]},
                    {"accountName": "tax_office", "databasePrivileges": []},
                ]
            },
        },
    )
    adopted = {(each.typ, each.name): each.resource_id for each in recorder.resources}
    assert adopted[INSTANCE, SHARED] == "pgm-1"
    assert adopted[INSTANCE, OWN] == ""
    assert adopted[ACCOUNT, "simpul-6471-database-reports"] == "pgm-1:reports"
    assert adopted[DATABASE, "simpul-6471-database-reports"] == "pgm-1:reports"
    assert adopted[ACCOUNT, "simpul-6471-database-population"] == ""
