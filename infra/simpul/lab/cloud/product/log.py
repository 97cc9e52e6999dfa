"""Log Service: projects, their stores and the indexes of these. A project that goes takes its stores along."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

from simpul.lab.cloud.kind import Kind, Order
from simpul.lab.cloud.reference import Reference
from simpul.lab.cloud.rule import Form, Sole

if TYPE_CHECKING:
    from simpul.lab.cloud.estate import Estate
    from simpul.lab.cloud.store import Record

PROJECT: Final = "alicloud:log/project:Project"
STORE: Final = "alicloud:log/store:Store"
INDEX: Final = "alicloud:log/storeIndex:StoreIndex"
PROJECT_NAME: Final = r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]"
NAME: Final = r"[a-z0-9][a-z0-9_-]{0,61}[a-z0-9]"
IN_PROJECT: Final = tuple(
    Reference(name, PROJECT, "ProjectNotExist", "", by="projectName") for name in ("projectName", "project")
)
"""The project that something is in; it may go before what is in it."""
ENDS: Final = (
    "00000000000000000000000000000000",
    "80000000000000000000000000000000",
    "ffffffffffffffffffffffffffffffff",
)


class Project(Kind):
    """A project: its name is its id, and is taken once among all of the vendor's customers."""

    token = PROJECT
    parts = ("projectName",)
    stable: ClassVar[Mapping[str, Any]] = {"status": "Normal"}
    rules = (
        Form("projectName", PROJECT_NAME, "ParameterInvalid"),
        Sole(("projectName",), "ProjectAlreadyExist"),
    )

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Give both spellings of its name."""
        del order
        return {"projectName": identity, "name": identity}

    def describe(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Give where it is, and when it changed."""
        return {"region": estate.region, "lastModifyTime": record.outputs["createTime"], "owner": ""}

    def dismantle(self, estate: Estate, record: Record) -> None:
        """Take its stores along."""
        for token in (INDEX, STORE):
            for each in estate.store.all(token):
                if each.outputs.get("projectName", each.outputs.get("project")) == record.id:
                    estate.dismantle(each)


class Store(Kind):
    """A store of a project."""

    token = STORE
    parts = ("projectName", "logstoreName")
    references = IN_PROJECT
    stable: ClassVar[Mapping[str, Any]] = {"mode": "standard", "meteringMode": "ChargeByFunction"}
    rules = (
        Form("logstoreName", NAME, "ParameterInvalid"),
        Sole(("projectName", "logstoreName"), "LogStoreAlreadyExist"),
    )

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Give both spellings of its names, and its shards."""
        project, _, name = identity.partition(":")
        count = order.inputs.get("shardCount", 2)
        shards = [
            {"id": number, "status": "readwrite", "beginKey": ENDS[0], "endKey": ENDS[2]} for number in range(count)
        ]
        return {"projectName": project, "project": project, "logstoreName": name, "name": name, "shards": shards}

    def describe(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Give its name as lists call it."""
        del estate
        return {"storeName": record.outputs["logstoreName"]}

    def dismantle(self, estate: Estate, record: Record) -> None:
        """Take its index along, which has the same id."""
        if index := estate.store.get(INDEX, record.id):
            estate.dismantle(index)


class StoreIndex(Kind):
    """The index of a store: there is one."""

    token = INDEX
    parts = ("project", "logstore")
    references = (*IN_PROJECT, Reference("logstore", STORE, "LogStoreNotExist", "", by="logstoreName"))
    rules = (Sole(("project", "logstore"), "IndexAlreadyExist"),)
