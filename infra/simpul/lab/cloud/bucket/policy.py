"""The vendor's policies about objects, in the words of S3.

In: a RAM policy or a bucket's own, and whom it is about. Out: statements that an S3 server enforces on one bucket. A
condition that the server can't evaluate makes an Allow void, and leaves a Deny out: the lab gives no access that the
vendor wouldn't, and says which Deny it doesn't hold.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, Final

from simpul.lab.cloud.refusal import Refusal

OBJECT: Final = {
    "GetObject": ("GetObject", "GetObjectAttributes"),
    "PutObject": ("PutObject",),
    "DeleteObject": ("DeleteObject",),
    "GetObjectVersion": ("GetObjectVersion",),
    "DeleteObjectVersion": ("DeleteObjectVersion",),
    "GetObjectAcl": ("GetObjectAcl",),
    "PutObjectAcl": ("PutObjectAcl",),
    "GetObjectTagging": ("GetObjectTagging",),
    "PutObjectTagging": ("PutObjectTagging",),
    "DeleteObjectTagging": ("DeleteObjectTagging",),
    "AbortMultipartUpload": ("AbortMultipartUpload",),
    "ListParts": ("ListMultipartUploadParts",),
    "RestoreObject": ("RestoreObject",),
}
"""What may be done with an object: the vendor's actions and S3's."""
BUCKET: Final = {
    "ListObjects": ("ListBucket",),
    "GetBucket": ("ListBucket",),
    "ListObjectVersions": ("ListBucketVersions",),
    "ListMultipartUploads": ("ListBucketMultipartUploads",),
    "GetBucketInfo": ("GetBucketLocation",),
    "GetBucketLocation": ("GetBucketLocation",),
    "GetBucketVersioning": ("GetBucketVersioning",),
    "GetBucketAcl": ("GetBucketAcl",),
    "GetBucketPolicy": ("GetBucketPolicy",),
    "GetBucketWorm": ("GetBucketObjectLockConfiguration",),
}
"""What may be done with a bucket as such; to change one is the cloud's own."""
KEYS: Final = {
    "acs:SecureTransport": "aws:SecureTransport",
    "acs:SourceIp": "aws:SourceIp",
    "acs:CurrentTime": "aws:CurrentTime",
    "oss:Prefix": "s3:prefix",
}
DATES: Final = ("DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals")
OPERATORS: Final = ("Bool", "IpAddress", "NotIpAddress", "StringLike", *DATES)
"""What conditions are about, and how they compare, as far as the server knows both."""
MALFORMED: Final = "MalformedPolicyDocument"
LONGEST: Final = 6144
PARTS: Final = 5
"""How many colons stand before what a resource names: `acs:oss:region:account:bucket/key`."""


class Unknown(Exception):  # noqa: N818 it says what a reader has to know, and nothing has failed
    """A condition that the server can't evaluate."""


def translate(document: str, bucket: str, principal: list[str] | str) -> tuple[list[dict[str, Any]], list[str]]:
    """Give what `document` says about `bucket` to `principal`, and the conditions of each Deny that isn't held."""
    found: list[dict[str, Any]] = []
    left: list[str] = []
    for statement in statements(document):
        try:
            condition = _condition(statement.get("Condition") or {})
        except Unknown as unknown:
            if statement.get("Effect") == "Deny":
                left.append(str(unknown))
            continue
        found += _said(statement, bucket, principal, condition)
    return found, left


def statements(document: str) -> list[dict[str, Any]]:
    """Give the statements of a policy's text, none if it isn't a policy."""
    try:
        read = json.loads(document)
    except ValueError:
        return []
    given = read.get("Statement") if isinstance(read, dict) else None
    return [each for each in _many(given) if isinstance(each, dict)]


def examine(text: str, parts: tuple[str, ...]) -> None:
    """Refuse a text that isn't a policy, with `parts` in each of its statements. Raises Refusal."""
    said = statements(text)
    if not said or json.loads(text).get("Version") != "1":
        raise Refusal(MALFORMED, "A policy is JSON with a Version of 1 and a Statement.")
    for each in said:
        missing = [part for part in parts if not each.get(part)]
        if missing or each["Effect"] not in ("Allow", "Deny"):
            raise Refusal(MALFORMED, f"A statement lacks {', '.join(missing) or 'a known Effect'}.")
    if len(re.sub(r"\s", "", text)) > LONGEST:
        raise Refusal("LimitExceeded.PolicyDocument.Length", f"A policy has at most {LONGEST} letters.")


def names(statement: Mapping[str, Any], key: str) -> list[str]:
    """Give the words of a statement's part, which is one or a list of them."""
    return [str(each) for each in _many(statement.get(key))]


def _many(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def _said(
    statement: Mapping[str, Any], bucket: str, principal: list[str] | str, condition: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    whole, parts = _resources(names(statement, "Resource"), bucket)
    actions = [each.removeprefix("oss:") for each in names(statement, "Action") if each.startswith(("oss:", "*"))]
    for known, resources in ((BUCKET, whole), (OBJECT, parts)):
        done = sorted({f"s3:{each}" for name in _chosen(known, actions) for each in known[name]})
        if done and resources:
            said = {"Effect": statement.get("Effect"), "Principal": {"AWS": principal}, "Action": done}
            yield said | {"Resource": resources} | ({"Condition": condition} if condition else {})


def _chosen(known: Iterable[str], patterns: Iterable[str]) -> set[str]:
    lowered = [each.lower() for each in patterns]
    return {name for name in known if any(fnmatchcase(name.lower(), each) for each in lowered)}


def _resources(given: Iterable[str], bucket: str) -> tuple[list[str], list[str]]:
    """Give what resources name of `bucket`: the bucket itself, and objects in it."""
    whole: set[str] = set()
    parts: set[str] = set()
    for each in given:
        if not each.startswith(("acs:oss:", "*")):
            continue
        named = each.split(":", PARTS)[-1]
        pattern, slash, key = named.partition("/")
        if not fnmatchcase(bucket, pattern):
            continue
        if slash:
            parts.add(f"arn:aws:s3:::{bucket}/{key or '*'}")
            continue
        whole.add(f"arn:aws:s3:::{bucket}")
        if pattern.endswith("*"):  # to the vendor a star goes on behind the slash
            parts.add(f"arn:aws:s3:::{bucket}/*")
    return sorted(whole), sorted(parts)


def _condition(given: Mapping[str, Any]) -> dict[str, Any]:
    """Give a condition in S3's words. Raises Unknown."""
    found: dict[str, Any] = {}
    for operator, pairs in given.items():
        for key, values in pairs.items():
            if operator not in OPERATORS or key not in KEYS:
                raise Unknown(f"{operator} {key}")
            found.setdefault(operator, {})[KEYS[key]] = values
    return found
