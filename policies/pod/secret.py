"""Secrets: in Secrets, not where everybody reads."""

from __future__ import annotations

import re
from collections.abc import Iterator

from simpul.policy import Breach, Manifest, Rule, law, leaves

NAMES = re.compile(r"PASSWORD|PASSWD|SECRET|TOKEN|PRIVATE_KEY|API_?KEY|ACCESS_?KEY", re.IGNORECASE)
KEY = "PRIVATE KEY-----"


def check(manifest: Manifest) -> Iterator[Breach]:
    """Find secrets in ConfigMaps and in containers' environments."""
    if manifest.kind == "ConfigMap":
        for path, value in leaves(manifest.get("data") or {}):
            if KEY in str(value) or (NAMES.search(path[-1]) and value):
                yield Breach("shows a secret to whoever reads it", f"data.{path[-1]}", "Put it into a Secret.")
        return
    for container in manifest.containers():
        for variable in container.get("env") or ():
            if variable.get("value") and NAMES.search(str(variable.get("name"))):
                got = f"{variable['name']} of container {container.get('name')}"
                yield Breach(
                    "shows a secret to whoever reads it", got, "Take it from a Secret: valueFrom.secretKeyRef."
                )


RULE = Rule(
    id="pod-secret",
    title="Secrets stand in Secrets alone",
    source=law("UU PDP 27/2022 arts 35, 39", "what opens data is kept from those who have no right to it"),
    looks_at="ConfigMaps, and environment variables with a value of their own",
    english="Keep passwords and keys in Secrets.",
    indonesian="Simpan kata sandi dan kunci di Secret.",
    on=Manifest,
    types=("ConfigMap", "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Pod"),
    check=check,
)
