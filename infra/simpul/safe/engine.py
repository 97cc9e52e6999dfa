"""What is asked of the engine here: a stack's name, its state, and to take one in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simpul.command import run
from simpul.errors import OutsideError
from simpul.project import ROOT


class Engine:
    """The program `pulumi` in the project's folder `root`. OutsideError with its words where it fails."""

    def __init__(self, environment: Mapping[str, str], root: Path = ROOT) -> None:
        """Use `environment`, which names the backend and the passphrase."""
        self._environment = environment
        self.root = root

    def selected(self) -> str:
        """Give the name of the stack that is selected."""
        return self._run("stack", "--show-name").strip()

    def settings(self, stack: str) -> Path:
        """Give the file of the settings of `stack`."""
        return self.root / f"Pulumi.{stack}.yaml"

    def export(self, stack: str) -> dict[str, Any]:
        """Export the state of `stack`; what is secret stays encrypted."""
        state: dict[str, Any] = json.loads(self._run("stack", "export", "--stack", stack))
        return state

    def has(self, stack: str) -> bool:
        """Tell whether the backend has `stack`."""
        listed = json.loads(self._run("stack", "ls", "--json"))
        return any(each["name"].rpartition("/")[2] == stack for each in listed)

    def make(self, stack: str) -> None:
        """Make `stack`, empty."""
        self._run("stack", "init", stack, "--no-select")

    def take_in(self, stack: str, state: Mapping[str, Any]) -> None:
        """Have `stack` be as `state` says."""
        self._run("stack", "import", "--stack", stack, stdin=json.dumps(state))

    def select(self, stack: str) -> None:
        """Have later commands be about `stack`."""
        self._run("stack", "select", stack)

    def _run(self, *arguments: str, stdin: str | None = None) -> str:
        where = f"pulumi {' '.join(arguments[:2])}"
        command = ["pulumi", *arguments, "--non-interactive"]
        try:
            return run(command, where=where, cwd=self.root, env=self._environment, stdin=stdin)
        except OutsideError as error:
            [problem] = error.problems
            advice = 'see `pulumi whoami -v` and `pulumi stack ls`; in a lab: eval "$(simpul lab env)"'
            raise OutsideError.at(problem.where, problem.what, problem.got, advice) from None
