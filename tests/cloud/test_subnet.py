"""Which networks are at a site, few enough for what takes them."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simpul.city import load, plan
from simpul.cloud import subnet
from simpul.errors import CityError
from simpul.project import ROOT

CLOUD = IPv4Network("10.64.0.0/11")
OFFICES = st.lists(
    st.integers(int(IPv4Address("10.0.0.1")), int(IPv4Address("10.31.255.254"))).map(IPv4Address),
    min_size=1,
    max_size=16,
    unique=True,
)


@given(OFFICES)
def test_few_ranges_hold_all_hosts_and_none_of_the_cloud_s(hosts: list[IPv4Address]) -> None:
    ranges = subnet.gather(hosts, 4, [CLOUD], "64.71.01")
    assert len(ranges) <= 4
    assert all(any(host in each for each in ranges) for host in hosts)
    assert not any(each.overlaps(CLOUD) for each in ranges)


@given(OFFICES)
def test_where_there_is_room_nobody_but_the_hosts_is_in(hosts: list[IPv4Address]) -> None:
    assert sum(each.num_addresses for each in subnet.gather(hosts, 16, [CLOUD], "64.71.01")) == len(hosts)


def test_hosts_that_only_the_cloud_s_range_would_join_are_told() -> None:
    hosts = [IPv4Address("10.32.0.1"), IPv4Address("10.96.0.1"), IPv4Address("192.168.0.1")]
    with pytest.raises(CityError, match=r"64\.71\.01\)\.hosts: have addresses of too many networks \(got 3\)"):
        subnet.gather(hosts, 1, [CLOUD], "64.71.01")


def test_a_site_has_its_cluster_s_ranges_and_its_hosts() -> None:
    city = load(ROOT / "Pulumi.balikpapan.yaml")
    site = city.sites[1]
    addresses = plan(city)
    own, *hosts = subnet.behind(site, city, addresses)
    assert addresses.sites[site.code].pods.subnet_of(own)
    assert addresses.sites[site.code].services.subnet_of(own)
    assert [str(each) for each in hosts] == ["10.30.2.11/32", "10.30.2.12/32"]


def test_a_network_is_of_one_site_alone() -> None:
    """Ten hosts in ten networks are put into wider ranges, in which no other office's host is."""
    city = load(ROOT / "Pulumi.balikpapan.yaml")
    far = [f"10.{30 if at % 2 else 40}.{at * 16}.11" for at in range(10)]
    host = city.sites[1].hosts[0]
    many = tuple(
        host.model_copy(update={"name": f"bpn-{at}", "address": IPv4Address(each)}) for at, each in enumerate(far)
    )
    sites = (city.sites[0], city.sites[1].model_copy(update={"hosts": many}), *city.sites[2:])
    city = city.model_copy(update={"sites": sites})
    networks = {site.code: subnet.behind(site, city, plan(city)) for site in city.sites}
    for site in city.sites:
        others = [each for code, ranges in networks.items() if code != site.code for each in ranges]
        assert not any(host.address in each for host in site.hosts for each in others)
        assert not any(each.overlaps(other) for each in networks[site.code] for other in others)
    assert any(each.prefixlen < 32 for each in networks[sites[1].code][1:])
