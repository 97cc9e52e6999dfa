"""What the chart makes of values, as Helm renders it: objects, and a Secret's content in plain text."""

from __future__ import annotations

import base64
import subprocess
from typing import Any

import yaml

from simpul.project import CHARTS

CHART = CHARTS / "messaging"
Values = dict[str, Any]


def render(values: Values) -> subprocess.CompletedProcess[str]:
    command = ["helm", "template", "messaging", str(CHART), "--namespace", "messaging", "--values", "-"]
    return subprocess.run(command, input=yaml.safe_dump(values), text=True, capture_output=True, check=False)


def objects(values: Values) -> list[dict[str, Any]]:
    done = render(values)
    assert done.returncode == 0, done.stderr
    return [made for made in yaml.safe_load_all(done.stdout) if made]


def one(made: list[dict[str, Any]], kind: str, name: str = "messaging") -> dict[str, Any]:
    [found] = [each for each in made if each["kind"] == kind and each["metadata"]["name"] == name]
    return found


def content(made: list[dict[str, Any]], name: str) -> dict[str, str]:
    return {key: base64.b64decode(value).decode() for key, value in one(made, "Secret", name)["data"].items()}
