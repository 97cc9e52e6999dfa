"""Resource Access Management: users with their keys, groups, roles, policies, and who has which.

A key of a user opens the account's buckets as its policies allow, on the S3 server that stands behind them.
"""

from __future__ import annotations

import re
import secrets
import string
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

from simpul.lab.cloud import region
from simpul.lab.cloud.bucket import grant, policy
from simpul.lab.cloud.kind import Kind, Order
from simpul.lab.cloud.reference import Reference
from simpul.lab.cloud.refusal import Refusal
from simpul.lab.cloud.rule import Form, Known, Needed, Sole

if TYPE_CHECKING:
    from simpul.lab.cloud.estate import Estate
    from simpul.lab.cloud.store import Record

USER, KEY, POLICY = grant.USER, grant.KEY, grant.POLICY
GROUP: Final = "alicloud:ram/group:Group"
ROLE: Final = "alicloud:ram/role:Role"
ROLE_ATTACHMENT: Final = "alicloud:ram/rolePolicyAttachment:RolePolicyAttachment"
ATTACHMENTS: Final = {
    grant.ATTACHMENT: ("user", "userName"),
    grant.GROUP_ATTACHMENT: ("group", "groupName"),
    ROLE_ATTACHMENT: ("role", "roleName"),
}
"""What policies are attached to, and by which property."""
NAME: Final = r"[A-Za-z0-9._@-]{1,64}"
SYSTEM: Final = re.compile(r"AdministratorAccess|ReadOnlyAccess|Aliyun[A-Za-z0-9]+")
"""The form of the names of the vendor's own policies."""
MOST_KEYS: Final = 2
SERVICE_ROLES: Final = ("aliyunrdsinstanceencryptiondefaultrole",)
"""Roles of the vendor's own services that are there before a city is: its owner lets a console make them once."""


class User(Kind):
    """A user."""

    token = USER
    rules = (
        Form("name", NAME, "InvalidParameter.UserName.InvalidChars"),
        Sole(("name",), "EntityAlreadyExists.User"),
    )
    unread: ClassVar[frozenset[str]] = frozenset({"force"})

    def draw(self, order: Order) -> str:
        """Make an id as the vendor's: eighteen digits."""
        del order
        return _digits()

    def describe(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Give its name as lists have it."""
        del estate
        return {"userName": record.outputs["name"], "userId": record.id}

    def guard(self, estate: Estate, record: Record) -> None:
        """Refuse to go with keys, policies or groups, unless it was told to."""
        name = record.outputs["name"]
        holds = {KEY: "AccessKey", grant.ATTACHMENT: "Policy", grant.MEMBERSHIP: "Group"}
        for token, word in holds.items():
            if not record.outputs.get("force") and _with(estate, token, "userName", name):
                raise Refusal(f"DeleteConflict.User.{word}", f"The user {name} has a {word} still.")

    def alter(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Let what is the user's go on under its name of now."""
        del record
        grant.settle(estate)
        return {}

    def dismantle(self, estate: Estate, record: Record) -> None:
        """Remove what is its own."""
        for token in (KEY, grant.ATTACHMENT, grant.MEMBERSHIP, "alicloud:ram/loginProfile:LoginProfile"):
            for each in _with(estate, token, "userName", record.outputs["name"]):
                estate.store.remove(each)
        grant.settle(estate, record)


class AccessKey(Kind):
    """A user's key. Its secret is told once, to who makes it."""

    token = KEY
    references = (Reference("userName", USER, "EntityNotExist.User", "", by="name"),)
    rules = (Needed(("userName",), "MissingParameter.UserName"),)  # the account's own key is nobody's in the lab
    unread: ClassVar[frozenset[str]] = frozenset({"secretFile", "pgpKey"})
    stable: ClassVar[Mapping[str, Any]] = {"status": "Active"}

    def examine(self, order: Order) -> None:
        """Refuse a third key, and a secret that the vendor's plugin would write elsewhere than into its state."""
        name = order.inputs["userName"]
        if len([each for each in order.others() if each.outputs.get("userName") == name]) >= MOST_KEYS:
            raise Refusal("LimitExceeded.User.AccessKey", f"The user {name} has {MOST_KEYS} keys already.")
        if order.inputs.get("secretFile") or order.inputs.get("pgpKey"):
            words = "The lab's cloud runs elsewhere, writes no files for you and encrypts no secret."
            raise Refusal("UnsupportedParameter.SecretFile", words)

    def draw(self, order: Order) -> str:
        """Make an id as the vendor's: `LTAI5t` and eighteen letters."""
        del order
        return f"LTAI5t{''.join(secrets.choice(string.ascii_letters + string.digits) for _ in range(18))}"

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Make its secret."""
        del order, identity
        return {"secret": "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(30))}

    def realize(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Let it in."""
        del record
        grant.settle(estate)
        return {}

    def alter(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Let it in, or no more."""
        return self.realize(estate, record)

    def dismantle(self, estate: Estate, record: Record) -> None:
        """Let it in no more."""
        grant.settle(estate, record)


class Policy(Kind):
    """A policy of the account's own."""

    token = POLICY
    parts = ("policyName",)
    rules = (
        Form("policyName", r"[A-Za-z0-9-]{1,128}", "InvalidParameter.PolicyName.InvalidChars"),
        Sole(("policyName",), "EntityAlreadyExists.Policy"),
    )
    unread: ClassVar[frozenset[str]] = frozenset({"force", "rotateStrategy"})
    stable: ClassVar[Mapping[str, Any]] = {"type": "Custom", "defaultVersion": "v1", "versionId": "v1"}

    def examine(self, order: Order) -> None:
        """Refuse a document that isn't one."""
        text = _document(order.inputs)
        if text:
            policy.examine(text, ("Effect", "Action", "Resource"))

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Give both spellings."""
        text = _document(order.inputs)
        return {"policyName": identity, "name": identity, "policyDocument": text, "document": text}

    def observe(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Count who has it."""
        return {"attachmentCount": len(_attached(estate, record.id))}

    def guard(self, estate: Estate, record: Record) -> None:
        """Refuse to go while somebody has it, unless it was told to."""
        for each in _attached(estate, record.id):
            if not record.outputs.get("force"):
                word = ATTACHMENTS[each.token][0].capitalize()
                raise Refusal(f"DeleteConflict.Policy.{word}", f"The policy {record.id} is attached: {each.id}.")

    def alter(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Make it hold as it is now, as a new version."""
        grant.settle(estate)
        number = int(str(record.outputs["defaultVersion"]).removeprefix("v")) + 1
        text = _document(record.inputs)
        version = f"v{number}"
        return {"defaultVersion": version, "versionId": version, "policyDocument": text, "document": text}

    def dismantle(self, estate: Estate, record: Record) -> None:
        """Take it from all who have it."""
        for each in _attached(estate, record.id):
            estate.store.remove(each)
        grant.settle(estate, record)


class Group(Kind):
    """A group of users."""

    token = GROUP
    parts = ("groupName",)
    rules = (
        Form("groupName", NAME, "InvalidParameter.GroupName.InvalidChars"),
        Sole(("groupName",), "EntityAlreadyExists.Group"),
    )
    unread: ClassVar[frozenset[str]] = frozenset({"force"})

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Give both spellings of its name."""
        del order
        return {"groupName": identity, "name": identity}

    def guard(self, estate: Estate, record: Record) -> None:
        """Refuse to go with users or policies, unless it was told to."""
        for token, word in ((grant.MEMBERSHIP, "User"), (grant.GROUP_ATTACHMENT, "Policy")):
            if not record.outputs.get("force") and _with(estate, token, "groupName", record.id):
                raise Refusal(f"DeleteConflict.Group.{word}", f"The group {record.id} has a {word} still.")

    def dismantle(self, estate: Estate, record: Record) -> None:
        """Remove what is its own."""
        for token in (grant.MEMBERSHIP, grant.GROUP_ATTACHMENT):
            for each in _with(estate, token, "groupName", record.id):
                estate.store.remove(each)
        grant.settle(estate, record)


class Role(Kind):
    """A role that users, services or workloads take on."""

    token = ROLE
    parts = ("roleName",)
    rules = (
        Form("roleName", NAME, "InvalidParameter.RoleName.InvalidChars"),
        Sole(("roleName",), "EntityAlreadyExists.Role"),
        Known("maxSessionDuration", range(3600, 43201), "InvalidParameter.MaxSessionDuration"),
    )
    unread: ClassVar[frozenset[str]] = frozenset({"force"})
    stable: ClassVar[Mapping[str, Any]] = {"maxSessionDuration": 3600}

    def examine(self, order: Order) -> None:
        """Refuse a document that isn't one."""
        text = _trust(order.inputs)
        if text:
            policy.examine(text, ("Effect", "Action", "Principal"))

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Give its names and who may take it on."""
        text = _trust(order.inputs)
        return {
            "roleName": identity,
            "name": identity,
            "arn": f"acs:ram::{region.ACCOUNT}:role/{identity.lower()}",
            "roleId": f"3{_digits()[1:]}",
            "assumeRolePolicyDocument": text,
            "document": text,
        }

    def guard(self, estate: Estate, record: Record) -> None:
        """Refuse to go with policies, unless it was told to."""
        if not record.outputs.get("force") and _with(estate, ROLE_ATTACHMENT, "roleName", record.id):
            raise Refusal("DeleteConflict.Role.Policy", f"The role {record.id} has a policy still.")

    def alter(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Give both spellings of who may take it on now."""
        del estate
        text = _trust(record.inputs)
        return {"assumeRolePolicyDocument": text, "document": text}

    def dismantle(self, estate: Estate, record: Record) -> None:
        """Remove what is its own."""
        for each in _with(estate, ROLE_ATTACHMENT, "roleName", record.id):
            estate.store.remove(each)


class _Attachment(Kind):
    """A policy that somebody has."""

    def examine(self, order: Order) -> None:
        """Refuse a policy that isn't there."""
        name, kind = order.inputs["policyName"], order.inputs["policyType"]
        known = order.estate.store.get(POLICY, name) if kind == "Custom" else SYSTEM.fullmatch(name)
        if known is None:
            raise Refusal("EntityNotExist.Policy", f"The policy {name} does not exist.")

    def mint(self, order: Order) -> str:
        """Make an id as the vendor's plugin does: kind of holder, policy, its type, holder."""
        kind, holder = ATTACHMENTS[self.token]
        return f"{kind}:{order.inputs['policyName']}:{order.inputs['policyType']}:{order.inputs[holder]}"

    def realize(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Let it hold."""
        del record
        grant.settle(estate)
        return {}

    def dismantle(self, estate: Estate, record: Record) -> None:
        """Let it hold no more."""
        grant.settle(estate, record)


class UserPolicyAttachment(_Attachment):
    """A policy that a user has."""

    token = grant.ATTACHMENT
    references = (Reference("userName", USER, "EntityNotExist.User", "", by="name"),)
    rules = (Sole(("policyName", "policyType", "userName"), "EntityAlreadyExists.User.Policy"),)


class GroupPolicyAttachment(_Attachment):
    """A policy that the users of a group have."""

    token = grant.GROUP_ATTACHMENT
    references = (Reference("groupName", GROUP, "EntityNotExist.Group", "", by="groupName"),)
    rules = (Sole(("policyName", "policyType", "groupName"), "EntityAlreadyExists.Group.Policy"),)


class RolePolicyAttachment(_Attachment):
    """A policy that a role has."""

    token = ROLE_ATTACHMENT
    references = (Reference("roleName", ROLE, "EntityNotExist.Role", "", by="roleName"),)
    rules = (Sole(("policyName", "policyType", "roleName"), "EntityAlreadyExists.Role.Policy"),)


class UserGroupAttachment(Kind):
    """A user in a group."""

    token = grant.MEMBERSHIP
    parts = ("groupName", "userName")
    references = (
        Reference("groupName", GROUP, "EntityNotExist.Group", "", by="groupName"),
        Reference("userName", USER, "EntityNotExist.User", "", by="name"),
    )
    rules = (Sole(("groupName", "userName"), "EntityAlreadyExists.User.Group"),)

    def realize(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Let the group's policies hold for the user."""
        del record
        grant.settle(estate)
        return {}

    def dismantle(self, estate: Estate, record: Record) -> None:
        """Let them hold no more."""
        grant.settle(estate, record)


def examine_role(estate: Estate, arn: str | None) -> None:
    """Refuse a role that the account hasn't. Raises Refusal."""
    if not arn:
        return
    name = arn.removeprefix(f"acs:ram::{region.ACCOUNT}:role/").lower()
    if name not in SERVICE_ROLES and name not in (each.id.lower() for each in estate.store.all(ROLE)):
        raise Refusal("InvalidRoleArn.NotFound", f"The role {arn} does not exist, or RDS may not take it.")


def _with(estate: Estate, token: str, name: str, value: str) -> list[Record]:
    return [each for each in estate.store.all(token) if each.outputs.get(name) == value]


def _attached(estate: Estate, name: str) -> list[Record]:
    found = [each for token in ATTACHMENTS for each in _with(estate, token, "policyName", name)]
    return [each for each in found if each.outputs["policyType"] == "Custom"]


def _document(values: Mapping[str, Any]) -> str:
    return str(values.get("policyDocument") or values.get("document") or "")


def _trust(values: Mapping[str, Any]) -> str:
    return str(values.get("assumeRolePolicyDocument") or values.get("document") or "")


def _digits() -> str:
    return f"2{secrets.randbelow(10**17):017d}"
