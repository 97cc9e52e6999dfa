"""The record of who did what in the account: every call, in every region, to where it is searched and where it stays.

In: the frame, the log project, and the audit bucket with its key. Out: nothing that others need.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_alicloud as alicloud

from simpul.city import Purpose
from simpul.cloud import grant
from simpul.cloud.found import Listed, ask
from simpul.cloud.frame import Frame
from simpul.cloud.identity import Identity
from simpul.cloud.logs import LogStores

PART = "trail"
LONGEST = 36
"""Letters of a trail's name."""

PREFIX = "actiontrail"
"""Where in the bucket the record is; the vendor wants 6 to 32 letters."""

BUCKET = (
    "oss:PutObject",
    "oss:GetBucketInfo",
    "oss:GetBucketLifecycle",
    "oss:GetBucketLocation",
    "oss:ListObjects",
)
PROJECT = ("log:GetProject",)
STORE = (
    "log:CreateLogStore",
    "log:UpdateLogStore",
    "log:CreateIndex",
    "log:UpdateIndex",
    "log:GetLogStore",
    "log:GetIndex",
    "log:GetLogStoreLogs",
    "log:PostLogStoreLogs",
)
BOARD = ("log:CreateDashboard", "log:UpdateDashboard")
SEARCH = ("log:CreateSavedSearch", "log:UpdateSavedSearch")
"""What the vendor's service does with the bucket, and with the log project: its own store, boards and searches there.

The vendor asks of a role of one's own what its AliyunServiceRoleForActionTrail has: this, and use of the bucket's key.
"""


@dataclass(frozen=True)
class AuditArgs:
    """What the record stands in: the logs, the bucket that can't be changed, the name of its key in policies."""

    frame: Frame
    logs: LogStores
    bucket: pulumi.Output[str]
    key_arn: pulumi.Output[str]


class Audit(pulumi.ComponentResource):
    """A trail of all events of all regions, with a role that lets the vendor's service write it and nothing else."""

    def __init__(self, name: str, args: AuditArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the record `name` as `args` say."""
        super().__init__("simpul:cloud:Audit", name, {}, opts)
        self._args = args
        role, attachment = self._role()
        frame = args.frame
        trail_name = frame.identity.sole_name(PART, LONGEST)
        project = args.logs.project.apply(lambda known: _project(frame, known))
        trail = alicloud.actiontrail.Trail(
            frame.identity.name(PART),
            trail_name=trail_name,
            event_rw="All",
            trail_region="All",
            status="Enable",
            oss_bucket_name=args.bucket,
            oss_key_prefix=PREFIX,
            oss_write_role_arn=role.arn,
            sls_project_arn=project,
            sls_write_role_arn=role.arn,
            opts=frame.child(self, alicloud.actiontrail.Trail, trail_name, [attachment]),
        )
        self.register_outputs({"trailName": trail.trail_name})

    def _role(self) -> tuple[alicloud.ram.Role, alicloud.ram.RolePolicyAttachment]:
        args, frame = self._args, self._args.frame
        name, sole = frame.identity.name(PART), frame.identity.sole_name(PART)
        role = alicloud.ram.Role(
            name,
            role_name=sole,
            description="Lets ActionTrail write the record of who did what",
            assume_role_policy_document=grant.service("actiontrail"),
            max_session_duration=3600,
            tags=frame.identity.tags(purpose=Purpose.AUDIT),
            opts=frame.child(self, alicloud.ram.Role, sole),
        )
        document = pulumi.Output.all(args.bucket, args.key_arn, args.logs.project).apply(
            lambda known: _document(frame, *known)
        )
        policy = alicloud.ram.Policy(
            name,
            policy_name=sole,
            description="What ActionTrail needs to write the record",
            policy_document=document,
            rotate_strategy="DeleteOldestNonDefaultVersionWhenLimitExceeded",
            tags=frame.identity.tags(),
            opts=frame.child(self, alicloud.ram.Policy, sole),
        )
        attachment = alicloud.ram.RolePolicyAttachment(
            name,
            role_name=role.role_name,
            policy_name=policy.policy_name,
            policy_type="Custom",
            opts=frame.child(self, alicloud.ram.RolePolicyAttachment, sole),
        )
        return role, attachment


def _project(frame: Frame, project: str) -> str:
    return f"acs:log:{frame.city.cloud.region}:{frame.account}:project/{project}"


def _document(frame: Frame, bucket: str, key: str, project: str) -> str:
    place, project_name = f"acs:oss:*:{frame.account}:{bucket}", _project(frame, project)
    granted = (
        (BUCKET, [place, f"{place}/*"]),
        ((*grant.KEY, "kms:DescribeKey"), [key]),
        (PROJECT, [project_name]),
        (STORE, [f"{project_name}/logstore/actiontrail_*"]),
        (BOARD, [f"{project_name}/dashboard/*"]),
        (SEARCH, [f"{project_name}/savedsearch/actiontrail_*"]),
    )
    return grant.document(grant.allow(actions, targets) for actions, targets in granted)


async def listed(identity: Identity) -> Listed:
    """List what the cloud holds of the record; its role and policy are listed with all others (access.py)."""
    trail_name = identity.sole_name(PART, LONGEST)
    for trail in (await ask(alicloud.actiontrail.get_trails_output(name_regex=f"^{trail_name}$"))).trails:
        yield alicloud.actiontrail.Trail, trail_name, trail.id
