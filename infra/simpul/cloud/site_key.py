"""The key by which sites write their backups to the cloud, where no role can be taken: a RAM user with an end.

In: the frame, the backup bucket and its key. Out: an access key. It opens that bucket and nothing else, can't delete,
and stops on the day that the city declares.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_alicloud as alicloud

from simpul.cloud import day, grant
from simpul.cloud.found import Listed, ask
from simpul.cloud.frame import Frame
from simpul.cloud.identity import Identity

OBJECT = ("oss:PutObject", "oss:GetObject", "oss:ListParts", "oss:AbortMultipartUpload")
"""What a backup does with objects: not delete."""

PART = "sites"


@dataclass(frozen=True)
class SiteKeyArgs:
    """What the key stands in, the bucket that it opens, and the name in policies of the key that encrypts there."""

    frame: Frame
    bucket: pulumi.Output[str]
    key_arn: pulumi.Output[str]


class SiteKey(pulumi.ComponentResource):
    """A RAM user that never logs in, its only policy, and its access key."""

    id_: pulumi.Output[str]
    secret: pulumi.Output[str]

    def __init__(self, name: str, args: SiteKeyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the key `name` as `args` say."""
        super().__init__("simpul:cloud:SiteKey", name, {}, opts)
        frame = args.frame
        part, sole = frame.identity.name(PART), frame.identity.sole_name(PART)
        user = alicloud.ram.User(
            part,
            name=sole,
            display_name=f"Sites of {frame.identity.title}",
            comments=f"Writes backups until {frame.city.keys_end}",
            force=not frame.city.cloud.protect,
            opts=frame.child(self, alicloud.ram.User, sole),
        )
        until = day.end(frame.city.keys_end, frame.city.timezone)
        document = pulumi.Output.all(args.bucket, args.key_arn).apply(
            lambda known: _document(frame.account, known[0], known[1], until)
        )
        policy = alicloud.ram.Policy(
            part,
            policy_name=sole,
            description="What a site needs to write its backups",
            policy_document=document,
            rotate_strategy="DeleteOldestNonDefaultVersionWhenLimitExceeded",
            tags=frame.identity.tags(),
            opts=frame.child(self, alicloud.ram.Policy, sole),
        )
        attachment = alicloud.ram.UserPolicyAttachment(
            part,
            user_name=user.name,
            policy_name=policy.policy_name,
            policy_type="Custom",
            opts=frame.child(self, alicloud.ram.UserPolicyAttachment, sole),
        )
        key = alicloud.ram.AccessKey(
            part, user_name=user.name, status="Active", opts=frame.child(self, depends_on=[attachment])
        )
        self.id_, self.secret = key.id, pulumi.Output.secret(key.secret)
        self.register_outputs({"userName": user.name})


def _document(account: str, bucket: str, key: str, until: str) -> str:
    resource = f"acs:oss:*:{account}:{bucket}"
    granted = ((OBJECT, f"{resource}/*"), (grant.SHELF, resource), (grant.KEY, key))
    ends = {"DateLessThan": {"acs:CurrentTime": until}}
    return grant.document(grant.allow(actions, [target], ends) for actions, target in granted)


async def listed(identity: Identity) -> Listed:
    """List what the cloud holds of the user. A key whose secret nobody was told isn't adopted: it is of no use."""
    name = identity.sole_name(PART)
    for user in (await ask(alicloud.ram.get_users_output(name_regex=f"^{name}$"))).users:
        yield alicloud.ram.User, name, user.id
    for policy in (await ask(alicloud.ram.get_policies_output(name_regex=f"^{name}$", type="Custom"))).policies:
        yield alicloud.ram.Policy, name, policy.id
        if policy.attachment_count:
            yield alicloud.ram.UserPolicyAttachment, name, f"user:{name}:Custom:{name}"
