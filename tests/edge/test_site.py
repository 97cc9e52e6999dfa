"""A site's hosts, as the engine would see them."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

from recorder import Recorder, record
from simpul.city import City, load, plan
from simpul.edge import SiteArgs, SiteHosts
from simpul.handover import BackupStore, SiteEstate
from simpul.project import ROOT

HOST = "simpul:edge:Host"
BARAT = "64.71.02"


@pytest.fixture(scope="module")
def city() -> City:
    return load(ROOT / "Pulumi.balikpapan.yaml")


def make(city: City, code: str) -> tuple[dict[str, dict[str, Any]], SiteEstate]:
    [site] = [site for site in city.sites if site.code == code]
    recorder = Recorder(
        computed={"simpul:secret:Password": {"result": "a-token"}, HOST: {"kubeconfig": "kind: Config"}}
    )
    estates: list[SiteEstate] = []

    def declare() -> None:
        args = SiteArgs(city, site, plan(city).sites[code], store(code))
        estates.append(SiteHosts(f"simpul-{site.slug}", args).estate)

    record(declare, recorder)
    return {host.name: host.inputs for host in recorder.of(HOST)}, estates[0]


def store(code: str) -> BackupStore:
    """Give where a site's backups go, as the cloud hands it over."""
    endpoint, key, secret = (pulumi.Output.from_input(each) for each in ("https://oss", "LTAI", "a-secret"))
    return BackupStore(code, endpoint, "ap-southeast-5", "backup", f"sites/{code.replace('.', '')}/", key, secret, 65)


def test_all_hosts_of_a_site_are_one_cluster(city: City) -> None:
    hosts, estate = make(city, BARAT)
    assert {name: host["group"] for name, host in hosts.items()} == {"bpn-barat-1": "server", "bpn-barat-2": "agent"}
    assert {host["vars"]["k3s_server_address"] for host in hosts.values()} == {"10.30.2.11"}
    assert len({host["vars"]["k3s_token"] for host in hosts.values()}) == 1
    assert estate.cluster.site == BARAT
    assert len(estate.cluster.ready) == 2


def test_ranges_come_from_the_plan(city: City) -> None:
    hosts, _ = make(city, BARAT)
    ranges = plan(city).sites[BARAT]
    for host in hosts.values():
        assert host["vars"]["k3s_pod_cidr"] == str(ranges.pods)
        assert host["vars"]["k3s_service_cidr"] == str(ranges.services)
        assert host["vars"]["k3s_dns"] == str(ranges.dns)


def test_a_server_knows_the_nodes_and_an_agent_its_server(city: City) -> None:
    hosts, estate = make(city, BARAT)
    assert hosts["bpn-barat-1"]["nodes"] == ["bpn-barat-1", "bpn-barat-2"]
    way = {"name": "bpn-barat-1", "address": "10.30.2.11", "port": 22, "user": "simpul"}
    assert hosts["bpn-barat-2"]["server"] == way
    assert "server" not in hosts["bpn-barat-1"]
    assert estate.cluster.home == "bpn-barat-1"


def test_the_link_says_for_how_long_a_host_may_be_away(city: City) -> None:
    hosts, estate = make(city, "64.71.05")
    assert {host["offlineDays"] for host in hosts.values()} == {3}
    assert estate.cluster.offline_days == 3


def test_who_keeps_the_cluster_s_state_backs_it_up_to_a_folder_of_its_own(city: City) -> None:
    hosts, estate = make(city, BARAT)
    told = {name: {key for key in host["vars"] if key.startswith("backup_")} for name, host in hosts.items()}
    assert told["bpn-barat-2"] == set(), "an agent without volumes has nothing to lose"
    assert estate.backup.hosts == ("bpn-barat-1",)
    said = hosts["bpn-barat-1"]["vars"]
    assert {key: said[key] for key in told["bpn-barat-1"]} == {
        "backup_endpoint": "https://oss",
        "backup_region": "ap-southeast-5",
        "backup_bucket": "backup",
        "backup_folder": "sites/647102/bpn-barat-1",
        "backup_access_key_id": "LTAI",
        "backup_access_key_secret": "a-secret",
        "backup_password": "a-token",
        "backup_days": 35,
        "backup_whole_days": 30,
        "backup_locked_days": 65,
    }
