"""The Pulumi stack, read through the `pulumi` program: its outputs and how many resources it has where.

The stack and its backend are the ones of the environment, as for every `pulumi` command.
"""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from typing import Any

from simpul.errors import CityError, OutsideError
from simpul.project import ROOT

CLOUD_PACKAGE = "alicloud:"


@dataclass(frozen=True)
class StackState:
    """A stack's outputs, secrets in plain text (keep them off logs), and the number of its cloud resources."""

    outputs: dict[str, Any]
    cloud_resources: int


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
    return StackState(outputs, sum(resource["type"].startswith(CLOUD_PACKAGE) for resource in resources))


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
