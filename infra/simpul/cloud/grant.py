"""Documents of the vendor's access control: who may take a role, and what a role may do.

In: names, accounts, areas and days. Out: JSON texts. No document allows a product's every change; what a statement
allows is named, or only reads.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

Condition = Mapping[str, Mapping[str, str | list[str]]]
Statement = dict[str, Any]

AUDIENCE = "sts.aliyuncs.com"
"""For whom a cluster's tokens are that are shown to the vendor."""

PRODUCTS = (
    "actiontrail", "alidns", "cbn", "cms", "cr", "cs", "ecs", "hbr", "kms", "kvstore", "log", "nlb", "pvtz", "ram",
    "rds", "resourcemanager", "slb", "vpc",
)  # fmt: skip
"""What the cloud side is made of, in the words of policies: `cbn` is CEN, and VPN is in `vpc`."""

READS = (
    *(f"{product}:{verb}*" for product in PRODUCTS for verb in ("Describe", "Get", "List")),
    "oss:GetBucket*",
    "oss:ListBuckets",
)
"""How things are; of files, the buckets that they are in alone."""

KUBECONFIG = "cs:DescribeClusterUserKubeconfig"
"""The vendor makes a credential for whoever asks, which may do in the cluster what RBAC there grants to that one."""

TUNNELS = ("vpc:DescribeVpnConnection", "vpc:DescribeVpnConnections")
"""The descriptions of tunnels hold their keys."""

SECRETS = (
    "cr:GetAuthorizationToken",
    KUBECONFIG,
    "ecs:DescribeUserData",
    "kms:Decrypt",
    "kms:GenerateDataKey",
    "kms:GetSecretValue",
    "log:GetCursorOrData",
    "log:GetLogStoreLogs",
    "oss:GetObject",
    *TUNNELS,
)
"""Reads that show data, or what opens it."""

OPERATIONS = (
    "cms:DisableMetricRules",
    "cms:EnableMetricRules",
    "cs:ModifyClusterNodePool",
    "cs:RepairClusterNodePool",
    "ecs:RebootInstance",
    "ecs:StartInstance",
    "hbr:CreateRestoreJob",
    "kvstore:CreateBackup",
    "kvstore:RestartInstance",
    "rds:CreateBackup",
    "rds:RestartDBInstance",
)
"""What a person does by hand when something is amiss: nothing that makes, deletes, opens or shows."""

FILES = ("oss:PutObject", "oss:GetObject", "oss:DeleteObject", "oss:ListParts", "oss:AbortMultipartUpload")
SHELF = ("oss:ListObjects", "oss:ListMultipartUploads", "oss:GetBucketInfo")
KEY = ("kms:GenerateDataKey", "kms:Decrypt")
"""What a workload does with its files, with the bucket that they are in, and with the key that encrypts them."""


def document(statements: Iterable[Statement]) -> str:
    """Write a document of `statements`."""
    return json.dumps({"Version": "1", "Statement": list(statements)})


def allow(actions: Iterable[str], resources: Iterable[str] = ("*",), when: Condition | None = None) -> Statement:
    """Allow `actions` on `resources`, under the condition `when`."""
    return _statement("Allow", actions, resources, when)


def deny(actions: Iterable[str], resources: Iterable[str] = ("*",)) -> Statement:
    """Deny `actions` on `resources`, whatever allows them."""
    return _statement("Deny", actions, resources, None)


def people(account: str, when: Condition | None = None) -> str:
    """Say that users of `account` may take a role whom that account lets, under the condition `when`."""
    return document([_trust({"RAM": [f"acs:ram::{account}:root"]}, when)])


def service(name: str) -> str:
    """Say that the vendor's service `name` may take a role."""
    return document([_trust({"Service": [f"{name}.aliyuncs.com"]}, None)])


def workload(provider: str, issuer: str, name: str) -> str:
    """Say that the service account `name` in the namespace `name` of a cluster may take a role, and no other one."""
    one = {"oidc:aud": AUDIENCE, "oidc:iss": issuer, "oidc:sub": f"system:serviceaccount:{name}:{name}"}
    return document([_trust({"Federated": [provider]}, {"StringEquals": one})])


def tagged(wilayah: str, stack: str) -> Condition:
    """Give the condition that a resource is a stack's own."""
    return {"StringEquals": {"acs:ResourceTag/simpul:wilayah": wilayah, "acs:ResourceTag/simpul:stack": stack}}


def within(city: str, area: str, until: str) -> Condition:
    """Give the condition that a resource is of `area` in `city` (codes), before the moment `until`.

    What serves the city as a whole has the city's code alone, so that an area within it reaches only its own sites.
    """
    tags: dict[str, list[str]] = {"acs:ResourceTag/simpul:wilayah": [city]}
    if area != city:
        tags["acs:ResourceTag/simpul:site"] = [area, f"{area}.*"]
    return {"StringLike": tags, "DateLessThan": {"acs:CurrentTime": until}}


def _trust(principal: Mapping[str, list[str]], when: Condition | None) -> Statement:
    made: Statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": dict(principal)}
    return made | ({"Condition": dict(when)} if when else {})


def _statement(effect: str, actions: Iterable[str], resources: Iterable[str], when: Condition | None) -> Statement:
    made: Statement = {"Effect": effect, "Action": list(actions), "Resource": list(resources)}
    return made | ({"Condition": dict(when)} if when else {})
