"""Who may do what in the city's cloud: roles, each with the least that its use needs.

    operator       people of the city, with a second factor: read everything, and mend what is the stack's own
    preview        a pipeline: reads what a preview compares, and no secret
    vendor         a company, if one is declared: reads and mends in its area, until its last day
    NAME           the workload of the store NAME: its own bucket, by its service account in the cluster

In: the frame, the cluster's identity provider, buckets and keys. Out: handles of the roles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_alicloud as alicloud

from simpul.city import Purpose, Store, Vendor
from simpul.cloud import day, grant
from simpul.cloud.cluster import Trust
from simpul.cloud.found import Listed, ask
from simpul.cloud.frame import Frame
from simpul.cloud.identity import Identity
from simpul.cloud.key import Keys
from simpul.handover import BucketHandle, RoleHandle

SESSION_SECONDS = 3600
"""For how long a role is taken at once: the least that the vendor has."""

OPERATED = (grant.KUBECONFIG, *grant.TUNNELS, "log:GetLogStoreLogs")
"""What opens something and people need to mend it: the cluster, tunnels, logs. Citizens' data isn't among it."""

PREVIEWED = (grant.KUBECONFIG, *grant.TUNNELS)
"""What the program itself asks for, whoever runs it. In the cluster nothing is granted to this role; a tunnel's key
alone opens nothing but from its office's address."""

SECOND_FACTOR: grant.Condition = {"Bool": {"acs:MFAPresent": "true"}}


@dataclass(frozen=True)
class AccessArgs:
    """What the roles stand in: who vouches for service accounts, which buckets there are, which keys encrypt them."""

    frame: Frame
    trust: Trust
    buckets: Sequence[BucketHandle]
    keys: Keys


class Access(pulumi.ComponentResource):
    """The roles of people, of a pipeline, of a vendor and of workloads. `roles` is what they are called."""

    roles: tuple[RoleHandle, ...]

    def __init__(self, name: str, args: AccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the roles `name` as `args` say."""
        super().__init__("simpul:cloud:Access", name, {}, opts)
        self._args, self._frame = args, args.frame
        city = args.frame.city
        names = {bucket.store: bucket.name for bucket in args.buckets if bucket.purpose is Purpose.DATA}
        self.roles = (
            self._operator(),
            self._preview(),
            *([self._vendor(city.vendor)] if city.vendor else []),
            *(self._workload(store, names[store.name]) for store in city.cloud.stores if store.bucket),
        )
        self.register_outputs({"roles": {role.name: role.arn for role in self.roles}})

    def _operator(self) -> RoleHandle:
        identity = self._frame.identity
        own = grant.tagged(identity.wilayah, identity.stack)
        permissions = [
            grant.allow(grant.READS),
            grant.allow(grant.OPERATIONS, when=own),
            grant.deny(_others(OPERATED)),
        ]
        trust = grant.people(self._frame.account, SECOND_FACTOR)
        return self._role(
            Purpose.OPERATOR, "People of the city, who read all and mend", trust, grant.document(permissions)
        )

    def _preview(self) -> RoleHandle:
        permissions = grant.document([grant.allow(grant.READS), grant.deny(_others(PREVIEWED))])
        trust = grant.people(self._frame.account)
        return self._role(Purpose.PREVIEW, "A pipeline, which says what would change", trust, permissions)

    def _vendor(self, vendor: Vendor) -> RoleHandle:
        city = self._frame.city
        until = day.end(vendor.ends, city.timezone)
        within = grant.within(city.wilayah, vendor.area, until)
        permissions = [
            grant.allow(grant.READS, when=within),
            grant.allow(grant.OPERATIONS, when=within),
            grant.deny(grant.SECRETS),
        ]
        until_then: grant.Condition = {**SECOND_FACTOR, "DateLessThan": {"acs:CurrentTime": until}}
        trust = grant.people(vendor.account, until_then)
        said = f"{vendor.name}, in {vendor.area} until {vendor.ends}"
        return self._role(Purpose.VENDOR, said, trust, grant.document(permissions))

    def _workload(self, store: Store, bucket: str) -> RoleHandle:
        trusted = self._args.trust
        trust = pulumi.Output.all(trusted.provider, trusted.issuer).apply(
            lambda known: grant.workload(known[0], known[1], store.name)
        )
        resource = f"acs:oss:*:{self._frame.account}:{bucket}"
        permissions = self._args.keys.key_arn(store.data).apply(
            lambda key: grant.document(
                [
                    grant.allow(grant.FILES, [f"{resource}/*"]),
                    grant.allow(grant.SHELF, [resource]),
                    grant.allow(grant.KEY, [key]),
                ]
            )
        )
        return self._role(Purpose.WORKLOAD, f"The workload {store.name}", trust, permissions, store)

    def _role(
        self,
        purpose: Purpose,
        description: str,
        trust: pulumi.Input[str],
        permissions: pulumi.Input[str],
        store: Store | None = None,
    ) -> RoleHandle:
        frame, part = self._frame, f"store-{store.name}" if store else purpose.value
        name, sole = frame.identity.name(part), frame.identity.sole_name(part)
        whose, data = (store.name, store.data) if store else ("platform", "internal")
        tags = frame.identity.tags(workload=whose, data=data, purpose=purpose)
        role = alicloud.ram.Role(
            name,
            role_name=sole,
            description=description,
            assume_role_policy_document=trust,
            max_session_duration=SESSION_SECONDS,
            force=True,  # a policy that a person attached by hand doesn't keep it
            tags=tags,
            opts=frame.child(self, alicloud.ram.Role, sole),
        )
        policy = alicloud.ram.Policy(
            name,
            policy_name=sole,
            description=description,
            policy_document=permissions,
            rotate_strategy="DeleteOldestNonDefaultVersionWhenLimitExceeded",
            tags=tags,
            opts=frame.child(self, alicloud.ram.Policy, sole),
        )
        alicloud.ram.RolePolicyAttachment(
            name,
            role_name=role.role_name,
            policy_name=policy.policy_name,
            policy_type="Custom",
            opts=frame.child(self, alicloud.ram.RolePolicyAttachment, sole),
        )
        return RoleHandle(purpose, store.name if store else "", sole, role.arn)


def _others(needed: Sequence[str]) -> list[str]:
    """Give the reads of secrets that aren't `needed`."""
    return [action for action in grant.SECRETS if action not in needed]


async def listed(identity: Identity) -> Listed:
    """List what the cloud holds of the roles, by the stack's tags. A policy has its role's name."""
    for role in (await ask(alicloud.ram.get_roles_output(name_regex=f"^{identity.sole}-", tags=identity.mark))).roles:
        yield alicloud.ram.Role, role.name, role.name  # the plugin knows a role by its name, the list gives an id too
        for attachment in (await ask(alicloud.ram.get_role_policy_attachments_output(role_name=role.name))).attachments:
            if attachment.policy_name == role.name:
                yield alicloud.ram.RolePolicyAttachment, role.name, attachment.id
    policies = alicloud.ram.get_policies_output(name_regex=f"^{identity.sole}-", tags=identity.mark, type="Custom")
    for policy in (await ask(policies)).policies:
        yield alicloud.ram.Policy, policy.policy_name, policy.id
