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


def test_what_the_vendor_keeps_of_a_cluster_is_what_its_alarms_look_at(city: City) -> None:
    """The vendor keeps a "Value" of a cluster's metrics; an alarm on their average never comes."""
    statistics = {
        each.inputs["project"]: {
            each.inputs[level]["statistics"] for level in ("escalationsWarn", "escalationsCritical")
        }
        for each in make(city)[0].of(ALARM)
    }
    assert statistics.pop("acs_k8s") == {"Value"}
    assert set.union(*statistics.values()) == {"Average"}


def test_a_contact_is_another_at_another_address_and_its_name_is_within_the_vendor_s_letters(city: City) -> None:
    """The vendor shows no address before it is confirmed, so a change of it could be told by its name alone."""
    siaga = city.contacts[0]
    names = {siaga.email: make(city)[0].one(CONTACT)["alarmContactName"]}
    for email in ("kominfo@balikpapan.go.id", "siaga@kominfo.balikpapan.go.id"):
        contact = siaga.model_copy(update={"name": "a" * 24, "email": email})
        found = make(city.model_copy(update={"contacts": (contact,)}))[0].one(CONTACT)
        assert found["channelsMail"] == email
        names[email] = found["alarmContactName"]
    assert len(set(names.values())) == 3
    assert max(map(len, names.values())) <= 40


def test_the_view_of_all_has_as_many_tags_as_the_vendor_takes(city: City) -> None:
    tags = make(city)[0].one("alicloud:cms/monitorGroup:MonitorGroup")["tags"]
    assert tags == {"simpul:wilayah": "64.71", "simpul:stack": "balikpapan", "simpul:managed-by": "pulumi"}


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
    siaga = make(city)[0].one(CONTACT)["alarmContactName"]
    recorder, _ = make(
        city,
        {
            "alicloud:cloudmonitor/getServiceMetricAlarmRules:getServiceMetricAlarmRules": {"rules": [rule, other]},
            "alicloud:cms/getAlarmContacts:getAlarmContacts": {"contacts": [{"id": siaga, "alarmContactName": siaga}]},
            "alicloud:cms/getMonitorGroups:getMonitorGroups": {
                "groups": [{"id": "77", "monitorGroupName": "simpul-6471-balikpapan"}]
            },
        },
    )
    assert {each.resource_id for each in recorder.of(ALARM)} == {"", "a1"}
    assert recorder.of(CONTACT)[0].resource_id == siaga
    assert recorder.of("alicloud:cms/monitorGroup:MonitorGroup")[0].resource_id == "77"
