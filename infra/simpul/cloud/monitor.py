"""Who is told when something in the cloud is about to fail: contacts, their group, alarms.

In: the frame, and what is to be watched. Out: nothing that others need. Limits are engineering choices: the first is
the time to act, the second the last chance.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

import pulumi
import pulumi_alicloud as alicloud

from simpul.city import Contact
from simpul.cloud.found import Listed, ask
from simpul.cloud.frame import Frame
from simpul.cloud.identity import DIGEST, Identity

Kind = Literal["database", "cache", "address", "balancer", "cluster"]

LONGEST = 40
"""Letters of a contact's name, at most.

https://www.alibabacloud.com/help/en/cms/user-guide/create-an-alert-contact-or-alert-contact-group
"""

PERIOD = 300
"""Seconds between two looks."""

TIMES = 3
"""How many looks in a row have to find it: what passes by itself in a quarter of an hour wakes nobody."""

SILENCE = 3600
"""Seconds before the same is told again."""


@dataclass(frozen=True)
class Limit:
    """A metric of the vendor's, in percent or a count, and where it is told: to act, and as the last chance."""

    metric: str
    warn: int
    critical: int


@dataclass(frozen=True)
class Scale:
    """How things of a kind are measured: the vendor's project, what it calls their id, the limits.

    `statistics` is what the vendor keeps of its metrics; an alarm on another waits for a value that never comes.
    """

    project: str
    dimension: str
    limits: tuple[Limit, ...]
    statistics: str = "Average"


SCALES: dict[Kind, Scale] = {
    "database": Scale(
        "acs_rds_dashboard",
        "instanceId",
        (Limit("DiskUsage", 80, 90), Limit("CpuUsage", 80, 95), Limit("ConnectionUsage", 80, 90)),
    ),
    "cache": Scale(
        "acs_kvstore", "instanceId", (Limit("StandardMemoryUsage", 80, 90), Limit("StandardCpuUsage", 80, 95))
    ),
    "address": Scale("acs_vpc_eip", "instanceId", (Limit("net_out.rate_percentage", 80, 95),)),
    "balancer": Scale(
        "acs_slb_dashboard",
        "instanceId",
        (Limit("InstanceMaxConnectionUtilization", 80, 95), Limit("UnhealthyServerCount", 1, 2)),
    ),
    "cluster": Scale(
        "acs_k8s",
        "cluster",
        (Limit("cluster.cpu.utilization", 85, 95), Limit("cluster.memory.utilization", 85, 95)),
        statistics="Value",
    ),
}
"""By the vendor's names of metrics: https://www.alibabacloud.com/help/en/cms/support/appendix-1-metrics

A cluster's are those of the cluster: a node's have the node among their dimensions, and nodes come and go.
"""


@dataclass(frozen=True)
class Watched:
    """Something that is watched: its kind, its part of the city, its id."""

    kind: Kind
    part: str
    id: pulumi.Output[str]


@dataclass(frozen=True)
class MonitorArgs:
    """What the alarms stand in, and what they watch."""

    frame: Frame
    watched: tuple[Watched, ...]


class Monitor(pulumi.ComponentResource):
    """The city's contacts as a group, the city's resource group in one view, an alarm for each limit."""

    def __init__(self, name: str, args: MonitorArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the alarms `name` as `args` say."""
        super().__init__("simpul:cloud:Monitor", name, {}, opts)
        self._frame = args.frame
        group = self._contacts()
        self._view(group)
        alarms = [self._alarm(each, limit, group) for each in args.watched for limit in SCALES[each.kind].limits]
        self.register_outputs({"contactGroup": group.alarm_contact_group_name, "alarms": len(alarms)})

    def _contacts(self) -> alicloud.cms.AlarmContactGroup:
        frame = self._frame
        contacts = []
        for contact in frame.city.contacts:
            name = _contact(frame.identity, contact)
            made = alicloud.cms.AlarmContact(
                frame.identity.name(f"contact-{contact.name}"),
                alarm_contact_name=name,
                describe=f"{contact.name} of {frame.identity.title}",
                channels_mail=contact.email,
                lang="en",
                # The vendor shows no address before its owner has opened the link that was sent there; what it shows
                # is no news, and a new address is a new contact.
                opts=frame.stay(
                    frame.child(self, alicloud.cms.AlarmContact, name),
                    "channelsMail",
                ),
            )
            contacts.append(made.alarm_contact_name)
        name = frame.identity.sole
        return alicloud.cms.AlarmContactGroup(
            frame.identity.name("contacts"),
            alarm_contact_group_name=name,
            describe=f"Whom to tell of {frame.identity.title}",
            contacts=contacts,
            enable_subscribed=False,
            opts=frame.child(self, alicloud.cms.AlarmContactGroup, name),
        )

    def _view(self, group: alicloud.cms.AlarmContactGroup) -> None:
        """Show all of the city's resource group in one place."""
        frame = self._frame
        alicloud.cms.MonitorGroup(
            frame.identity.name("monitor"),
            monitor_group_name=frame.identity.sole,
            resource_group_id=frame.group,
            resource_group_name=frame.identity.sole,
            contact_groups=[group.alarm_contact_group_name],
            tags=frame.identity.mark,  # it takes three
            opts=frame.child(self, alicloud.cms.MonitorGroup, frame.identity.sole),
        )

    def _alarm(self, watched: Watched, limit: Limit, group: alicloud.cms.AlarmContactGroup) -> alicloud.cms.Alarm:
        frame, scale = self._frame, SCALES[watched.kind]
        part = f"{watched.part}-{limit.metric}".lower().replace(".", "-").replace("_", "-")
        name = frame.identity.sole_name(part)
        kept = alicloud.cms.AlarmEscalationsWarnArgs(
            comparison_operator=">=", statistics=scale.statistics, threshold=str(limit.warn), times=TIMES
        )
        last = alicloud.cms.AlarmEscalationsCriticalArgs(
            comparison_operator=">=", statistics=scale.statistics, threshold=str(limit.critical), times=TIMES
        )
        return alicloud.cms.Alarm(
            frame.identity.name(part),
            name=name,
            project=scale.project,
            metric=limit.metric,
            metric_dimensions=watched.id.apply(lambda id_: json.dumps([{scale.dimension: id_}])),
            period=PERIOD,
            silence_time=SILENCE,
            escalations_warn=kept,
            escalations_critical=last,
            contact_groups=[group.alarm_contact_group_name],
            enabled=True,
            tags=frame.identity.tags(),
            opts=frame.child(self, alicloud.cms.Alarm, name),
        )


def _contact(identity: Identity, contact: Contact) -> str:
    """Give the name of a contact at its address: with another address it is another, who is asked anew."""
    return identity.sole_name(f"{contact.name}-{sha256(contact.email.encode()).hexdigest()[:DIGEST]}", LONGEST)


async def listed(identity: Identity) -> Listed:
    """List what the cloud holds of the alarms."""
    names = f"^{identity.sole}(-|$)"
    for contact in (await ask(alicloud.cms.get_alarm_contacts_output(name_regex=names))).contacts:
        yield alicloud.cms.AlarmContact, contact.alarm_contact_name, contact.id
    for group in (await ask(alicloud.cms.get_alarm_contact_groups_output(name_regex=f"^{identity.sole}$"))).groups:
        yield alicloud.cms.AlarmContactGroup, group.alarm_contact_group_name, group.id
    for view in (await ask(alicloud.cms.get_monitor_groups_output(name_regex=f"^{identity.sole}$"))).groups:
        yield alicloud.cms.MonitorGroup, view.monitor_group_name, view.id
    rules = (await ask(alicloud.cloudmonitor.get_service_metric_alarm_rules_output())).rules
    for rule in rules:
        if rule.rule_name.startswith(f"{identity.sole}-"):
            yield alicloud.cms.Alarm, rule.rule_name, rule.metric_alarm_rule_id
