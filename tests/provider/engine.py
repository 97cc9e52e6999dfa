"""The real engine on a project that has nothing but the provider, driven through the Automation API."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pulumi
import yaml
from pulumi import automation as auto
from pulumi.automation import events

import vault
from simpul.project import ROOT
from simpul.provider import keeper

Program = Callable[[], None]


class Engine:
    """One stack in a folder.

    `said` is all that the last command printed, `lines` what appeared under a resource, `changes` how many resources
    were created, updated and so on.
    """

    def __init__(self, folder: Path) -> None:
        backend = folder / "state"
        backend.mkdir(parents=True)
        project = {
            "name": "trial",
            "runtime": "python",
            "backend": {"url": f"file://{backend}"},
            "plugins": {"providers": [{"name": "simpul", "path": str(ROOT / "infra" / "simpul" / "provider")}]},
        }
        (folder / "Pulumi.yaml").write_text(yaml.safe_dump(project))
        self.folder = folder
        self.said = ""
        self.lines: list[tuple[str, str]] = []
        self.changes: dict[str, int] = {}
        options = auto.LocalWorkspaceOptions(
            pulumi_command=command(),
            work_dir=str(folder),
            pulumi_home=str(folder / "home"),
            secrets_provider=vault.PROVIDER,
            env_vars=environment(),
        )
        self._stack = auto.create_stack("trial", "trial", program=lambda: None, opts=options)
        be_brief(self._stack)

    @property
    def state(self) -> str:
        """The state as it lies in its file."""
        return (self.folder / "state" / ".pulumi" / "stacks" / "trial" / "trial.json").read_text()

    def outputs(self) -> dict[str, Any]:
        """Return the outputs of the stack, secrets in the clear."""
        return {name: output.value for name, output in auto.Stack.outputs(self._stack).items()}

    def resource(self, name: str) -> dict[str, Any]:
        """Return what the state says of the resource `name`."""
        resources = json.loads(self.state)["checkpoint"]["latest"]["resources"]
        return next(found for found in resources if found["urn"].endswith(f"::{name}"))

    def preview(self, program: Program) -> dict[str, int]:
        """Preview `program`; return how many resources would be created, updated and so on."""
        self._begin(program)
        self._stack.preview(on_output=self._hear, on_event=self._see, color="never", diff=True)
        return self.changes

    def up(self, program: Program) -> dict[str, int]:
        """Make `program` true; return how many resources were created, updated and so on."""
        self._begin(program)
        self._stack.up(on_output=self._hear, on_event=self._see, color="never", continue_on_error=True)
        return self.changes

    def fail(self, program: Program) -> str:
        """Make `program` true, which can't be; return what the engine said."""
        try:
            self.up(program)
        except auto.CommandError:
            return self.said
        message = f"pulumi up was expected to fail:\n{self.said}"
        raise AssertionError(message)

    def refuse(self, program: Program) -> str:
        """Preview `program`, which can't be; return what the engine said."""
        try:
            self.preview(program)
        except auto.CommandError:
            return self.said
        message = f"pulumi preview was expected to fail:\n{self.said}"
        raise AssertionError(message)

    def refresh(self) -> None:
        """Read every resource."""
        self._begin(lambda: None)
        self._stack.refresh(on_output=self._hear, on_event=self._see, color="never")

    def destroy(self) -> bool:
        """Delete every resource; return whether all are gone."""
        self._begin(lambda: None)
        try:
            self._stack.destroy(on_output=self._hear, on_event=self._see, color="never", continue_on_error=True)
        except auto.CommandError:
            return False
        return True

    @staticmethod
    def tell(sign: signal.Signals) -> None:
        """Send a signal to the engine that these tests run."""
        for pid in keeper.descendants(os.getpid()):
            if Path(f"/proc/{pid}/comm").read_text().strip() == "pulumi":
                os.kill(pid, sign)

    def unlock(self) -> None:
        """Take away the lock that an engine which was killed left behind, as `pulumi cancel` does for a user."""
        self._stack.cancel()

    def _begin(self, program: Program) -> None:
        self.said = ""
        self.lines = []
        self.changes = {}
        self._stack.workspace.program = program

    def _hear(self, text: str) -> None:
        self.said += text + "\n"

    def _see(self, event: events.EngineEvent) -> None:
        if event.diagnostic_event and event.diagnostic_event.urn:
            name, text = event.diagnostic_event.urn.rpartition("::")[2], event.diagnostic_event.message.strip()
            self.lines.append((name, text))
            self.said += text + "\n"
        if event.summary_event:
            self.changes = counts(event.summary_event)


def environment() -> dict[str, str]:
    """Give the environment of an engine that asks nobody on the internet for anything, and a keeper for its keys."""
    return {
        **vault.variables(),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        # Else each run on a state asks four times for a plugin that isn't installed, though it is told where one runs.
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }


@cache
def command() -> auto.PulumiCommand:
    """Give the engine's command, which is asked for its version once."""
    return auto.PulumiCommand()


def be_brief(stack: auto.Stack) -> None:
    """Have the Automation API not ask for outputs and history after each run, which takes three commands.

    What a run did is in its events, and `Stack.outputs` gives the outputs to whoever wants them.
    """
    # The API has no option for it, so this one stack's methods are replaced, which mypy takes for a mistake.
    stack.outputs = dict  # type: ignore[method-assign]
    stack.info = lambda _: {}  # type: ignore[assignment, method-assign, misc] # its result is looked at by nobody


def counts(summary: events.SummaryEvent) -> dict[str, int]:
    """Give how many resources were created, updated and so on."""
    return {events.OpType(kind).value: number for kind, number in summary.resource_changes.items()}


def until(condition: Callable[[], object], seconds: float = 120) -> None:
    """Wait until `condition` holds; fail when it never does."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def declare(**outputs: pulumi.Input[Any]) -> None:
    """Export `outputs` from the program."""
    for name, value in outputs.items():
        pulumi.export(name, value)
