"""`simpul lab up`: from a machine that has nothing to a city that runs, or to one that is up to date.

In: the name of a city and how many of its sites. Out: a running lab. Every step tells how long it took.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import yaml

from simpul.city import City, load
from simpul.city.registry import host
from simpul.command import run
from simpul.errors import UsageError
from simpul.image.build import build
from simpul.lab import (
    bundle,
    daemon,
    derive,
    engine,
    machine,
    network,
    place,
    prerequisite,
    registry,
    rootfs,
    server,
    toolchain,
)
from simpul.lab.alone import alone
from simpul.lab.cloud.authority import Authority
from simpul.lab.environment import CLOUD_AUTHORITY, CLOUD_PORT, KEY, KUBECONFIGS, STACK, variables
from simpul.lab.place import CLOUD, REGISTRY, STATE
from simpul.lab.step import Progress, Report, step
from simpul.project import CHARTS, ROOT
from simpul.status import CityStatus, gather

SETTLE_SECONDS = 120
"""How long pods may take to be ready after the engine is done: a restarted k3s starts them again."""

BUNDLE = "build/k3s"
"""Where the declaration finds the lab's k3s: a link of the clone into the cache."""


def up(name: str, sites: int, report: Report, *, terminal: bool) -> CityStatus:
    """Bring up the city `name` (of Pulumi.<name>.yaml) with its first `sites` sites; give how it is then.

    On a `terminal` Pulumi draws its own progress; otherwise its lines are told.
    Raises CityError for a declaration that doesn't hold, UsageError, OutsideError.
    """
    declaration = ROOT / f"Pulumi.{name}.yaml"
    if name == STACK or not declaration.exists():
        cities = {path.name.split(".")[1] for path in ROOT.glob("Pulumi.*.yaml")}
        there = ", ".join(sorted(cities - {STACK}))
        raise UsageError.at(f"city {name}", "isn't declared in this project", str(declaration), f"one of: {there}")
    city = load(declaration)
    hosts = derive.hosts(city, sites)
    with alone():
        with step(report, "This machine") as progress:
            prerequisite.ensure(progress, servers=sites, agents=len(hosts) - sites)
        return _bring_up(city, declaration, hosts, report, terminal=terminal)


def _bring_up(
    city: City, declaration: Path, hosts: tuple[derive.LabHost, ...], report: Report, *, terminal: bool
) -> CityStatus:
    _make_tools(report)
    with step(report, "Networks and registry"):
        STATE.mkdir(parents=True, exist_ok=True, mode=0o700)
        network.up([CLOUD, *sorted({host.number for host in hosts})])
        registry.start()
    with step(report, "Images of the city") as progress:
        _push_images(city, progress)
    with step(report, f"{len(hosts)} hosts"):
        host_keys = _boot(hosts)
    with step(report, "Cloud stand-in"):
        _start_cloud(city)
    declared = yaml.safe_load(declaration.read_text())["config"]["simpul:city"]
    rehearsal = derive.rehearse(declared, hosts, host_keys=host_keys, bundle=BUNDLE, images=derive.images(city))
    with step(report, "Stack"):
        engine.prepare(rehearsal, city.cloud.region)
        if gone := engine.hosts() - {each.name for each in hosts}:
            engine.prepare(derive.let_go(rehearsal, gone), city.cloud.region)
    with step(report, "pulumi up") as progress:
        engine.recover(progress)
        engine.up(progress, terminal=terminal)
        engine.clear(progress)
        if gone:
            engine.prepare(rehearsal, city.cloud.region)  # a consent to what has been done names nothing
    if machines := _gone(hosts):
        with step(report, f"{len(machines)} hosts of offices that are gone"):
            _give_back(machines, hosts)
    with step(report, "Everything ready"):
        os.environ.update(variables())
        return _settle()


def _settle() -> CityStatus:
    """Give how the city is once it is well, or when that took too long."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while not (status := gather(KUBECONFIGS)).well and time.monotonic() < deadline:
        time.sleep(2)
    return status


def _make_tools(report: Report) -> None:
    """Build what the cache lacks: programs one by one, as each takes all processors; Debian's parts beside."""

    def build() -> None:
        with step(report, "Pulumi and Helm") as progress:
            toolchain.ensure(progress)
        with step(report, "k3s of the lab") as progress:
            _link(bundle.build(progress))
        with step(report, "S3 server of the cloud") as progress:
            toolchain.ensure(progress, (toolchain.VERSITYGW,))

    def bootstrap() -> None:
        with step(report, "Base of the hosts") as progress:
            rootfs.build(progress)
        with step(report, "Database servers of the cloud") as progress:
            server.build(progress)

    with ThreadPoolExecutor() as pool:
        for made in [pool.submit(build), pool.submit(bootstrap)]:
            made.result()


def _link(made: Path) -> None:
    link = ROOT / BUNDLE
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(made)


def _push_images(city: City, progress: Progress) -> None:
    namespace = derive.images(city).partition("/")[2]
    for recipe in sorted(CHARTS.glob("*/image")):
        build(recipe, registry=f"{REGISTRY}/{namespace}", progress=progress)


def _boot(hosts: Iterable[derive.LabHost]) -> Mapping[str, str]:
    """Boot the machines; give their public SSH keys by name."""
    if not KEY.exists():
        KEY.parent.mkdir(mode=0o700, exist_ok=True)
        run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "simpul lab", "-f", KEY], where="ssh-keygen")
    authorized = KEY.with_suffix(".pub").read_text().strip()
    Authority(CLOUD_AUTHORITY.parent).make()
    trusted = CLOUD_AUTHORITY.read_text()  # as the world trusts whom the vendor's servers are signed by
    specs = [machine.Spec(host.name, host.number, host.address, authorized, derive.USER, trusted) for host in hosts]
    booted = machine.start_all(specs)
    for each in booted:
        machine.wait_ssh(each)
    return {each.name: each.host_key for each in booted}


def _gone(hosts: Iterable[derive.LabHost]) -> list[str]:
    """List the machines of offices that none of `hosts` stands for any more."""
    wanted = {host.name for host in hosts}
    offices = (each for each in machine.list_all() if IPv4Address(each.address) not in place.network(CLOUD))
    return [each.name for each in offices if each.name not in wanted]


def _give_back(names: Iterable[str], hosts: Iterable[derive.LabHost]) -> None:
    """Remove machines, which Pulumi has taken out of the city, and the networks in which no host is left."""
    machine.stop_all(names)
    for number in set(network.list_numbers()) - {CLOUD, *(each.number for each in hosts)}:
        network.remove(number)


def _start_cloud(city: City) -> None:
    argv: list[Any] = [sys.executable, "-m", "simpul.lab.cloud", "--state", STATE / "cloud", "--port-file", CLOUD_PORT]
    mirror = f"{host(derive.images(city))}=http://{REGISTRY}"
    argv += ["--region", city.cloud.region, "--bundle", bundle.find(), "--mirror", mirror]
    argv += ["--versitygw", toolchain.locate(toolchain.VERSITYGW)]
    if not daemon.running("cloud"):
        CLOUD_PORT.unlink(missing_ok=True)
    daemon.start("cloud", argv, CLOUD_PORT.exists)
