"""Who is told when something is about to fail."""

from __future__ import annotations

import json

import pytest

from cloud.test_estate import make
from simpul.city import City, load
from simpul.cloud.monitor import SCALES
from simpul.project import ROOT

ALARM = "alicloud:cms/alarm:Alarm"
CONTACT = "alicloud:cms/alarmContact:AlarmContact"
GROUP = "alicloud:cms/alarmContactGroup:AlarmContactGroup"


@pytest.fixture(scope="module")
def city() -> City:
    return load(ROOT / "Pulumi.balikpapan.yaml")


def test_the_city_s_contacts_are_told_of_everything(city: City) -> None:
    recorder, _ = make(city)
    assert recorder.one(CONTACT)["channelsMail"] == "siaga@balikpapan.go.id"
    assert recorder.one(GROUP)["contacts"] == [recorder.one(CONTACT)["alarmContactName"]]
    assert {tuple(each.inputs["contactGroups"]) for each in recorder.of(ALARM)} == {("simpul-6471-balikpapan",)}


def test_what_can_run_full_is_watched_by_its_id(city: City) -> None:
    recorder, _ = make(city)
    watched = {
        (each.inputs["project"], *dimension.values())
        for each in recorder.of(ALARM)
        for dimension in json.loads(each.inputs["metricDimensions"])
    }
    assert watched == {
        ("acs_rds_dashboard", "simpul-6471-database-id"),
        ("acs_rds_dashboard", "simpul-6471-database-population-id"),
        ("acs_kvstore", "simpul-6471-cache-reports-id"),
        ("acs_vpc_eip", "simpul-6471-nat-id"),
        ("acs_slb_dashboard", "simpul-6471-entrance-id"),
        ("acs_k8s", "simpul-6471-id"),
    }


def test_each_limit_has_a_time_to_act_before_the_last_chance() -> None:
    limits = [limit for scale in SCALES.values() for limit in scale.limits]
    assert all(limit.warn < limit.critical for limit in limits)


def test_names_are_this_stack_s_alone(city: City) -> None:
    recorder, _ = make(city)
    names = [each.inputs["name"] for each in recorder.of(ALARM)]
    assert len(set(names)) == len(names)
    assert all(name.startswith("simpul-6471-balikpapan-") for name in names)


def test_what_is_there_already_is_adopted(city: City) -> None:
    rule = {"ruleName": "simpul-6471-balikpapan-database-diskusage", "metricAlarmRuleId": "a1"}
    other = {"ruleName": "somebody-s", "metricAlarmRuleId": "a2"}
    recorder, _ = make(
        city,
        {
            "alicloud:cloudmonitor/getServiceMetricAlarmRules:getServiceMetricAlarmRules": {"rules": [rule, other]},
            "alicloud:cms/getAlarmContacts:getAlarmContacts": {
                "contacts": [{"id": "simpul-6471-balikpapan-siaga", "alarmContactName": "simpul-6471-balikpapan-siaga"}]
            },
            "alicloud:cms/getMonitorGroups:getMonitorGroups": {
                "groups": [{"id": "77", "monitorGroupName": "simpul-6471-balikpapan"}]
            },
        },
    )
    assert {each.resource_id for each in recorder.of(ALARM)} == {"", "a1"}
    assert recorder.of(CONTACT)[0].resource_id == "simpul-6471-balikpapan-siaga"
    assert recorder.of("alicloud:cms/monitorGroup:MonitorGroup")[0].resource_id == "77"
