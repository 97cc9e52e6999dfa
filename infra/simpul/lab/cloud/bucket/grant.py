"""Who may do what with which bucket, gathered from all that the account has.

In: the store's RAM users, keys, policies, groups, and buckets with theirs. Out: `Access`: a key opens what the
policies of its user and its groups, and those of the bucket, allow and none of them denies.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from simpul.lab.cloud import region
from simpul.lab.cloud.bucket import policy
from simpul.lab.cloud.bucket.backing import Access
from simpul.lab.cloud.store import DELETING

if TYPE_CHECKING:
    from simpul.lab.cloud.estate import Estate
    from simpul.lab.cloud.store import Record

USER: Final = "alicloud:ram/user:User"
KEY: Final = "alicloud:ram/accessKey:AccessKey"
POLICY: Final = "alicloud:ram/policy:Policy"
ATTACHMENT: Final = "alicloud:ram/userPolicyAttachment:UserPolicyAttachment"
GROUP_ATTACHMENT: Final = "alicloud:ram/groupPolicyAttachment:GroupPolicyAttachment"
MEMBERSHIP: Final = "alicloud:ram/userGroupAttachment:UserGroupAttachment"
BUCKET: Final = "alicloud:oss/bucket:Bucket"
BUCKET_POLICY: Final = "alicloud:oss/bucketPolicy:BucketPolicy"
BUCKET_ACL: Final = "alicloud:oss/bucketAcl:BucketAcl"
BLOCK: Final = "alicloud:oss/bucketPublicAccessBlock:BucketPublicAccessBlock"

READ: Final = '{"Action": ["oss:Get*", "oss:List*"], "Resource": "*", "Effect": "Allow"}'
FULL: Final = '{"Action": "oss:*", "Resource": "*", "Effect": "Allow"}'
SYSTEM: Final = {
    "AdministratorAccess": f'{{"Version": "1", "Statement": [{FULL}]}}',
    "AliyunOSSFullAccess": f'{{"Version": "1", "Statement": [{FULL}]}}',
    "ReadOnlyAccess": f'{{"Version": "1", "Statement": [{READ}]}}',
    "AliyunOSSReadOnlyAccess": f'{{"Version": "1", "Statement": [{READ}]}}',
}
"""What the vendor's own policies say about objects; its others say nothing about them."""
EVERYBODY: Final = "*"
PUBLIC: Final = {"public-read": ["oss:GetObject"], "public-read-write": ["oss:GetObject", "oss:PutObject"]}
"""What a public bucket lets everybody do."""


def settle(estate: Estate, gone: Record | None = None) -> None:
    """Let in who may come in now; `gone` counts no more."""
    if estate.buckets is not None:
        estate.buckets.admit(lambda: gather(estate, gone))


def gather(estate: Estate, gone: Record | None = None) -> Access:
    """Give who may do what."""
    held = Held(estate, gone)
    secrets = {each.id: each.outputs["secret"] for each in held.all(KEY) if each.outputs["status"] == "Active"}
    statements = {}
    for bucket in held.all(BUCKET):
        said, left = held.statements(bucket.id, list(secrets))
        statements[bucket.id] = said
        for condition in left:
            estate.progress(f"bucket {bucket.id}: the lab doesn't hold a Deny with the condition {condition}")
    return Access(secrets, statements)


class Held:
    """What the account has at a moment, without what is going."""

    def __init__(self, estate: Estate, gone: Record | None) -> None:
        """Look at `estate`'s store."""
        self._store = estate.store
        self._gone = gone

    def all(self, token: str) -> list[Record]:
        """Give the records of a type that count."""
        gone = (self._gone.token, self._gone.id) if self._gone else None
        return [each for each in self._store.all(token) if each.state != DELETING and (each.token, each.id) != gone]

    def statements(self, bucket: str, keys: list[str]) -> tuple[list[dict[str, Any]], list[str]]:
        """Give a bucket's statements for those who have `keys`, and what isn't held of them."""
        found: list[dict[str, Any]] = []
        left: list[str] = []
        for key in self.all(KEY):
            if key.id in keys:
                for document in self._documents(str(key.outputs["userName"])):
                    said, unheld = policy.translate(document, bucket, [key.id])
                    found, left = found + said, left + unheld
        for principal, document in self._own(bucket, keys):
            said, unheld = policy.translate(document, bucket, principal)
            found, left = found + said, left + unheld
        return found, left

    def _documents(self, user: str) -> Iterator[str]:
        """Give the texts of the policies that a user has, also by the groups it is in."""
        groups = {each.outputs["groupName"] for each in self.all(MEMBERSHIP) if each.outputs["userName"] == user}
        given = [each for each in self.all(ATTACHMENT) if each.outputs["userName"] == user]
        given += [each for each in self.all(GROUP_ATTACHMENT) if each.outputs["groupName"] in groups]
        custom = {each.id: str(each.outputs.get("policyDocument") or "") for each in self.all(POLICY)}
        for each in given:
            known = custom if each.outputs["policyType"] == "Custom" else SYSTEM
            yield known.get(each.outputs["policyName"], "")

    def _own(self, bucket: str, keys: list[str]) -> Iterator[tuple[list[str] | str, str]]:
        """Give the bucket's own policy by whom it is about, and what its ACL lets everybody do."""
        texts = [str(each.outputs.get("policy") or "") for each in self.all(BUCKET) if each.id == bucket]
        texts += [each.outputs["policy"] for each in self.all(BUCKET_POLICY) if each.outputs["bucket"] == bucket]
        for text in texts:
            for statement in policy.statements(text):
                if principal := self._principal(policy.names(statement, "Principal"), keys):
                    yield principal, json.dumps({"Statement": [statement]})
        blocked = any(each.outputs["blockPublicAccess"] for each in self.all(BLOCK) if each.outputs["bucket"] == bucket)
        for each in self.all(BUCKET_ACL):
            if each.outputs["bucket"] == bucket and each.outputs["acl"] in PUBLIC and not blocked:
                resource = f"acs:oss:*:{region.ACCOUNT}:{bucket}/*"
                said = {"Effect": "Allow", "Action": PUBLIC[each.outputs["acl"]], "Resource": resource}
                yield EVERYBODY, json.dumps({"Statement": [said]})

    def _principal(self, given: list[str], keys: list[str]) -> list[str] | str:
        """Give the keys of those whom a statement is about: users by their ids; roles have no keys here."""
        if EVERYBODY in given:
            return EVERYBODY
        users = {each.outputs["name"] for each in self.all(USER) if each.id in given}
        return [each.id for each in self.all(KEY) if each.outputs["userName"] in users and each.id in keys]
