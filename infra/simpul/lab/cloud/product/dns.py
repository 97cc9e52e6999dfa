"""Alibaba Cloud DNS: domains that the world sees."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

from simpul.lab.cloud.kind import Kind, Order
from simpul.lab.cloud.product.pvtz import DOMAIN as NAME
from simpul.lab.cloud.product.pvtz import HOST
from simpul.lab.cloud.reference import Reference
from simpul.lab.cloud.rule import Form, Known, Needed, Sole

if TYPE_CHECKING:
    from simpul.lab.cloud.estate import Estate
    from simpul.lab.cloud.store import Record

DOMAIN: Final = "alicloud:dns/alidnsDomain:AlidnsDomain"
RECORD: Final = "alicloud:dns/alidnsRecord:AlidnsRecord"
TYPES: Final = ("A", "NS", "MX", "TXT", "CNAME", "SRV", "AAAA", "CAA", "REDIRECT_URL", "FORWORD_URL", "SVCB", "HTTPS")
LEAST_TTL: Final = 600
"""Seconds; less is sold in dearer editions."""


class AlidnsDomain(Kind):
    """A domain: its name is its id, and is taken once. A domain that goes takes its records along."""

    token = DOMAIN
    parts = ("domainName",)
    stable: ClassVar[Mapping[str, Any]] = {"dnsServers": ["ns1.alidns.com", "ns2.alidns.com"]}
    rules = (
        Form("domainName", rf"(?=.*\.){NAME}", "InvalidDomainName.Format"),
        Sole(("domainName",), "InvalidDomainName.Duplicate"),
    )

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Give the id by which the vendor itself knows it."""
        del order
        return {"domainId": str(uuid.uuid4()), "punyCode": identity}

    def dismantle(self, estate: Estate, record: Record) -> None:
        """Take its records along."""
        for each in estate.store.all(RECORD):
            if each.outputs["domainName"] == record.id:
                estate.dismantle(each)


class AlidnsRecord(Kind):
    """A record of a domain."""

    token = RECORD
    references = (Reference("domainName", DOMAIN, "InvalidDomainName.NoExist", ""),)
    rules = (
        Form("rr", HOST, "InvalidRR.Format"),
        Known("type", TYPES, "InvalidType.NotSupported"),
        Known("ttl", range(LEAST_TTL, 86401), "QuotaExceeded.TTL"),
        Needed(("priority",), "MissingPriority", ("type", ("MX",))),
        Sole(("domainName", "rr", "type", "value", "line"), "DomainRecordDuplicate"),
    )

    def draw(self, order: Order) -> str:
        """Make an id as the vendor's: a number of 18 digits."""
        del order
        return str(secrets.randbelow(9 * 10**17) + 10**17)

    def describe(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Give its id as lists call it."""
        del estate
        return {"recordId": record.id}
