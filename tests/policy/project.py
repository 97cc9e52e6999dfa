"""A Pulumi project of its own with the stand-in for a cloud, driven by the engine's own command line."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

import vault
from provider import engine
from simpul.policy import day
from simpul.policy.case import EXAMPLE
from simpul.project import ROOT

PREAMBLE = """\
import pulumi, pulumi_alicloud as alicloud
from simpul.city import parse
from simpul.policy import transform
"""
GATE = "transform.apply(parse(pulumi.Config('simpul').require_object('city')))\n"

SOON = str(day.today() + timedelta(days=90))
NAMED = ("simpul-6471-vpc", "simpul-6471-switch")
"""What a waiver of these tests is for."""


def waived(*rules: str) -> list[dict[str, str]]:
    """Waive `rules`, as a declaration does."""
    return [
        {"rule": rule, "where": name, "reason": "a test of waivers", "by": "a test", "ends": SOON}
        for rule in rules
        for name in NAMED
    ]


@dataclass(frozen=True)
class Project:
    """A folder with Pulumi.yaml, the example city's stack and a program."""

    folder: Path
    cloud: int

    @classmethod
    def make(cls, folder: Path, cloud: int, **city: Any) -> Project:
        """Make the project; `city` changes the example city, `cloud` is the stand-in's port."""
        plugin = {"name": "simpul", "path": str(ROOT / "infra" / "simpul" / "provider")}
        settings = {"name": "simpul", "runtime": "python", "main": "program", "plugins": {"providers": [plugin]}}
        (folder / "Pulumi.yaml").write_text(yaml.safe_dump(settings))
        stack = yaml.safe_load(EXAMPLE.read_text())
        stack["config"]["simpul:city"].update(city)
        (folder / "Pulumi.balikpapan.yaml").write_text(yaml.safe_dump(stack, sort_keys=False))
        for name in ("program", "state", "home"):
            (folder / name).mkdir()
        return cls(folder, cloud)

    def write(self, program: str, *, gate: bool) -> None:
        """Write the program, with the rules in it or without them."""
        (self.folder / "program" / "__main__.py").write_text(PREAMBLE + (GATE if gate else "") + program)

    def pulumi(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {
            **os.environ,
            **engine.environment(),
            "PULUMI_BACKEND_URL": f"file://{self.folder / 'state'}",
            "PULUMI_HOME": str(self.folder / "home"),
            "PULUMI_DEBUG_PROVIDERS": f"alicloud:{self.cloud}",
            "PYTHONWARNINGS": "ignore",
        }
        command = [str(shutil.which("pulumi")), *arguments, "--non-interactive", "--color=never"]
        return subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False, timeout=300
        )

    def run(self, verb: str, *options: str) -> subprocess.CompletedProcess[str]:
        """Run `pulumi preview` or `pulumi up` on the stack."""
        self.pulumi("stack", "select", "--create", "balikpapan", "--secrets-provider", vault.PROVIDER)
        return self.pulumi(verb, *options)
