"""A stack as rules see it: its file and the environment enter, a Stack subject leaves.

Where Pulumi keeps the state is asked of the environment, then of Pulumi.yaml, then of where `pulumi login` wrote it
down; of that file only the address is read. What none of them says is UNKNOWN, and no rule judges it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from simpul.policy.subject import UNKNOWN, Frame, Stack
from simpul.project import ROOT

REGION = "alicloud:region"


def read(file: Path, frame: Frame, environment: Mapping[str, str] = os.environ, project: Path = ROOT) -> Stack:
    """Read the stack whose file is `file`, `Pulumi.<stack>.yaml`, in `project`."""
    data = _load(file)
    config = data.get("config") or {}
    backend = _backend(environment, project)
    return Stack(
        stack=file.name.removeprefix("Pulumi.").removesuffix(".yaml"),
        backend=backend,
        secrets_provider=_provider(data, backend),
        config={str(key): isinstance(value, Mapping) and "secure" in value for key, value in config.items()},
        region=config.get(REGION) or environment.get("ALICLOUD_REGION") or UNKNOWN,
        frame=frame,
    )


def _load(file: Path) -> dict[str, Any]:
    try:
        data = yaml.safe_load(file.read_text("utf-8"))
    except (OSError, ValueError, yaml.YAMLError):  # whoever reads the declaration tells that
        return {}
    return data if isinstance(data, dict) else {}


def _backend(environment: Mapping[str, str], project: Path) -> Any:
    said = environment.get("PULUMI_BACKEND_URL") or (_load(project / "Pulumi.yaml").get("backend") or {}).get("url")
    if said:
        return said
    home = Path(environment.get("PULUMI_HOME") or Path(environment.get("HOME", "/nonexistent")) / ".pulumi")
    try:
        return json.loads((home / "credentials.json").read_text())["current"]
    except (OSError, ValueError, KeyError):
        return UNKNOWN


def _provider(data: Mapping[str, Any], backend: Any) -> Any:
    """Tell what encrypts the stack's secrets: the file says so, except for the service's own."""
    if data.get("secretsprovider"):
        return data["secretsprovider"]
    if data.get("encryptionsalt"):
        return "passphrase"
    return "service" if str(backend).startswith(("https://", "http://")) else UNKNOWN
