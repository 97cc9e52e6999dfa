"""One Ansible run over several hosts.

In go a playbook and the machines, out comes an `Outcome` for each. ansible-runner does it from a private folder
that is gone afterwards: the inventory with the hosts' variables, which hold secrets, never gets anywhere else.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import yaml

from simpul import digest, environment, kubeconfig
from simpul.errors import OutsideError, Problem
from simpul.project import PLAYBOOKS
from simpul.provider import child, scratch, ssh
from simpul.provider.outcome import Fault, Outcome, Outcomes

_MOST_FORKS: Final = 50
_TEMPLATE_MARKS: Final = ("{{", "{%", "{#")
_GROUP: Final = "{}_hosts"
"""How a group is called in the inventory: a host's name has no underscore, so that none is taken for a group's."""

RESERVED: Final = frozenset({"all", "ungrouped", "localhost"})
"""What Ansible takes for all hosts, for those of no group, and for the operator's own machine, whatever else it is."""


@dataclass(frozen=True)
class Machine:
    """A host of a run; `on_task` is told the name of each task as it begins there."""

    connection: ssh.Connection
    group: str
    timeout: float
    vars: Mapping[str, Any] = field(default_factory=dict)
    on_task: Callable[[str], None] = lambda _: None

    @property
    def name(self) -> str:
        """The host's name in the inventory."""
        return self.connection.name


def playbooks() -> Path:
    """Return the folder of the playbooks: the project's, or the one that SIMPUL_PLAYBOOKS names."""
    return Path(os.environ.get("SIMPUL_PLAYBOOKS") or PLAYBOOKS)


def digest_playbooks() -> str:
    """Return the digest of the playbooks with all their roles."""
    top = playbooks()
    return digest.of(digest.settled(top), top)


def run(
    playbook: str, machines: Sequence[Machine], *, stop: threading.Event, given: Mapping[str, str] | None = None
) -> dict[str, Outcome]:
    """Run `playbook` on `machines`, which is `given` these variables; return each one's outcome by name.

    A host that fails is an outcome, not an error. Raises `Interrupted`, and `OutsideError` when Ansible itself
    can't run.
    """
    outcomes = Outcomes({machine.name: machine.on_task for machine in machines})
    noise: list[str] = []

    def take(line: str) -> None:
        try:
            outcomes.take(json.loads(line))
        except (ValueError, RecursionError):  # not an event: Ansible's own words when it can't start
            noise.append(line.strip())

    with scratch.folder() as folder:
        out = folder / "out"
        out.mkdir(mode=0o700)
        _prepare(folder, machines, {"simpul_out": str(out), **(given or {})})
        done = child.run(
            _command(folder, playbook),
            stop=stop,
            timeout=max(machine.timeout for machine in machines),
            env=_environment(folder, len(machines)),
            on_line=take,
        )
        results = {machine.name: outcomes.of(machine.name) for machine in machines}
        for name, outcome in results.items():
            outcome.kubeconfig = _handed_over(out / f"{name}.kubeconfig")
    for outcome in results.values():
        _close(outcome, done, playbook, noise)
    return results


def _handed_over(file: Path) -> str:
    """Return what a host handed over, "" if it didn't; of one that is too long, enough to see that."""
    if not file.exists():
        return ""
    with file.open(errors="replace") as text:
        return text.read(kubeconfig.LARGEST + 1)


def _close(outcome: Outcome, done: child.Done, playbook: str, noise: Sequence[str]) -> None:
    """Give a host that neither finished nor failed the reason why."""
    if outcome.finished or outcome.fault:
        return
    if done.cut == "stopped":
        outcome.touched = True
        outcome.fault = Fault("failed", playbook, "interrupted")
    elif done.cut:
        outcome.touched = True
        why = {
            "timeout": "took longer than timeoutSeconds allows",
            "flood": "its hosts said more than is read of a run",
        }
        outcome.fault = Fault("failed", playbook, why[done.cut])
    else:
        said = [line for line in [*noise, *done.err.splitlines()] if line and "[WARNING]" not in line]
        words = "\n".join(said[-8:]) or f"ansible-runner ended with exit code {done.code}"
        outcome.fault = Fault("failed", playbook, f"Ansible didn't run: {words}")


def _command(folder: Path, playbook: str) -> list[str]:
    return [
        str(Path(sys.executable).with_name("ansible-runner")),
        *("run", str(folder), "--playbook", playbook, "--project-dir", str(playbooks())),
        *("--inventory", str(folder / "inventory"), "--json"),
    ]


def _prepare(folder: Path, machines: Sequence[Machine], given: Mapping[str, str]) -> None:
    groups: dict[str, Any] = {}
    for machine in machines:
        groups.setdefault(_GROUP.format(machine.group), {}).setdefault("hosts", {})[machine.name] = {
            **machine.vars,
            "ansible_host": machine.connection.address,
            "ansible_port": machine.connection.port,
            "ansible_user": machine.connection.user,
            "ansible_ssh_common_args": " ".join(ssh.options(machine.connection, folder)),
        }
    for name in ("inventory", "env"):
        (folder / name).mkdir(mode=0o700)
    inventory = yaml.dump(groups, Dumper=_Dumper, allow_unicode=True)
    scratch.write(folder / "inventory" / "hosts.yml", inventory)
    scratch.write(folder / "env" / "extravars", json.dumps(given))
    # How often ansible-runner looks whether it was told to stop.
    scratch.write(folder / "env" / "settings", json.dumps({"pexpect_timeout": 1, "suppress_output_file": True}))


def _environment(folder: Path, hosts: int) -> dict[str, str]:
    programs = Path(sys.executable).parent
    found = find_spec("ansible_mitogen")
    if found is None or found.origin is None:
        raise OutsideError(Problem("ansible", "the package mitogen isn't installed", next="make setup"))
    strategies = Path(found.origin).parent / "plugins" / "strategy"
    return environment.of(
        "ansible-runner",
        PATH=f"{programs}{os.pathsep}{os.environ.get('PATH', '')}",
        # What the operator's own ansible.cfg says is about other machines.
        ANSIBLE_CONFIG=str(scratch.write(folder / "ansible.cfg", "[defaults]\n")),
        ANSIBLE_HOME=str(folder / "home"),
        ANSIBLE_LOCAL_TEMP=str(folder / "tmp"),
        ANSIBLE_STRATEGY="mitogen_linear",
        ANSIBLE_STRATEGY_PLUGINS=str(strategies),
        ANSIBLE_HOST_KEY_CHECKING="True",
        ANSIBLE_PYTHON_INTERPRETER="/usr/bin/python3",
        ANSIBLE_INJECT_FACT_VARS="False",  # what a host says of itself sets no variable of the run
        ANSIBLE_FORKS=str(min(hosts, _MOST_FORKS)),
        ANSIBLE_TIMEOUT=str(ssh.CONNECT_SECONDS),
        ANSIBLE_DEPRECATION_WARNINGS="False",
        ANSIBLE_NOCOLOR="1",
    )


class _Dumper(yaml.SafeDumper):
    """Writes a text that looks like a template as what it is: a value, not code for Ansible to run."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    tag = "!unsafe" if any(mark in text for mark in _TEMPLATE_MARKS) else "tag:yaml.org,2002:str"
    return dumper.represent_scalar(tag, text)


_Dumper.add_representer(str, _text)
