"""The life of an office's second host: it has the volume, goes, comes back, and gets another disk.

Nothing is lost that could be sent, what was lost is said, and the city is well afterwards with nothing left to do.
"""

from __future__ import annotations

import copy
import json
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from ipaddress import IPv4Address
from typing import Any

import kubernetes
import pytest
import yaml

from e2e import test_message as message
from e2e.rehearsal import Lab
from simpul.lab import machine
from simpul.lab.engine import KEPT, rehearsed
from simpul.lab.environment import KEY
from simpul.policy import day
from simpul.project import ROOT

pytestmark = pytest.mark.e2e

SITE = "64.71.02"
SERVER, AGENT = "bpn-barat-1", "bpn-barat-2"
ADDRESS = IPv4Address("10.213.2.12")
CLAIM = "messaging/data-messaging-0"
REPORTS = 25

City = dict[str, Any]


@pytest.fixture(scope="module")
def declared(lab: Lab) -> Iterator[City]:
    """Give the city as the lab declares it, and have it so again afterwards."""
    before = rehearsed()
    yield before
    write(before)


@pytest.fixture(autouse=True)
def _reports_of_the_office(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message, "SITE", SITE)
    monkeypatch.setattr(message, "TOPIC", "reports/647102/drill")


def test_the_volume_moves_to_the_host_that_is_named(lab: Lab, declared: City) -> None:
    assert homes(lab) == {SERVER}
    agent_home = edited(declared, volumes_on_agent)
    write(agent_home)
    assert f"host {SERVER}: would lose the volumes" in refused(lab)
    write(edited(agent_home, let_go(SERVER)))
    lab.up()
    assert_rests(lab, agent_home)
    assert homes(lab) == {AGENT}


def test_an_agent_goes_and_what_it_had_not_sent_arrives(lab: Lab, declared: City) -> None:
    assert homes(lab) == {AGENT}
    without = edited(declared, without_agent)
    write(without)
    said = refused(lab)
    assert f"host {AGENT}: would be taken out, and with it what is on its disk (got {CLAIM} of 8 GiB)" in said
    assert f"cloud.replace: [{{name: {AGENT}" in said

    before = len(message.stored(lab))
    lab.run("simpul", "lab", "cut", SITE)
    try:
        message.publish(lab, 0, REPORTS)
        write(edited(without, let_go(AGENT)))
        with running(lab) as engine:
            assert engine.stdout
            waits = next((line for line in engine.stdout if "to be sent before the volume goes" in line), "")
            assert waits, "the run doesn't give a volume up that holds what wasn't sent"
            lab.run("simpul", "lab", "join", SITE)
            rest, _ = engine.communicate(timeout=600)
        assert engine.returncode == 0, rest
    finally:
        lab.run("simpul", "lab", "join", SITE)
    assert message.wait_for(lab, before + REPORTS)[before:] == [f"report {number}" for number in range(REPORTS)]
    assert_rests(lab, without)
    assert homes(lab) == {SERVER}
    assert nodes(lab) == {SERVER}


def test_it_comes_back(lab: Lab, declared: City) -> None:
    write(declared)
    lab.up()
    assert_rests(lab, declared)
    assert nodes(lab) == {SERVER, AGENT}
    assert homes(lab) == {SERVER}


def test_its_disk_is_replaced(lab: Lab, declared: City) -> None:
    agent_home = edited(declared, volumes_on_agent)
    write(edited(agent_home, let_go(SERVER)))
    lab.up()
    write(agent_home)
    machine.stop(AGENT)
    key = KEY.with_suffix(".pub").read_text().strip()
    booted = machine.start(machine.Spec(AGENT, 2, ADDRESS, key))
    machine.wait_ssh(booted)
    renewed = edited(agent_home, lambda city: agent(city).update(host_key=booted.host_key))
    write(renewed)
    said = lab.up()
    assert f"volume {CLAIM} (8 GiB) is lost: its folder isn't on the disk of {AGENT}" in said
    assert_rests(lab, renewed)
    assert homes(lab) == {AGENT}
    message.publish(lab, 0, 1)
    agent(declared).update(host_key=booted.host_key)  # it stays the machine's, whatever comes next


def test_the_volume_goes_home(lab: Lab, declared: City) -> None:
    assert homes(lab) == {AGENT}
    write(edited(declared, let_go(AGENT)))
    lab.up()
    assert_rests(lab, declared)
    assert homes(lab) == {SERVER}


# ---- the declaration -------------------------------------------------------------------------------------------------


def write(city: City) -> None:
    """Declare `city` in the lab's stack."""
    settings = yaml.safe_load(KEPT.read_text())
    settings["config"]["simpul:city"] = city
    KEPT.write_text(yaml.safe_dump(settings, sort_keys=False))


def edited(city: City, *edits: Callable[[City], object]) -> City:
    """Give `city` with each of `edits` made."""
    changed = copy.deepcopy(city)
    for edit in edits:
        edit(changed)
    return changed


def hosts(city: City) -> list[dict[str, Any]]:
    [site] = [site for site in city["sites"] if site["code"] == SITE]
    return list(site["hosts"])


def agent(city: City) -> dict[str, Any]:
    return next(host for host in hosts(city) if host["name"] == AGENT)


def volumes_on_agent(city: City) -> None:
    agent(city)["volumes"] = True


def without_agent(city: City) -> None:
    for site in city["sites"]:
        site["hosts"] = [host for host in site["hosts"] if host["name"] != AGENT]


def let_go(name: str) -> Callable[[City], None]:
    consent = {"name": name, "reason": "a drill of the tests", "ends": str(day.today() + timedelta(days=1))}

    def edit(city: City) -> None:
        city["cloud"]["replace"] = [consent]

    return edit


# ---- how it is -------------------------------------------------------------------------------------------------------


def refused(lab: Lab) -> str:
    """Preview what is refused; give what was said."""
    done = lab.run("pulumi", "preview", "--non-interactive", check=False)
    assert done.returncode != 0, done.stdout
    return f"{done.stdout}{done.stderr}"


@contextmanager
def running(lab: Lab) -> Iterator[subprocess.Popen[str]]:
    """Run `pulumi up` beside what the block does."""
    command = ["pulumi", "up", "--yes", "--skip-preview", "--non-interactive"]
    with subprocess.Popen(
        command, cwd=ROOT, env=lab.variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as engine:
        try:
            yield engine
        finally:
            if engine.poll() is None:
                engine.terminate()


def assert_rests(lab: Lab, city: City) -> None:
    """See that the city is well and that nothing is left to do, without a name in `cloud.replace`."""
    write(city)
    assert lab.settles(), json.dumps(lab.status(), indent=2)
    lab.pulumi("refresh", "--yes", "--skip-preview", "--suppress-outputs")
    assert set(json.loads(lab.pulumi("preview", "--json"))["changeSummary"]) == {"same"}


@contextmanager
def core(lab: Lab) -> Iterator[Any]:
    """Ask the office's cluster."""
    [found] = [each for each in lab.status()["clusters"] if each["site"] == SITE]
    with kubernetes.config.new_client_from_config(found["kubeconfig"]) as client:
        yield kubernetes.client.CoreV1Api(client)


def homes(lab: Lab) -> set[str]:
    """Give the hosts on whose disks the office's volumes lie, once the pod is there."""
    deadline = time.monotonic() + 60
    while True:
        with core(lab) as asked:
            terms = [
                term
                for each in asked.list_persistent_volume().items
                for term in each.spec.node_affinity.required.node_selector_terms
            ]
        if terms or time.monotonic() > deadline:
            return {value for term in terms for each in term.match_expressions for value in each.values}
        time.sleep(1)


def nodes(lab: Lab) -> set[str]:
    with core(lab) as asked:
        return {node.metadata.name for node in asked.list_node().items}
