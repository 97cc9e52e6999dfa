"""Exports of logs: to buckets in the country."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import UNKNOWN, Breach, Resource, Rule, law
from simpul.policy.place import host_of, is_onshore


def check(export: Resource) -> Iterator[Breach]:
    """Find an endpoint abroad."""
    endpoint = export.get("configuration", "sink", "endpoint")
    if endpoint not in (None, UNKNOWN) and not is_onshore(host_of(str(endpoint)), export.frame):
        yield Breach("exports logs abroad", f'"{endpoint}"', "Export to a bucket in the country.")


RULE = Rule(
    id="residency-log-export",
    title="Logs are exported within the country",
    source=law("PP 71/2019 art 20(2)", "logs of a public system hold its data, and stay in Indonesia"),
    looks_at="the endpoint of every export of logs to a bucket",
    english="Export logs only to buckets in the city's country.",
    indonesian="Ekspor log hanya ke bucket di dalam negeri.",
    unwaivable="what was abroad can't be called back",
    on=Resource,
    types=("alicloud:sls/ossExportSink:OssExportSink",),
    check=check,
)
