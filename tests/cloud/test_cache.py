"""The city's caches."""

from __future__ import annotations

import pytest

from cloud.test_estate import make
from cloud.test_key import cloud
from simpul.city import City, Sizes, Store, load, plan
from simpul.city.cloud import CacheClass
from simpul.cloud.cache import TAIR, TAIR_TAGS
from simpul.project import ROOT

REDIS = "alicloud:kvstore/instance:Instance"
TAIR_INSTANCE = "alicloud:redis/tairInstance:TairInstance"


@pytest.fixture(scope="module")
def city() -> City:
    return load(ROOT / "Pulumi.balikpapan.yaml")


def test_a_cache_asks_for_a_password_speaks_tls_and_lets_the_cluster_in_alone(city: City) -> None:
    recorder, [estate] = make(city)
    cache, ranges = recorder.one(REDIS), plan(city)
    assert (cache["vpcAuthMode"], cache["sslEnable"]) == ("Open", "Enable")
    assert cache["securityIps"] == [str(ranges.vpc), str(ranges.cloud.pods)]
    assert [cache["zoneId"], cache["secondaryZoneId"]] == list(city.cloud.zones[:2])
    assert len(cache["backupPeriods"]) == 7
    assert (cache["tags"]["simpul:workload"], cache["tags"]["simpul:data-class"]) == ("reports", "internal")
    assert [each.store for each in estate.caches] == ["reports"]


@pytest.mark.parametrize("protect", [True, False])
def test_it_can_t_be_released_unless_it_is_a_rehearsal(city: City, *, protect: bool) -> None:
    recorder, _ = make(cloud(city, protect=protect))
    assert recorder.one(REDIS)["instanceReleaseProtection"] is protect


def test_personal_data_is_encrypted_where_it_is_written_down(city: City) -> None:
    stores = (Store(name="sessions", data="personal", cache=True),)
    recorder, [estate] = make(cloud(city, stores=stores, sizes=Sizes(cache="redis.master.mid.default")))
    cache = recorder.one(TAIR_INSTANCE)
    assert (cache["tdeStatus"], cache["encryptionKey"]) == ("enabled", "simpul-6471-key-personal-id")
    assert (cache["sslEnabled"], cache["vpcAuthMode"]) == ("Enable", "Open")
    assert cache["instanceClass"] == "tair.rdb.2g"
    assert cache["engineVersion"] == "7.0"  # an older one encrypts nothing, and nothing says so
    assert cache["roleArn"] == "acs:ram::0000000000000000:role/AliyunRdsInstanceEncryptionDefaultRole"
    assert set(cache["tags"]) == set(TAIR_TAGS)  # the vendor takes five
    assert cache["securityIps"] == ",".join([str(plan(city).vpc), str(plan(city).cloud.pods)])
    assert recorder.of(REDIS) == []
    assert [each.store for each in estate.caches] == ["sessions"]


def test_each_size_has_its_like_in_tair() -> None:
    assert set(TAIR) == set(CacheClass.__args__)  # type: ignore[attr-defined]  # a Literal's words


def test_what_is_there_already_is_adopted(city: City) -> None:
    there = {"instances": [{"id": "r-1", "dbInstanceName": "simpul-6471-cache-reports"}]}
    recorder, _ = make(city, {"alicloud:kvstore/getInstances:getInstances": there})
    assert recorder.of(REDIS)[0].resource_id == "r-1"
