"""Resource groups: their names are taken once in an account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from simpul.lab.cloud import reference, region
from simpul.lab.cloud.kind import Kind, Order
from simpul.lab.cloud.refusal import Refusal


class ResourceGroup(Kind):
    """A resource group."""

    token = reference.GROUP
    stable: ClassVar[Mapping[str, Any]] = {"status": "OK"}

    def examine(self, order: Order) -> None:
        """Refuse a name that is taken."""
        name = _name(order.inputs)
        if name and any(_name(each.outputs) == name for each in order.others()):
            raise Refusal("EntityAlreadyExists.ResourceGroup", f"The resource group {name} already exists.")

    def mint(self, order: Order) -> str:
        """Make an id as the vendor's: `rg-aek` and twelve letters."""
        del order
        return f"rg-aek{region.letters(12)}"

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Give both spellings of its name, and where it is."""
        del identity
        name = _name(order.inputs) or order.inputs["displayName"]
        place = {"regionId": order.estate.region, "status": "OK"}
        return {"resourceGroupName": name, "name": name, "regionStatuses": [place]}


def _name(values: Mapping[str, Any]) -> str | None:
    return values.get("resourceGroupName") or values.get("name")
