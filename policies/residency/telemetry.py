"""Telemetry: what a workload tells of itself stays in the country."""

from __future__ import annotations

import re
from collections.abc import Iterator

from simpul.policy import Breach, Manifest, Rule, law
from simpul.policy.place import host_of, is_onshore

TELLS = re.compile(r"OTEL|OTLP|TELEMETRY|SENTRY|REMOTE_?WRITE|EXPORTER|DATADOG|DD_SITE|NEW_RELIC|LOKI|METRICS_URL")
URL = re.compile(r"https?://[^\s,\"']+")


def check(manifest: Manifest) -> Iterator[Breach]:
    """Find a container that is told to send telemetry to a host abroad."""
    for container in manifest.containers():
        for variable in container.get("env") or ():
            value = str(variable.get("value") or "")
            if TELLS.search(str(variable.get("name", ""))) and value and not is_onshore(host_of(value), manifest.frame):
                yield _breach(container, f"{variable['name']}={value}")
        for argument in container.get("args") or ():
            for url in URL.findall(str(argument)):
                if TELLS.search(str(argument).upper().replace("-", "_").replace(".", "_")) and not is_onshore(
                    host_of(url), manifest.frame
                ):
                    yield _breach(container, str(argument))


def _breach(container: object, got: str) -> Breach:
    name = container.get("name") if isinstance(container, dict) else ""
    return Breach(f"sends telemetry abroad: container {name}", f'"{got}"', "Send it to the city's own collector.")


RULE = Rule(
    id="residency-telemetry",
    title="Telemetry stays in the country",
    source=law("PP 71/2019 art 20(2)", "metrics, traces and crash reports are data of a public system"),
    looks_at="environment variables and arguments by which containers are told where telemetry goes",
    english="Send metrics, traces and reports only to endpoints in the cluster or in the city's country.",
    indonesian="Kirim metrik, jejak, dan laporan hanya ke titik akhir di klaster atau di dalam negeri.",
    unwaivable="what was abroad can't be called back",
    on=Manifest,
    types=("Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Pod"),
    check=check,
)
