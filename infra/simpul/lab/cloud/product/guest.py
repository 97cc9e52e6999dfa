"""Access control lists of classic load balancers: ranges that a listener lets in, or keeps out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from simpul.lab.cloud.kind import Kind
from simpul.lab.cloud.reference import Reference
from simpul.lab.cloud.rule import Cidr, Sole

if TYPE_CHECKING:
    from simpul.lab.cloud.estate import Estate
    from simpul.lab.cloud.store import Record

ACL: Final = "alicloud:slb/acl:Acl"
ENTRY: Final = "alicloud:slb/aclEntryAttachment:AclEntryAttachment"


class Acl(Kind):
    """A list."""

    token = ACL
    prefix = "acl"

    def describe(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Give its entries."""
        mine = [each.outputs for each in estate.store.all(ENTRY) if each.outputs["aclId"] == record.id]
        return {"entryLists": [{"entry": each["entry"], "comment": each.get("comment", "")} for each in mine]}


class AclEntryAttachment(Kind):
    """An entry of a list, whose id says all of it."""

    token = ENTRY
    parts = ("aclId", "entry")
    references = (Reference("aclId", ACL, "AclNotExist", "AclHasEntry"),)
    rules = (Cidr("entry", "InvalidParameter.AclEntry"), Sole(("aclId", "entry"), "AclEntryExist"))
