"""The key by which a site writes its backups to the cloud, where no role can be taken: a RAM user with an end.

In: the frame, the site, the backup bucket and its key. Out: an access key. It opens the site's own folder in that
bucket and nothing else, and stops on the day that the city declares. It deletes nothing but what is no longer locked:
what the site clears away itself, so that its last backup stays for however long the site is silent
(docs/adr/0032-site-backups.md).
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_alicloud as alicloud

from simpul.city import Site
from simpul.cloud import day, grant
from simpul.cloud.found import Listed, ask
from simpul.cloud.frame import Frame
from simpul.cloud.identity import Identity

OBJECT = ("oss:PutObject", "oss:GetObject", "oss:ListParts", "oss:AbortMultipartUpload")
"""What a backup does with objects."""

DELETE = ("oss:DeleteObject",)
"""What clears old backups away, where a lock keeps whoever took the key from the others."""

LIST = ("oss:ListObjects",)

PART = "site-"


@dataclass(frozen=True)
class SiteKeyArgs:
    """What the key stands in, whose it is, the bucket that it opens, and the name in policies of what encrypts there.

    `is_locked` says whether nothing can be taken from the bucket before its days are over.
    """

    frame: Frame
    site: Site
    bucket: pulumi.Output[str]
    key_arn: pulumi.Output[str]
    is_locked: bool


class SiteKey(pulumi.ComponentResource):
    """A RAM user that never logs in, its only policy, and its access key."""

    id_: pulumi.Output[str]
    secret: pulumi.Output[str]

    def __init__(self, name: str, args: SiteKeyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the key `name` as `args` say."""
        super().__init__("simpul:cloud:SiteKey", name, {}, opts)
        frame = args.frame
        called = f"{PART}{args.site.slug}"
        part, sole = frame.identity.name(called), frame.identity.sole_name(called)
        user = alicloud.ram.User(
            part,
            name=sole,
            display_name=f"Site {args.site.code} of {frame.identity.title}",
            comments=f"Writes backups until {frame.city.keys_end}",
            force=not frame.city.cloud.protect,
            opts=frame.child(self, alicloud.ram.User, sole),
        )
        until = day.end(frame.city.keys_end, frame.city.timezone)
        own = folder(args.site)
        said = pulumi.Output.all(args.bucket, args.key_arn).apply(
            lambda known: document(frame.account, known[0], known[1], own, until, deletes=args.is_locked)
        )
        policy = alicloud.ram.Policy(
            part,
            policy_name=sole,
            description="What a site needs to write its backups",
            policy_document=said,
            rotate_strategy="DeleteOldestNonDefaultVersionWhenLimitExceeded",
            tags=frame.identity.tags(site=args.site.code),
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


def folder(site: Site) -> str:
    """Give the folder of `site` in the bucket, with its slash."""
    return f"sites/{site.slug}/"


def document(account: str, bucket: str, key: str, own: str, until: str, *, deletes: bool) -> str:
    """Write what a site's key may until a moment: with objects of its `own` folder alone, and to list those.

    `key` is what encrypts in the bucket of the `account`. It `deletes` where a lock keeps what isn't over.
    """
    resource = f"acs:oss:*:{account}:{bucket}"
    ends = {"DateLessThan": {"acs:CurrentTime": until}}
    actions = (*OBJECT, *DELETE) if deletes else OBJECT
    return grant.document(
        [
            grant.allow(actions, [f"{resource}/{own}*"], ends),
            grant.allow(LIST, [resource], {**ends, "StringLike": {"oss:Prefix": [f"{own}*"]}}),
            grant.allow(grant.KEY, [key], ends),
        ]
    )


async def listed(identity: Identity) -> Listed:
    """List what the cloud holds of the users. A key whose secret nobody was told isn't adopted: it is of no use."""
    pattern = f"^{identity.sole_name(PART)}"
    for user in (await ask(alicloud.ram.get_users_output(name_regex=pattern))).users:
        yield alicloud.ram.User, user.name, user.id
    for policy in (await ask(alicloud.ram.get_policies_output(name_regex=pattern, type="Custom"))).policies:
        name = policy.policy_name
        yield alicloud.ram.Policy, name, policy.id
        if policy.attachment_count:
            yield alicloud.ram.UserPolicyAttachment, name, f"user:{name}:Custom:{name}"
