"""Where a site's volumes lie, and that a host with one goes by name alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from simpul.city import City, load
from simpul.city.cloud import Replacement
from simpul.cloud import Found
from simpul.cloud.found import Kept
from simpul.edge import give_up
from simpul.errors import CityError
from simpul.policy import day
from simpul.program import compose
from simpul.project import ROOT
from simpul.recording import ANSWERS, COMPUTED, Recorder, run

BARAT = "64.71.02"
SERVER, AGENT = "bpn-barat-1", "bpn-barat-2"


def on(host: str) -> Kept:
    return Kept("messaging/data-messaging-0", host, 8)


@pytest.fixture(scope="module")
def city() -> City:
    return load(ROOT / "Pulumi.balikpapan.yaml")


def changed(city: City, *, hosts: dict[str, dict[str, Any] | None], named: str = "", days: int = 1) -> City:
    """Give `city` with other `hosts` (None takes one out), and one `named` in cloud.replace for so many days."""
    sites = []
    for site in city.sites:
        left = tuple(
            each.model_copy(update=hosts.get(each.name) or {})
            for each in site.hosts
            if hosts.get(each.name, {}) is not None
        )
        sites += [site.model_copy(update={"hosts": left})] if left else []
    consent = Replacement(name=named or "x", reason="it is a drill", ends=day.today() + timedelta(days=days))
    cloud = city.cloud.model_copy(update={"replace": (consent,) if named else ()})
    return city.model_copy(update={"sites": tuple(sites), "cloud": cloud})


def test_volumes_lie_on_the_server_unless_another_host_says_so(city: City) -> None:
    [site] = [site for site in city.sites if site.code == BARAT]
    assert site.home.name == SERVER
    [site] = [site for site in changed(city, hosts={AGENT: {"volumes": True}}).sites if site.code == BARAT]
    assert site.home.name == AGENT


def test_a_host_that_keeps_its_volumes_needs_no_name(city: City) -> None:
    assert give_up(city, [on(SERVER)], day.today()) == ()
    assert give_up(changed(city, hosts={AGENT: None}), [on(SERVER)], day.today()) == ()


@pytest.mark.parametrize(
    ("hosts", "host", "says"),
    [
        ({AGENT: None}, AGENT, "would be taken out, and with it what is on its disk"),
        ({AGENT: {"volumes": True}}, SERVER, "would lose the volumes of 64.71.02 to bpn-barat-2"),
        ({SERVER: None, AGENT: {"role": "server"}}, SERVER, "would be taken out"),
        ({SERVER: {"role": "agent"}, AGENT: {"role": "server"}}, SERVER, "would lose the volumes of 64.71.02"),
    ],
)
def test_one_that_would_lose_them_is_refused_until_it_is_named(
    city: City, hosts: dict[str, dict[str, Any] | None], host: str, says: str
) -> None:
    with pytest.raises(CityError) as raised:
        give_up(changed(city, hosts=hosts), [on(host)], day.today())
    [problem] = raised.value.problems
    assert problem.where == f"host {host}"
    assert says in problem.what
    assert problem.got == "messaging/data-messaging-0 of 8 GiB"
    assert f"cloud.replace: [{{name: {host}" in str(problem.next)
    assert give_up(changed(city, hosts=hosts, named=host), [on(host)], day.today()) == (host,)
    with pytest.raises(CityError):
        give_up(changed(city, hosts=hosts, named=host, days=-1), [on(host)], day.today())


def test_every_host_is_told_at_once(city: City) -> None:
    gone = changed(city, hosts={AGENT: None, "bpn-timur-1": None})
    with pytest.raises(CityError) as raised:
        give_up(gone, [on("bpn-timur-1"), on(AGENT)], day.today())
    assert [problem.where for problem in raised.value.problems] == [f"host {AGENT}", "host bpn-timur-1"]


def made(city: City, there: Found) -> Recorder:
    recorder = Recorder(ANSWERS, COMPUTED)
    run(lambda: compose(city, there), recorder, "balikpapan")
    return recorder


def releases(recorder: Recorder) -> dict[str, Any]:
    return {each.inputs["cluster"]: each.inputs for each in recorder.resources if each.typ == "simpul:helm:Release"}


def test_the_program_refuses_it_in_a_rehearsal_too(city: City) -> None:
    rehearsal = city.model_copy(update={"cloud": city.cloud.model_copy(update={"protect": False})})
    with pytest.raises(CityError, match="host bpn-barat-2: would be taken out"):
        made(changed(rehearsal, hosts={AGENT: None}), Found(volumes=(on(AGENT),)))


def test_with_its_name_the_release_is_told_where_to_go_and_whom_to_leave(city: City) -> None:
    gone = changed(city, hosts={AGENT: None}, named=AGENT)
    leaf = releases(made(gone, Found(volumes=(on(AGENT),))))["simpul-647102"]
    assert (leaf["home"], leaf["letGo"], leaf["values"]["storage"]["host"]) == (SERVER, [AGENT], SERVER)
    hub = releases(made(gone, Found(volumes=(on(AGENT),))))["simpul-6471"]
    assert (hub["home"], hub["letGo"]) == ("", [])
