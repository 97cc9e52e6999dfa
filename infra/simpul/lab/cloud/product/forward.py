"""DNAT entries of a NAT gateway: an address and a port that lead to a machine inside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

from simpul.lab.cloud.kind import Kind, Order
from simpul.lab.cloud.product.eip import bound
from simpul.lab.cloud.product.nat import GATEWAY
from simpul.lab.cloud.reference import Reference
from simpul.lab.cloud.refusal import Refusal
from simpul.lab.cloud.rule import Address, Form, Sole

if TYPE_CHECKING:
    from simpul.lab.cloud.store import Record

PORT: Final = r"any|\d{1,5}(/\d{1,5})?"


class ForwardEntry(Kind):
    """A DNAT entry."""

    token = "alicloud:vpc/forwardEntry:ForwardEntry"  # noqa: S105 not a password
    prefix = "fwd"
    parts = ("forwardTableId", "forwardEntryId")
    own = "forwardEntryId"
    stable: ClassVar[Mapping[str, Any]] = {"status": "Available"}
    references = (
        Reference(
            "forwardTableId", GATEWAY, "InvalidForwardTableId.NotFound", "DependencyViolation.*", by="forwardTableIds"
        ),
    )
    rules = (
        Address("internalIp", "InvalidInternalIp.Malformed"),
        Form("internalPort", PORT, "InvalidInternalPort.Malformed"),
        Form("externalPort", PORT, "InvalidExternalPort.Malformed"),
        Sole(("forwardTableId", "externalIp", "externalPort", "ipProtocol"), "Forbidden.ExternalIp.Duplicated"),
    )

    def examine(self, order: Order) -> None:
        """Refuse an address that isn't bound to the gateway."""
        table, address = order.inputs["forwardTableId"], order.inputs["externalIp"]
        gateways = [each.id for each in order.estate.store.all(GATEWAY) if each.outputs["forwardTableIds"] == table]
        if not any(address in bound(order.estate, each) for each in gateways):
            raise Refusal("InvalidIp.NotInNatgw", f"The address {address} is not bound to the gateway of {table}.")

    def listed(self, record: Record) -> str:
        """Give its own id: lists leave the table out, which the vendor's plugin puts before it."""
        return str(record.outputs["forwardEntryId"])
