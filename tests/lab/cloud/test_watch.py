"""Alarms, trails, backups and names: what the vendor's servers refuse of them."""

from __future__ import annotations

from typing import Any

import pytest

from lab.cloud.client import refused
from lab.cloud.estate import CLUSTER, NETWORK, POOL
from lab.cloud.sample import Sampler
from simpul.lab.cloud.product import actiontrail, cms, dns, hbr, pvtz
from simpul.lab.cloud.product.log import PROJECT

RULES = "alicloud:cloudmonitor/getServiceMetricAlarmRules:getServiceMetricAlarmRules"
TRAIL = actiontrail.Trail.token
ALARM = cms.Alarm.token


@pytest.mark.parametrize(
    ("token", "change", "code"),
    [
        (ALARM, {"metricDimensions": '{"instanceId": "i-1"}'}, "ParameterInvalid"),
        (ALARM, {"period": 7}, "ParameterInvalid"),
        (TRAIL, {"slsProjectArn": "acs:log:ap-southeast-5:5123456789012345:project/none"}, "SlsProjectDoesNotExist"),
        (hbr.POLICY, {"rules": [{"ruleType": "BACKUP", "retention": 7}]}, "MissingParameter.Schedule"),
        (hbr.POLICY, {"rules": [{"ruleType": "TRANSITION"}]}, "MissingParameter.Retention"),
        (hbr.PolicyBinding.token, {"dataSourceId": "bpn-6471-nobodys"}, "DataSourceNotExist"),
        (dns.RECORD, {"type": "NAPTR"}, "InvalidType.NotSupported"),
        (dns.RECORD, {"ttl": 1}, "QuotaExceeded.TTL"),
    ],
)
def test_what_the_vendor_refuses_is_refused(maker: Sampler, token: str, change: dict[str, Any], code: str) -> None:
    assert f"Code: {code}" in refused(maker.cloud.push, token, {**maker.inputs(token), **change})


def test_a_trail_writes_with_a_role_of_the_vendors(maker: Sampler) -> None:
    outputs = maker.made(TRAIL).outputs
    assert outputs["slsWriteRoleArn"] == "acs:ram::5123456789012345:role/aliyunserviceroleforactiontrail"
    assert outputs["slsProjectArn"].endswith(f":project/{maker.made(PROJECT).id}")
    assert "ossWriteRoleArn" not in outputs, "no bucket is written to"


def test_an_alarm_is_found_by_its_name(maker: Sampler) -> None:
    made = maker.made(ALARM)
    [rule] = maker.cloud.invoke(RULES, ruleName=made.inputs["name"])["rules"]
    told = (rule["id"], rule["namespace"], rule["metricName"])
    assert told == (made.id, made.inputs["project"], made.inputs["metric"])


def test_a_channel_that_nobody_has_opened_is_not_read_back(maker: Sampler) -> None:
    made = maker.made(cms.CONTACT)
    read = maker.cloud.read(cms.CONTACT, made.id)
    assert read is not None
    assert "channelsMail" not in read.inputs


def test_a_locked_vault_stays_locked(maker: Sampler) -> None:
    made = maker.another(hbr.VAULT, wormEnabled=True)
    said = refused(maker.cloud.update, made, **{**made.inputs, "wormEnabled": False})
    assert "Code: WormCannotBeDisabled " in said
    assert "Code: WormVaultCannotBeDeleted " in refused(maker.cloud.delete, made)


def test_a_zone_is_seen_by_its_networks_and_counts_its_records(maker: Sampler) -> None:
    bound, record = maker.made(pvtz.ATTACHMENT), maker.made(pvtz.RECORD)
    found = maker.cloud.invoke("alicloud:pvtz/getZones:getZones", queryVpcId=maker.made(NETWORK).id)
    assert found["ids"] == [bound.id]
    assert [each["vpcId"] for each in found["zones"][0]["bindVpcs"]] == [maker.made(NETWORK).id]
    zone = maker.cloud.read(pvtz.ZONE, record.inputs["zoneId"])
    assert zone is not None
    assert zone.outputs["recordCount"] == 1
    maker.cloud.delete(maker.made(pvtz.ZONE))
    assert maker.cloud.estate.store.all(pvtz.RECORD) == []


def test_the_networks_of_a_zone_change_in_both_spellings(maker: Sampler) -> None:
    made, other = maker.made(pvtz.ATTACHMENT), maker.another(NETWORK)
    changed = maker.cloud.update(made, zoneId=made.inputs["zoneId"], vpcs=[{"vpcId": other.id}])
    assert changed.outputs["vpcIds"] == [other.id]


def test_a_host_has_one_record_of_a_value_and_an_alias_alone(maker: Sampler) -> None:
    made = maker.made(pvtz.RECORD)
    assert "Code: Record.Invalid.Conflict " in refused(maker.cloud.push, pvtz.RECORD, made.inputs)
    alias = {**made.inputs, "type": "CNAME", "value": "elsewhere.internal"}
    assert "Code: Record.Invalid.Conflict " in refused(maker.cloud.push, pvtz.RECORD, alias)
    maker.cloud.push(pvtz.RECORD, {**made.inputs, "value": "10.64.1.11"})


def test_a_domain_takes_its_records_along(maker: Sampler) -> None:
    maker.made(dns.RECORD)
    maker.cloud.delete(maker.made(dns.DOMAIN))
    assert maker.cloud.estate.store.all() == []


def test_a_cluster_with_rrsa_tells_its_identity_provider(maker: Sampler) -> None:
    made = maker.another(CLUSTER, enableRrsa=True)
    name = f"ack-rrsa-{made.id}"
    assert made.outputs["rrsaMetadata"] == {
        "enabled": True,
        "ramOidcProviderName": name,
        "ramOidcProviderArn": f"acs:ram::5123456789012345:oidc-provider/{name}",
        "rrsaOidcIssuerUrl": f"https://oidc-ack-ap-southeast-5.oss-ap-southeast-5.aliyuncs.com/{made.id}",
    }
    said = refused(maker.cloud.update, made, **{**made.inputs, "enableRrsa": False})
    assert "Code: ErrorUnsupportedOperation " in said


def test_a_cluster_answers_the_world_only_where_it_is_declared(maker: Sampler) -> None:
    inside, outside = maker.made(CLUSTER), maker.another(CLUSTER, slbInternetEnabled=True)
    assert inside.outputs["slbInternet"] == inside.outputs["connections"]["apiServerInternet"] == ""
    assert outside.outputs["connections"]["apiServerInternet"] == f"https://{outside.outputs['slbInternet']}:6443"


def test_a_pool_grows_between_bounds(maker: Sampler) -> None:
    bounds = {"scalingConfig": {"enable": True, "minSize": 3, "maxSize": 2}}
    assert "Code: InvalidParameter.MinSize " in refused(maker.cloud.push, POOL, {**maker.inputs(POOL), **bounds})
