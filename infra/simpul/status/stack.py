"""The Pulumi stack, read through the `pulumi` program: its outputs and how many resources it has where.

The stack and its backend are the ones of the environment, as for every `pulumi` command.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simpul.errors import CityError, OutsideError
from simpul.project import ROOT

CLOUD_PACKAGE = "alicloud:"
RELEASE = "simpul:helm:Release"
HOST = "simpul:edge:Host"
SECRET = "4dabf18193072939515e22adb298388d"  # noqa: S105 no secret
"""By this key a state marks a value that is kept encrypted, and with --show-secrets shows as JSON in `plaintext`."""


@dataclass(frozen=True)
class StackState:
    """A stack's outputs, secrets in plain text (keep them off logs), and what it has.

    `releases` are the releases as the last run left them: cluster, namespace, name, status. `resources` are all, as an
    export has them.
    """

    outputs: dict[str, Any]
    cloud_resources: int
    releases: tuple[tuple[str, str, str, str], ...] = ()
    resources: tuple[dict[str, Any], ...] = ()


def read() -> StackState:
    """Read the selected stack.

    Raises OutsideError when Pulumi fails, CityError when the stack has no city yet.
    """
    outputs = json.loads(_pulumi("stack", "output", "--json", "--show-secrets"))
    resources = json.loads(_pulumi("stack", "export"))["deployment"].get("resources", [])
    if "clusters" not in outputs:
        raise CityError.at(
            where="stack",
            what="has no city yet, or it was destroyed",
            got=f"{len(outputs)} outputs",
            next="pulumi up",
        )
    releases = (resource["outputs"] for resource in resources if resource["type"] == RELEASE)
    return StackState(
        outputs,
        cloud_resources=sum(resource["type"].startswith(CLOUD_PACKAGE) for resource in resources),
        releases=tuple((each["cluster"], each["namespace"], each["name"], each["status"]) for each in releases),
        resources=tuple(resources),
    )


def hosts() -> Mapping[str, Mapping[str, Any]]:
    """Read the inputs of the stack's hosts as the last run had them, by name, secrets in plain text.

    Raises OutsideError like `read`.
    """
    resources = json.loads(_pulumi("stack", "export", "--show-secrets"))["deployment"].get("resources", [])
    return {each["inputs"]["name"]: _plain(each["inputs"]) for each in resources if each["type"] == HOST}


def declared() -> Any:
    """Read what the stack's file declares of its city. OutsideError like `read`."""
    return json.loads(_pulumi("config", "get", "simpul:city"))


def _plain(value: Any) -> Any:
    """Give a value of a state without the marks of what is secret in it."""
    if isinstance(value, dict) and SECRET in value:
        return json.loads(value["plaintext"])
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def image_registry(stack: str) -> Mapping[str, str] | None:
    """Read where the images of `stack` are, and who logs in there; None before it is made. OutsideError like `read`."""
    outputs = json.loads(_pulumi("stack", "output", "--json", "--show-secrets", "--stack", stack))
    registry: Mapping[str, str] | None = outputs.get("image_registry")
    return registry


def _pulumi(*arguments: str) -> str:
    try:
        run = subprocess.run(
            ["pulumi", *arguments, "--non-interactive"], cwd=ROOT, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise OutsideError.at(
            where="pulumi",
            what="isn't on PATH",
            next='in a lab: eval "$(simpul lab env)"; else install Pulumi',
        ) from None
    if run.returncode != 0:
        raise OutsideError.at(
            where=f"pulumi {' '.join(arguments)}",
            what="failed",
            got=run.stderr.strip(),
            next='pulumi stack select STACK, or in a lab: eval "$(simpul lab env)"',
        )
    return run.stdout
