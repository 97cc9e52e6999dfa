"""Hosts through the provider, beside the runs of Ansible that one would start by hand.

The hosts are the fake ones of the provider's tests: real SSH and a real Python at the other end, with a folder for a
disk. They are processes of this machine, so they share its processors with Ansible.
"""

from __future__ import annotations

import itertools
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import yaml

from bench.measure import Row, measure
from provider.fakehost import Machine, machine
from simpul.command import run
from simpul.provider import ssh
from simpul.provider.host import Host
from simpul.provider.kind import Request, Values

HOSTS = 10
RUNS = 3
APART_RUNS = 2
"""How often ten hosts are changed one by one, which takes a minute."""

NOTHING_RUNS = 5
PLAYBOOKS = Path(__file__).parents[1] / "provider" / "playbook"


class Quiet:
    """A log that nobody reads."""

    def progress(self, text: str) -> None:
        pass

    def alert(self, text: str) -> None:
        pass


def compare_runs() -> Iterator[Row]:
    """Change HOSTS hosts together, as the engine asks for them, and one after the other."""
    with _machines(HOSTS) as machines:
        kind = Host(Event())
        settings = itertools.count()

        def together() -> None:
            values = [_inputs(each, str(next(settings))) for each in machines]
            with ThreadPoolExecutor(HOSTS) as pool:
                list(pool.map(lambda inputs: _make(kind, inputs), values))

        def apart() -> None:
            for each in machines:
                _make(kind, _inputs(each, str(next(settings))))

        what = f"{HOSTS} hosts changed"
        yield measure(what, "`simpul:edge:Host`, asked for together: one run", together, RUNS)
        yield measure(what, f"`simpul:edge:Host`, one after the other: {HOSTS} runs", apart, APART_RUNS)
        folder = machines[0].identity.parent
        yield measure(
            what,
            "`ansible-playbook`, over all: one run",
            lambda: _playbook(folder, [_inputs(each, str(next(settings))) for each in machines]),
            RUNS,
        )


def compare_nothing() -> Iterator[Row]:
    """Find out that there is nothing to do on a host."""
    with _machines(1) as [only]:
        kind, inputs = Host(Event()), _inputs(only, "same")
        _, state = kind.create(_request(inputs))
        request = _request(inputs, old=inputs, state=state)
        what = "1 host, nothing to change"
        yield measure(
            what, "`pulumi up`: Diff of `simpul:edge:Host`", lambda: _expect_none(kind, request), NOTHING_RUNS
        )
        yield measure(what, "`pulumi refresh`: its probe, over SSH", lambda: kind.read(request), NOTHING_RUNS)
        folder = only.identity.parent
        yield measure(what, "`ansible-playbook`", lambda: _playbook(folder, [inputs]), NOTHING_RUNS)


@contextmanager
def _machines(count: int) -> Iterator[list[Machine]]:
    """Start fake hosts, and let the provider use the playbooks that are made for them."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        os.environ["PYTHONWARNINGS"] = "ignore"  # a fake host warns of each session that ends before its input does
        machines = [stack.enter_context(machine(f"host-{number}", folder)) for number in range(count)]
        os.environ["ANSIBLE_PRIVATE_KEY_FILE"] = str(machines[0].identity)
        os.environ["SIMPUL_PLAYBOOKS"] = str(PLAYBOOKS)
        yield machines


def _inputs(machine: Machine, settings: str) -> Values:
    inputs = machine.inputs(vars={"settings": settings})
    return {**inputs, "hostKey": inputs.pop("host_key"), "offlineDays": 0, "timeoutSeconds": 300}


def _request(inputs: Values, **more: Any) -> Request:
    return Request(urn="urn:pulumi:bench::bench::simpul:edge:Host::it", log=Quiet(), inputs=inputs, **more)


def _make(kind: Host, inputs: Values) -> None:
    kind.create(_request(inputs))


def _expect_none(kind: Host, request: Request) -> None:
    if kind.diff(request):
        message = "the host was expected to be what is wished"
        raise AssertionError(message)


def _playbook(folder: Path, hosts: Sequence[Values]) -> None:
    """Make a plain run of Ansible over `hosts`, with its defaults, but for as many at once as the provider has."""
    entries = {
        each["name"]: {
            **each["vars"],
            "simpul_out": str(folder),
            "ansible_host": each["address"],
            "ansible_port": each["port"],
            "ansible_user": each["user"],
            "ansible_python_interpreter": "/usr/bin/python3",
            "ansible_ssh_common_args": " ".join(ssh.options(ssh.Connection.of(each), folder)),
        }
        for each in hosts
    }
    inventory = folder / "hosts.yml"
    inventory.write_text(yaml.safe_dump({"server": {"hosts": entries}}))
    command = [Path(sys.executable).with_name("ansible-playbook"), "-i", inventory, PLAYBOOKS / "site.yml"]
    configuration = folder / "ansible.cfg"
    configuration.write_text("[defaults]\n")
    environment = {
        **os.environ,
        "ANSIBLE_CONFIG": str(configuration),
        "ANSIBLE_FORKS": str(HOSTS),
    }
    run(command, where="ansible-playbook", env=environment)
