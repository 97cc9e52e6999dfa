"""A rehearsal is the city itself: fewer sites, the lab's addresses, nothing else."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from simpul.city import parse, plan
from simpul.errors import UsageError
from simpul.lab import derive
from simpul.lab.environment import STACK
from simpul.policy import Judge, day, load
from simpul.policy.declared import subjects, waivers
from simpul.program import verify
from simpul.project import ROOT


@pytest.fixture
def declared() -> dict[str, Any]:
    document = yaml.safe_load((ROOT / "Pulumi.balikpapan.yaml").read_text())
    city: dict[str, Any] = document["config"]["simpul:city"]
    return city


def rehearsed(declared: dict[str, Any], sites: int) -> dict[str, Any]:
    city = parse(declared)
    machines = derive.hosts(city, sites)
    public = Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    keys = {machine.name: public for machine in machines}
    return derive.rehearse(declared, machines, host_keys=keys, bundle="build/k3s", images=derive.images(city))


def test_hosts_that_are_rehearsed_no_more_are_let_go_by_name(declared: dict[str, Any]) -> None:
    before = rehearsed(declared, 2)
    city = parse(derive.let_go(before, {"bpn-utara-1", "bpn-kota-1"}))
    assert [each.name for each in city.cloud.replace] == ["bpn-kota-1", "bpn-utara-1"]
    assert parse(before).cloud.replace == ()


def test_the_rehearsal_holds_and_keeps_the_ranges_of_the_city(declared: dict[str, Any]) -> None:
    city, rehearsal = parse(declared), parse(rehearsed(declared, 2))
    assert [site.code for site in rehearsal.sites] == ["64.71.01", "64.71.02"]
    own = {"rehearsal", "sites", "cloud", "registry", "bundle", "waivers"}
    assert rehearsal.model_dump(exclude=own) == city.model_dump(exclude=own)
    whole, part = plan(city), plan(rehearsal)
    assert part.vpc == whole.vpc
    assert all(part.sites[code] == whole.sites[code] for code in part.sites)


def test_a_rehearsal_has_a_registry_of_its_own_stack(declared: dict[str, Any]) -> None:
    rehearsal = parse(rehearsed(declared, 2))
    assert rehearsal.registry.address == "simpul-6471-lab-registry-vpc.ap-southeast-5.cr.aliyuncs.com/balikpapan"
    verify(rehearsal, STACK)


def test_a_rehearsal_keeps_the_rules_but_for_the_one_that_it_waives(declared: dict[str, Any]) -> None:
    rehearsal = parse(rehearsed(declared, 2))
    judge = Judge(load(), waivers(rehearsal), day.today())
    found = judge.judge_all(subjects(rehearsal, day.today()))
    assert found.errors == ()
    assert [finding.rule.id for finding in found.waived] == ["protection-rehearsal"]
    assert found.unused == ()


def test_hosts_get_addresses_in_the_network_of_their_site(declared: dict[str, Any]) -> None:
    machines = derive.hosts(parse(declared), 2)
    assert [(machine.name, str(machine.address)) for machine in machines] == [
        ("bpn-timur-1", "10.213.1.11"),
        ("bpn-barat-1", "10.213.2.11"),
        ("bpn-barat-2", "10.213.2.12"),
    ]


def test_the_declaration_itself_stays_as_it_was(declared: dict[str, Any]) -> None:
    before = yaml.safe_dump(declared)
    rehearsed(declared, 2)
    assert yaml.safe_dump(declared) == before


@pytest.mark.parametrize("sites", [0, 7])
def test_a_number_of_sites_that_the_city_has_not_is_refused(declared: dict[str, Any], sites: int) -> None:
    with pytest.raises(UsageError, match="--sites: Balikpapan declares 6 sites"):
        derive.hosts(parse(declared), sites)
