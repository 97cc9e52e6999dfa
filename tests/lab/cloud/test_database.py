"""Databases and caches: what is asked of whatever runs them. Nothing real starts here; test doubles do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest

from lab.cloud.client import Client, Made, refused, serve, words
from lab.cloud.estate import NETWORK, SWITCH
from lab.cloud.fake import FakeCaches, FakeDatabases
from simpul.lab.cloud import reference, region
from simpul.lab.cloud.database import access
from simpul.lab.cloud.database.backing import Account
from simpul.lab.cloud.product import kvstore, rds, rdsdata, sold, tair
from simpul.lab.cloud.refusal import Refusal

PASSWORD = "Sandi-rahasia-1"


@pytest.fixture
def databases() -> FakeDatabases:
    return FakeDatabases()


@pytest.fixture
def caches() -> FakeCaches:
    return FakeCaches()


@pytest.fixture
def cloud(tmp_path: Path, databases: FakeDatabases, caches: FakeCaches) -> Iterator[Client]:
    with serve(tmp_path / "state", databases=databases, caches=caches) as client:
        yield client


def switch(cloud: Client, zone: str = "ap-southeast-5a") -> Made:
    number = len(cloud.estate.store.all(SWITCH))
    vpcs = cloud.estate.store.all(NETWORK)
    vpc = vpcs[0].id if vpcs else cloud.create(NETWORK, vpcName="bpn", cidrBlock="10.64.0.0/16").id
    return cloud.create(SWITCH, vpcId=vpc, cidrBlock=f"10.64.{number}.0/24", zoneId=zone)


def instance(cloud: Client, **inputs: Any) -> Made:
    place = {"vswitchId": switch(cloud).id} if "vswitchId" not in inputs else {}
    kind = {"engine": "PostgreSQL", "engineVersion": "16.0", "instanceType": "pg.n2.2c.2m", "instanceStorage": 20}
    return cloud.create(rds.INSTANCE, **{**kind, **place, "instanceName": "bpn", **inputs})


def test_an_instance_answers_where_its_outputs_say(cloud: Client, databases: FakeDatabases) -> None:
    made = instance(cloud, securityIps=["10.64.0.0/20"], sslAction="Open")
    server = databases.running[made.id]
    assert (made.outputs["connectionString"], made.outputs["port"]) == (server.address, "5432")
    assert made.outputs["serverCert"] == f"certificate of {server.address}"
    assert server.pair is not None
    assert (server.address, server.port) == ("10.213.0.128", 5432)


def test_a_standby_may_stand_in_another_zone(cloud: Client) -> None:
    both = [switch(cloud), switch(cloud, "ap-southeast-5b")]
    zones = {"zoneId": "ap-southeast-5a", "zoneIdSlaveA": "ap-southeast-5b"}
    made = instance(cloud, vswitchId=",".join(each.id for each in both), **zones)
    assert made.outputs["category"] == "HighAvailability"
    assert "DependencyViolation" in refused(cloud.delete, both[1])


def test_only_the_allow_list_is_let_in_and_only_encrypted(cloud: Client, databases: FakeDatabases) -> None:
    made = instance(cloud, securityIps=["10.64.0.0/20"], sslAction="Open")
    assert databases.running[made.id].allow == ["10.64.0.0/20", "10.213.0.0/24"]
    changed = cloud.update(made, **{**made.inputs, "securityIps": ["10.99.0.0/16"], "sslAction": "Close"})
    server = databases.running[made.id]
    assert (server.allow, server.pair, changed.outputs["sslStatus"]) == (["10.99.0.0/16"], None, "No")


def test_an_instance_that_says_nothing_lets_nobody_in(cloud: Client, databases: FakeDatabases) -> None:
    assert databases.running[instance(cloud).id].allow == []


def test_an_instance_serves_with_the_citys_own_certificate_if_it_has_one(
    cloud: Client, databases: FakeDatabases
) -> None:
    own = {"sslAction": "Open", "caType": "custom", "serverCert": "the city's", "serverKey": "its key"}
    pair = databases.running[instance(cloud, **own).id].pair
    assert pair is not None
    assert (pair.certificate, pair.key) == ("the city's", "its key")


def test_what_an_instance_holds_is_made_and_removed(cloud: Client, databases: FakeDatabases) -> None:
    made = instance(cloud)
    database = cloud.create(rdsdata.DATABASE, instanceId=made.id, dataBaseName="reports", characterSet="UTF8")
    whose = {"accountName": "reports", "accountPassword": PASSWORD}
    account = cloud.create(rdsdata.ACCOUNTS[1], dbInstanceId=made.id, accountType="Normal", **whose)
    owner = {"accountName": "reports", "dbNames": ["reports"], "privilege": "DBOwner"}
    privilege = cloud.create(rdsdata.PRIVILEGE, instanceId=made.id, **owner)
    assert databases.databases == {"reports": "UTF8"}
    assert databases.accounts == {"reports": Account("reports", PASSWORD)}
    assert databases.owners == {"reports": "reports"}
    changed = cloud.update(account, **{**account.inputs, "accountPassword": "Sandi-rahasia-2"})
    assert databases.accounts["reports"].password == changed.outputs["accountPassword"] == "Sandi-rahasia-2"
    for each in (privilege, database, account):
        cloud.delete(each)
    assert (databases.databases, databases.accounts) == ({}, {})


def test_an_account_stays_while_it_owns_a_database_whatever_became_of_its_privilege(cloud: Client) -> None:
    made = instance(cloud)
    database = cloud.create(rdsdata.DATABASE, instanceId=made.id, dataBaseName="reports")
    whose = {"accountName": "reports", "accountPassword": PASSWORD}
    account = cloud.create(rdsdata.ACCOUNTS[1], dbInstanceId=made.id, **whose)
    owner = {"accountName": "reports", "dbNames": ["reports"], "privilege": "DBOwner"}
    cloud.delete(cloud.create(rdsdata.PRIVILEGE, instanceId=made.id, **owner))
    [told] = cloud.invoke("alicloud:rds/getAccounts:getAccounts", dbInstanceId=made.id)["accounts"]
    assert [each["dbName"] for each in told["databasePrivileges"]] == ["reports"]
    assert "Code: OperationDenied.AccountOwnsDatabase " in refused(cloud.delete, account)
    cloud.delete(database)
    cloud.delete(account)


def test_a_database_is_not_taken_back_from_its_owner(cloud: Client) -> None:
    made = instance(cloud)
    for name in ("reports", "other"):
        cloud.create(rdsdata.DATABASE, instanceId=made.id, dataBaseName=name)
    cloud.create(rdsdata.ACCOUNTS[1], dbInstanceId=made.id, accountName="reports", accountPassword=PASSWORD)
    owner = {"accountName": "reports", "dbNames": ["reports", "other"], "privilege": "DBOwner"}
    privilege = cloud.create(rdsdata.PRIVILEGE, instanceId=made.id, **owner)
    fewer = {**privilege.inputs, "dbNames": ["reports"]}
    assert "Code: InvalidAccountPrivilege.Revoke " in refused(cloud.update, privilege, **fewer)


def test_the_log_is_kept_no_longer_than_data_and_nothing_of_what_is_gone(cloud: Client) -> None:
    policy = {"instanceId": instance(cloud).id, "backupRetentionPeriod": 14, "logBackupRetentionPeriod": 15}
    kind = rdsdata.BackupPolicy.token
    assert "Code: InvalidLogBackupRetentionPeriod.Malformed " in refused(cloud.create, kind, **policy)
    kept = {**policy, "logBackupRetentionPeriod": 14, "releasedKeepPolicy": "All"}
    assert "Code: InvalidReleasedKeepPolicy " in refused(cloud.create, kind, **kept)
    assert cloud.create(kind, **{**kept, "releasedKeepPolicy": "None"})


def test_a_key_of_ones_own_needs_a_role_that_is_there(cloud: Client) -> None:
    key = cloud.create(reference.KEY).id
    role = f"acs:ram::{region.ACCOUNT}:role/aliyunrdsinstanceencryptiondefaultrole"
    for wrong in ({}, {"roleArn": f"acs:ram::{region.ACCOUNT}:role/none"}):
        assert "Role" in refused(instance, cloud, encryptionKey=key, **wrong)
    dedicated = instance(cloud, encryptionKey=key, roleArn=role, instanceType="pg.x2.medium.2c")
    assert dedicated.outputs["encryptionKey"] == key


def test_a_failover_is_told_and_the_disk_that_grew(cloud: Client) -> None:
    both = [switch(cloud), switch(cloud, "ap-southeast-5b")]
    zones = {"zoneId": "ap-southeast-5a", "zoneIdSlaveA": "ap-southeast-5b"}
    made = instance(cloud, vswitchId=",".join(each.id for each in both), **zones, storageAutoScale="Disable")
    rds.fail_over(cloud.estate, made.id)
    rds.grow(cloud.estate, made.id, 40)
    told = cloud.read(rds.INSTANCE, made.id)
    assert told is not None
    assert (told.outputs["zoneId"], told.outputs["zoneIdSlaveA"]) == ("ap-southeast-5b", "ap-southeast-5a")
    assert told.outputs["instanceStorage"] == 40
    state = {**made.outputs, **told.outputs}
    assert cloud.diff(rds.INSTANCE, state, made.inputs).replaces == ["zoneId", "zoneIdSlaveA"]
    ignored = cloud.diff(rds.INSTANCE, state, made.inputs, ignore=["zoneId", "zoneIdSlaveA", "instanceStorage"])
    assert ignored.changes == ignored.DIFF_NONE


def test_while_a_disk_grows_by_itself_nobody_hears_of_another_size(cloud: Client) -> None:
    growing = {"storageAutoScale": "Enable", "storageThreshold": 10, "storageUpperBound": 100}
    made = instance(cloud, **growing)
    quiet = cloud.diff(rds.INSTANCE, made.outputs, {**made.inputs, "instanceStorage": 40})
    assert quiet.changes == quiet.DIFF_NONE
    still = {**made.inputs, "storageAutoScale": "Disable", "instanceStorage": 40}
    assert "instanceStorage" in cloud.diff(rds.INSTANCE, made.outputs, still).diffs


def test_an_instance_that_goes_takes_all_along(cloud: Client, databases: FakeDatabases) -> None:
    made = instance(cloud)
    database = cloud.create(rdsdata.DATABASE, instanceId=made.id, dataBaseName="reports")
    cloud.delete(made)
    assert databases.running == {}
    assert cloud.read(rdsdata.DATABASE, database.id) is None
    cloud.delete(database)


def test_a_protected_instance_stays(cloud: Client, databases: FakeDatabases) -> None:
    made = instance(cloud, deletionProtection=True)
    assert "Code: OperationDenied.DeletionProtection " in refused(cloud.delete, made)
    assert made.id in databases.running


def test_an_instance_that_does_not_start_is_not_there(cloud: Client, databases: FakeDatabases) -> None:
    databases.fails = True
    with pytest.raises(grpc.RpcError) as error:
        instance(cloud)
    assert "doesn't start" in words(error)
    assert cloud.estate.store.all(rds.INSTANCE) == []


def test_a_new_daemon_picks_its_servers_up_again(tmp_path: Path) -> None:
    first, again = FakeDatabases(), FakeDatabases()
    with serve(tmp_path, databases=first) as cloud:
        made = instance(cloud, sslAction="Open")
        cloud.create(rdsdata.DATABASE, instanceId=made.id, dataBaseName="reports")
    with serve(tmp_path, databases=again):
        assert again.running == first.running
        assert again.databases == {"reports": "UTF8"}


def test_without_servers_behind_it_an_instance_has_the_vendors_name(tmp_path: Path) -> None:
    with serve(tmp_path) as cloud:
        made = instance(cloud)
        assert made.outputs["connectionString"] == f"{made.id}.pg.rds.aliyuncs.com"
        cache = cloud.create(kvstore.INSTANCE, instanceClass="redis.master.small.default")
        assert cache.outputs["connectionDomain"].endswith(".rds.aliyuncs.com")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"engineVersion": "9.4"}, "InvalidEngineVersion.Malformed"),
        ({"instanceType": "pg.none"}, "InvalidDBInstanceClass.NotFound"),
        ({"category": "Basic"}, "InvalidCategory"),
        ({"securityIps": ["everybody"]}, "InvalidSecurityIPList.Format"),
        ({"zoneId": "ap-southeast-5c"}, "InvalidVSwitchId.NotFound"),
    ],
)
def test_an_instance_that_is_not_sold_is_refused(cloud: Client, change: dict[str, Any], code: str) -> None:
    made = instance(cloud)
    assert f"Code: {code} " in refused(cloud.create, rds.INSTANCE, **{**made.inputs, **change})


def test_storage_does_not_shrink(cloud: Client) -> None:
    made = instance(cloud, instanceStorage=40)
    assert "Code: InvalidDowngrade " in refused(cloud.update, made, **{**made.inputs, "instanceStorage": 20})


@pytest.mark.parametrize("password", ["short", "alllowercase", "With space 1"])
def test_a_weak_password_is_refused_and_not_told(cloud: Client, password: str) -> None:
    made = instance(cloud)
    whose = {"dbInstanceId": made.id, "accountName": "reports", "accountPassword": password}
    said = refused(cloud.create, rdsdata.ACCOUNTS[0], **whose)
    assert "Code: InvalidAccountPassword.Format " in said
    assert password not in said


def test_two_accounts_of_one_name_are_refused_under_both_of_the_types_names(cloud: Client) -> None:
    whose = {"dbInstanceId": instance(cloud).id, "accountName": "reports", "accountPassword": PASSWORD}
    cloud.create(rdsdata.ACCOUNTS[0], **whose)
    assert "Code: InvalidAccountName.Duplicate " in refused(cloud.create, rdsdata.ACCOUNTS[1], **whose)


def test_a_privilege_is_of_somebody_on_something_and_one_that_the_engine_has(cloud: Client) -> None:
    made = instance(cloud)
    cloud.create(rdsdata.DATABASE, instanceId=made.id, dataBaseName="reports")
    whose = {"dbInstanceId": made.id, "accountName": "reports", "accountPassword": PASSWORD}
    asked = {"instanceId": made.id, "accountName": "reports", "dbNames": ["reports"], "privilege": "DBOwner"}
    assert "Code: InvalidAccountName.NotFound " in refused(cloud.create, rdsdata.PRIVILEGE, **asked)
    cloud.create(rdsdata.ACCOUNTS[0], **whose)
    other = {**asked, "dbNames": ["none"]}
    assert "Code: InvalidDBName.NotFound " in refused(cloud.create, rdsdata.PRIVILEGE, **other)
    other = {**asked, "privilege": "ReadOnly"}
    assert "Code: InvalidAccountPrivilege.Malformed " in refused(cloud.create, rdsdata.PRIVILEGE, **other)


def test_a_public_address_is_the_servers_own_and_has_its_port(cloud: Client, databases: FakeDatabases) -> None:
    made = instance(cloud)
    asked = {"instanceId": made.id, "connectionPrefix": "bpn"}
    assert "Code: UnsupportedParameter.Port " in refused(cloud.create, rdsdata.Connection.token, **asked)
    public = cloud.create(rdsdata.Connection.token, **asked, port="5432")
    assert public.outputs["connectionString"] == databases.running[made.id].address


def test_a_cache_answers_where_its_outputs_say_with_its_password(cloud: Client, caches: FakeCaches) -> None:
    kind = {"instanceClass": "redis.master.small.default", "password": PASSWORD, "sslEnable": "Enable"}
    made = cloud.create(kvstore.INSTANCE, dbInstanceName="bpn", vswitchId=switch(cloud).id, **kind)
    cache = caches.running[made.id]
    assert (cache.address, cache.port, cache.password) == (made.outputs["connectionDomain"], 6379, PASSWORD)
    assert cache.pair is not None
    cloud.update(made, **{**made.inputs, "vpcAuthMode": "Close", "sslEnable": "Disable"})
    assert (caches.running[made.id].password, caches.running[made.id].pair) == ("", None)
    cloud.delete(made)
    assert caches.running == {}


def test_a_tair_answers_as_a_cache_does(cloud: Client, caches: FakeCaches) -> None:
    place = switch(cloud)
    where = {"vpcId": place.outputs["vpcId"], "vswitchId": place.id, "zoneId": "ap-southeast-5a"}
    kind = {"instanceType": "tair_rdb", "instanceClass": "tair.rdb.1g", "password": PASSWORD, "sslEnabled": "Enable"}
    made = cloud.create(tair.INSTANCE, **kind, **where, securityIps="10.64.0.0/20,10.65.0.0/16")
    cache = caches.running[made.id]
    assert (cache.address, cache.port, cache.password) == (made.outputs["connectionDomain"], 6379, PASSWORD)
    assert cache.pair is not None
    for wrong, code in (
        ({"securityIps": "10.64.0.0/20,all"}, "InvalidSecurityIPList.Format"),
        ({"password": "weak"}, "InvalidPassword.Format"),
        ({"zoneId": "ap-southeast-5b"}, "InvalidVSwitchId.NotFound"),
    ):
        assert f"Code: {code} " in refused(cloud.create, tair.INSTANCE, **{**made.inputs, **wrong})
    cloud.delete(made)
    assert caches.running == {}


def test_a_tair_encrypts_from_version_6_on_and_tells_it_in_other_letters(cloud: Client) -> None:
    key, place = cloud.create(reference.KEY).id, switch(cloud)
    asked = {
        "vpcId": place.outputs["vpcId"], "vswitchId": place.id, "zoneId": "ap-southeast-5a",
        "secondaryZoneId": "ap-southeast-5b", "instanceType": "tair_rdb", "instanceClass": "tair.rdb.1g",
        "tdeStatus": "enabled", "encryptionKey": key, "engineVersion": "7.0",
        "roleArn": f"acs:ram::{region.ACCOUNT}:role/AliyunRdsInstanceEncryptionDefaultRole",
    }  # fmt: skip
    for wrong in ({"engineVersion": "5.0"}, {"roleArn": None}, {"roleArn": "acs:ram::1:role/none"}):
        refused(cloud.create, tair.INSTANCE, **{name: value for name, value in {**asked, **wrong}.items() if value})
    made = cloud.create(tair.INSTANCE, **asked)
    told = cloud.read(tair.INSTANCE, made.id)
    assert told is not None
    assert told.outputs["tdeStatus"] == "Enabled"
    assert cloud.diff(tair.INSTANCE, told.outputs, asked).diffs == ["tdeStatus"]
    assert "Code: InvalidTDEStatus " in refused(cloud.update, made, **{**asked, "tdeStatus": "disabled"})
    tair.fail_over(cloud.estate, made.id)
    after = cloud.read(tair.INSTANCE, made.id)
    assert after is not None
    assert (after.outputs["zoneId"], after.outputs["secondaryZoneId"]) == ("ap-southeast-5b", "ap-southeast-5a")
    cloud.update(made, **{**after.inputs, "tairInstanceName": "bpn-2"})


def test_a_cache_has_its_standby_elsewhere_and_an_hour_for_maintenance(cloud: Client) -> None:
    kind = {"instanceClass": "redis.master.small.default", "vswitchId": switch(cloud).id, "zoneId": "ap-southeast-5a"}
    same = {**kind, "secondaryZoneId": "ap-southeast-5a"}
    assert "Code: InvalidSecondaryZoneId " in refused(cloud.create, kvstore.INSTANCE, **same)
    short = {**kind, "maintainStartTime": "18:00Z", "maintainEndTime": "18:30Z"}
    assert "Code: InvalidMaintainTime " in refused(cloud.create, kvstore.INSTANCE, **short)
    made = cloud.create(
        kvstore.INSTANCE,
        **{**kind, "secondaryZoneId": "ap-southeast-5b", "maintainStartTime": "23:00Z", "maintainEndTime": "00:00Z"},
    )
    kvstore.fail_over(cloud.estate, made.id)
    after = cloud.read(kvstore.INSTANCE, made.id)
    assert after is not None
    assert after.outputs["zoneId"] == "ap-southeast-5b"


def test_a_cache_with_a_weak_password_or_a_protected_release_is_refused(cloud: Client) -> None:
    kind = {"instanceClass": "redis.master.small.default", "vswitchId": switch(cloud).id}
    weak = refused(cloud.create, kvstore.INSTANCE, **kind, password="weak")
    assert "Code: InvalidPassword.Format " in weak
    made = cloud.create(kvstore.INSTANCE, **kind, password=PASSWORD, instanceReleaseProtection=True)
    assert "Code: InstanceReleaseProtection " in refused(cloud.delete, made)
    elsewhere = {**kind, "zoneId": "ap-southeast-5b"}
    assert "Code: InvalidVSwitchId.NotFound " in refused(cloud.create, kvstore.INSTANCE, **elsewhere)


@pytest.mark.parametrize(
    ("entries", "vpc", "allowed"),
    [
        (["127.0.0.1"], "10.64.0.0/16", []),
        (["10.64.0.0/20"], "10.64.0.0/16", ["10.64.0.0/20", "10.213.0.0/24"]),
        (["10.64.3.7"], "10.64.0.0/16", ["10.64.3.7/32", "10.213.0.0/24"]),
        (["10.99.0.0/16"], "10.64.0.0/16", ["10.99.0.0/16"]),
        (["0.0.0.0/0"], "10.64.0.0/16", ["0.0.0.0/0", "10.213.0.0/24"]),
        (["10.64.0.0/20"], "", ["10.64.0.0/20"]),
    ],
)
def test_an_entry_that_has_a_part_of_the_vpc_lets_the_clouds_network_in(
    entries: list[str], vpc: str, allowed: list[str]
) -> None:
    assert access.allow(entries, vpc) == allowed


@pytest.mark.parametrize("entry", ["", "everybody", "10.0.0.0/33", "2001:db8::/32"])
def test_an_entry_that_is_neither_address_nor_range_is_refused(entry: str) -> None:
    with pytest.raises(Refusal, match=r"InvalidSecurityIPList\.Format"):
        access.read(entry)


def test_plain_connections_are_refused_where_there_is_a_certificate() -> None:
    assert access.lines(["10.64.0.0/20"], encrypted=True) == (
        "local all postgres peer map=cloud\nhostssl all all 10.64.0.0/20 scram-sha-256\n"
    )
    assert "\nhost all all 10.64.0.0/20 scram-sha-256\n" in access.lines(["10.64.0.0/20"], encrypted=False)


def test_what_is_on_sale_can_be_bought(cloud: Client, databases: FakeDatabases, caches: FakeCaches) -> None:
    place = {"zoneId": "ap-southeast-5a", "engine": "PostgreSQL"}
    found = cloud.invoke(sold.DatabaseEngines.token, **place, engineVersion="16.0", category="Basic")
    [engine] = found["instanceEngines"]
    assert engine["zoneIds"] == [{"id": "ap-southeast-5a", "subZoneIds": ["ap-southeast-5a"]}]
    for kind in cloud.invoke(sold.DatabaseClasses.token, **place)["instanceClasses"]:
        instance(cloud, instanceType=kind["instanceClass"], engineVersion=engine["engineVersion"])
    assert len(databases.running) == 16
    for name in cloud.invoke(sold.CacheClasses.token, zoneId="ap-southeast-5a")["instanceClasses"]:
        cloud.create(kvstore.INSTANCE, instanceClass=name)
    assert len(caches.running) == 3
    engines = cloud.invoke(sold.CacheEngines.token, zoneId="ap-southeast-5a", engineVersion="7.0")["instanceEngines"]
    assert [each["engineVersion"] for each in engines] == ["7.0"]


def test_elsewhere_and_of_others_nothing_is_on_sale(cloud: Client) -> None:
    assert cloud.invoke(sold.CacheClasses.token, zoneId="ap-southeast-5z")["instanceClasses"] == []
    assert cloud.invoke(sold.DatabaseEngines.token, engine="MySQL")["instanceEngines"] == []
