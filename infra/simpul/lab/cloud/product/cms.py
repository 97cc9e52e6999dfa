"""CloudMonitor: alarms, whom they tell, groups of what they watch."""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

from simpul.lab.cloud.kind import Kind, Order
from simpul.lab.cloud.reference import Reference
from simpul.lab.cloud.refusal import Refusal
from simpul.lab.cloud.rule import Form, Needed, Sole

if TYPE_CHECKING:
    from simpul.lab.cloud.estate import Estate
    from simpul.lab.cloud.store import Record

CONTACT: Final = "alicloud:cms/alarmContact:AlarmContact"
GROUP: Final = "alicloud:cms/alarmContactGroup:AlarmContactGroup"
CHANNELS: Final = ("channelsMail", "channelsSms", "channelsDingWebHook", "channelsAliim")
LEVELS: Final = ("escalationsCritical", "escalationsWarn", "escalationsInfo")
TOLD: Final = Reference("contactGroups", GROUP, "ContactGroupNotExists", "")
PERIODS: Final = frozenset({1, 15, 60, 300, 600, 900, 1800, 3600})
"""Seconds between two looks at a metric: those that the vendor's metrics have."""


class AlarmContact(Kind):
    """A person. The vendor shows a channel only once that person has opened the link that was sent there."""

    token = CONTACT
    parts = ("alarmContactName",)
    unread: ClassVar[frozenset[str]] = frozenset(CHANNELS)
    rules = (
        Form("channelsMail", r"[^@\s]+@[^@\s]+\.[^@\s]+", "ParameterInvalid"),
        Needed(CHANNELS, "MissingParameter.Channels"),
        Sole(("alarmContactName",), "ContactExists"),
    )

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Show no channel: nobody opens links here, so none is ever confirmed."""
        del identity
        return dict.fromkeys(set(CHANNELS) & set(order.inputs), "")

    def alter(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Ask anew: a channel that changed isn't confirmed either."""
        del estate
        return dict.fromkeys(set(CHANNELS) & set(record.inputs), "")


class AlarmContactGroup(Kind):
    """A group of people."""

    token = GROUP
    parts = ("alarmContactGroupName",)
    references = (Reference("contacts", CONTACT, "ContactNotExists", ""),)
    rules = (Sole(("alarmContactGroupName",), "ContactGroupExists"),)


class MonitorGroup(Kind):
    """A group of what is watched."""

    token = "alicloud:cms/monitorGroup:MonitorGroup"  # noqa: S105 not a password
    references = (TOLD,)
    rules = (Sole(("monitorGroupName",), "GroupNameExists"),)

    def draw(self, order: Order) -> str:
        """Make an id as the vendor's: a number."""
        del order
        return str(secrets.randbelow(9 * 10**8) + 10**8)

    def describe(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Give its id as lists call it."""
        del estate
        return {"groupId": record.id, "type": "custom"}


class Alarm(Kind):
    """An alarm on a metric."""

    token = "alicloud:cms/alarm:Alarm"  # noqa: S105 not a password
    references = (TOLD,)
    stable: ClassVar[Mapping[str, Any]] = {"status": "OK"}
    rules = (
        Form("effectiveInterval", r"\d{2}:\d{2}-\d{2}:\d{2}", "ParameterInvalid"),
        *(Form(f"{each}.threshold", r"-?\d+(\.\d+)?", "ParameterInvalid") for each in LEVELS),
        Needed((*LEVELS, "compositeExpression", "prometheuses"), "ParameterInvalid"),
        Sole(("name",), "RuleNameExists"),
    )

    def examine(self, order: Order) -> None:
        """Refuse dimensions that aren't a list of objects, and a period that metrics don't have."""
        text = order.inputs.get("metricDimensions")
        if text and not isinstance(json.loads(text), list):
            raise Refusal("ParameterInvalid", f"The metricDimensions {text} are not a JSON array.")
        if order.inputs.get("period", 300) % 60 and order.inputs["period"] not in PERIODS:
            raise Refusal("ParameterInvalid", f"The period {order.inputs['period']} is not a multiple of 60.")

    def draw(self, order: Order) -> str:
        """Make an id as the vendor's plugin does."""
        del order
        return str(uuid.uuid4())

    def describe(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Give what the list of rules calls otherwise."""
        del estate
        values = record.outputs
        return {
            "metricAlarmRuleId": record.id,
            "ruleName": values["name"],
            "namespace": values["project"],
            "metricName": values["metric"],
            "dimensions": values.get("metricDimensions", ""),
            "contactGroups": ",".join(values["contactGroups"]),
            "status": values.get("enabled", True),
        }
