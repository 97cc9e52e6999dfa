"""Who may do what: the least that each needs, and nothing after its end."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from cloud.test_estate import make
from recorder import Recorder
from simpul.city import City, Vendor, load
from simpul.project import ROOT

ROLE, POLICY = "alicloud:ram/role:Role", "alicloud:ram/policy:Policy"
VENDOR = Vendor(name="penyedia", account="1234567890123456", area="64.71.05", ends=date(2027, 6, 30))
DATA = {"oss:GetObject", "kms:Decrypt", "kms:GetSecretValue"}


@pytest.fixture(scope="module")
def city() -> City:
    return load(ROOT / "Pulumi.balikpapan.yaml").model_copy(update={"vendor": VENDOR})


@pytest.fixture(scope="module")
def recorder(city: City) -> Recorder:
    return make(city)[0]


def document(recorder: Recorder, token: str, part: str) -> list[dict[str, Any]]:
    name = "assumeRolePolicyDocument" if token == ROLE else "policyDocument"
    [found] = [each.inputs for each in recorder.of(token) if each.name == f"simpul-6471-{part}"]
    statements: list[dict[str, Any]] = json.loads(found[name])["Statement"]
    return statements


def allowed(recorder: Recorder, part: str) -> list[dict[str, Any]]:
    return [each for each in document(recorder, POLICY, part) if each["Effect"] == "Allow"]


def denied(recorder: Recorder, part: str) -> set[str]:
    return {a for each in document(recorder, POLICY, part) if each["Effect"] == "Deny" for a in each["Action"]}


def test_there_is_a_role_for_each_use_with_one_policy_of_its_own(recorder: Recorder) -> None:
    uses = ("operator", "preview", "vendor", "store-reports", "store-population", "trail")
    names = {f"simpul-6471-balikpapan-{use}" for use in uses}
    assert {each.inputs["roleName"] for each in recorder.of(ROLE)} == names
    attached = [each.inputs for each in recorder.of("alicloud:ram/rolePolicyAttachment:RolePolicyAttachment")]
    assert {(each["roleName"], each["policyName"], each["policyType"]) for each in attached} == {
        (name, name, "Custom") for name in names
    }


def test_a_workload_s_role_is_taken_by_its_own_service_account_alone(recorder: Recorder) -> None:
    [statement] = document(recorder, ROLE, "store-reports")
    assert statement["Principal"] == {"Federated": ["acs:ram::0000000000000000:oidc-provider/ack-rrsa"]}
    assert statement["Condition"]["StringEquals"] == {
        "oidc:aud": "sts.aliyuncs.com",
        "oidc:iss": "https://oidc-ack.example",
        "oidc:sub": "system:serviceaccount:reports:reports",
    }


def test_a_workload_reaches_its_own_bucket_and_the_key_of_its_data_alone(recorder: Recorder) -> None:
    for store in ("reports", "population"):
        [bucket] = [each.inputs["bucket"] for each in recorder.of("alicloud:oss/bucket:Bucket") if store in each.name]
        resources = [resource for each in allowed(recorder, f"store-{store}") for resource in each["Resource"]]
        whole = f"acs:oss:*:0000000000000000:{bucket}"
        key = "personal" if store == "population" else "internal"
        assert resources == [f"{whole}/*", whole, f"simpul-6471-key-{key}-arn"]


def test_nobody_s_role_has_a_wildcard_that_changes_anything(recorder: Recorder) -> None:
    for each in recorder.of(POLICY):
        for statement in json.loads(each.inputs["policyDocument"])["Statement"]:
            wild = [action for action in statement["Action"] if action.endswith("*")]
            assert all(action.partition(":")[2].startswith(("Describe", "Get", "List")) for action in wild)
            assert not any(action.startswith("*") for action in statement["Action"])


def test_people_show_a_second_factor(recorder: Recorder) -> None:
    for part in ("operator", "vendor"):
        [statement] = document(recorder, ROLE, part)
        assert statement["Condition"]["Bool"] == {"acs:MFAPresent": "true"}


def test_an_operator_mends_what_is_the_stack_s_own_and_reads_nobody_s_data(recorder: Recorder) -> None:
    reads, changes = allowed(recorder, "operator")
    assert "Condition" not in reads
    assert changes["Condition"]["StringEquals"] == {
        "acs:ResourceTag/simpul:wilayah": "64.71",
        "acs:ResourceTag/simpul:stack": "balikpapan",
    }
    assert not any(
        action.partition(":")[2].startswith(("Delete", "Release", "Create"))
        for action in changes["Action"]
        if "Backup" not in action and "Restore" not in action
    )
    assert denied(recorder, "operator") >= DATA


def test_a_pipeline_changes_nothing_and_reads_no_data(recorder: Recorder) -> None:
    [reads] = allowed(recorder, "preview")
    assert all(action.partition(":")[2].startswith(("Describe", "Get", "List")) for action in reads["Action"])
    assert "oss:Get*" not in reads["Action"]
    assert denied(recorder, "preview") >= DATA | {"log:GetLogStoreLogs", "cr:GetAuthorizationToken"}


def test_a_vendor_stays_in_its_area_until_its_last_day_and_sees_no_secret(recorder: Recorder) -> None:
    [trust] = document(recorder, ROLE, "vendor")
    assert trust["Principal"] == {"RAM": ["acs:ram::1234567890123456:root"]}
    ends = {"acs:CurrentTime": "2027-06-30T23:59:59+08:00"}
    assert trust["Condition"]["DateLessThan"] == ends
    for statement in allowed(recorder, "vendor"):
        assert statement["Condition"]["DateLessThan"] == ends
        assert statement["Condition"]["StringLike"] == {
            "acs:ResourceTag/simpul:wilayah": ["64.71"],
            "acs:ResourceTag/simpul:site": ["64.71.05", "64.71.05.*"],
        }
    assert denied(recorder, "vendor") >= DATA | {"cs:DescribeClusterUserKubeconfig", "vpc:DescribeVpnConnections"}


def test_a_city_without_a_vendor_trusts_no_other_account() -> None:
    recorder, _ = make(load(ROOT / "Pulumi.balikpapan.yaml"))
    roles = [each.inputs for each in recorder.of(ROLE) if each.name != "simpul-6471-trail"]  # a service's of the vendor
    trusted = [each["assumeRolePolicyDocument"] for each in roles]
    assert all("acs:ram::0000000000000000:" in text for text in trusted)
