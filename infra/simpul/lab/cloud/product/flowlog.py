"""Flow logs: what goes through a VPC or a switch, written to a log store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from simpul.lab.cloud.kind import Kind
from simpul.lab.cloud.product.log import IN_PROJECT, STORE
from simpul.lab.cloud.reference import Reference
from simpul.lab.cloud.rule import Known, Sole


class FlowLog(Kind):
    """A flow log."""

    token = "alicloud:vpc/flowLog:FlowLog"  # noqa: S105 not a password
    prefix = "fl"
    own = "flowLogId"
    stable: ClassVar[Mapping[str, Any]] = {
        "status": "Active",
        "businessStatus": "Normal",
        "aggregationInterval": "10",
        "ipVersion": "IPv4",
    }
    references = (
        *IN_PROJECT,
        Reference("logStoreName", STORE, "LogStoreNotExist", "", by="logstoreName"),
        Reference("resourceId", "", "InvalidResourceId.NotFound", "DependencyViolation.FlowLog"),
    )
    rules = (
        Known("aggregationInterval", ("1", "5", "10"), "IllegalParam.AggregationInterval"),
        Sole(("resourceId", "trafficType"), "FlowLogExist"),
    )
