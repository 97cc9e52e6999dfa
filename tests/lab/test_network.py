"""The lab's network, against an `ip` that remembers links and namespaces as the kernel would."""

from __future__ import annotations

import json

import pytest

from simpul.errors import OutsideError
from simpul.lab import network


class FakeAddresses:
    """The addresses of the cloud's bridge."""

    def __init__(self) -> None:
        self.addresses: set[str] = set()

    def address(self, argv: list[str]) -> str:
        match argv:
            case ["address", "replace", address, "dev", "simpul-cloud"]:
                self.addresses.add(address)
            case ["-oneline", "address", "show", "dev", "simpul-cloud"]:
                return "".join(f"7: simpul-cloud    inet {each} scope global simpul-cloud\n" for each in self.addresses)
            case ["address", "delete", address, "dev", "simpul-cloud"]:
                self.addresses.remove(address)
        return ""


class FakeIp(FakeAddresses):
    """Understands the few commands that the network gives, and refuses what the kernel would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.links: dict[str, str] = {"eth0": "up"}
        self.second_names: dict[str, str] = {}
        self.namespaces: set[str] = set()
        self.routes: list[dict[str, str]] = []
        self.fence = ""

    def __call__(self, argv: list[str], *, where: str, stdin: str = "") -> str:
        if argv[0] == "nft":
            self.fence = stdin.removeprefix(network.NO_FENCE)
            return ""
        match argv[1:]:
            case ["-j", "link", "show"]:
                return json.dumps(
                    [{"ifname": name, "altnames": [self.second_names.get(name, "")]} for name in self.links]
                )
            case ["-j", "netns", "list"]:
                return json.dumps([{"name": name} for name in self.namespaces])
            case ["-j", "route", "show", "root", _]:
                return json.dumps(self.routes)
            case ["netns", "add", name]:
                assert name not in self.namespaces
                self.namespaces.add(name)
            case ["netns", "delete", name]:
                self.namespaces.remove(name)
            case ["link", "add", name, *_]:
                assert name not in self.links
                self.links[name] = "down"
            case ["link", "set", name, ("up" | "down") as state]:
                assert name in self.links
                self.links[name] = state
            case ["link", "delete", name]:
                del self.links[name]
            case other:
                return self.address(other)
        return ""


@pytest.fixture
def ip(monkeypatch: pytest.MonkeyPatch) -> FakeIp:
    fake = FakeIp()
    monkeypatch.setattr(network, "run", fake)
    monkeypatch.setattr(network.shutil, "which", lambda name: f"/usr/sbin/{name}")
    return fake


def test_each_site_gets_a_lan_with_an_uplink_and_the_cloud_has_one_always(ip: FakeIp) -> None:
    network.up([3, 1])
    assert set(ip.links) == {
        "eth0", "simpul-cloud", "simpul-u0", "simpul-s1", "simpul-u1", "simpul-s3", "simpul-u3",
    }  # fmt: skip
    assert set(ip.links.values()) == {"up"}
    assert network.list_numbers() == (0, 1, 3)


def test_up_again_adds_nothing_and_mends_no_uplink_that_was_cut(ip: FakeIp) -> None:
    network.up([1])
    network.cut(1)
    before = dict(ip.links)
    network.up([1])
    assert ip.links == before
    network.restore(1)
    assert ip.links["simpul-u1"] == "up"


def test_down_removes_what_is_ours_and_nothing_else(ip: FakeIp) -> None:
    ip.links |= {"simpul-vpn0": "up", "docker0": "up"}
    network.up([1, 200])
    network.down()
    assert set(ip.links) == {"eth0", "simpul-vpn0", "docker0"}
    assert ip.namespaces == set()
    network.down()


def test_other_users_are_kept_out_while_there_is_a_network(ip: FakeIp) -> None:
    for _ in range(2):
        network.up([1])
        assert "ip daddr 10.213.0.0/16 ct state new meta skuid != 0 reject" in ip.fence
    network.down()
    assert ip.fence == ""


def test_an_office_s_network_goes_alone(ip: FakeIp) -> None:
    network.up([1, 2])
    for _ in range(2):
        network.remove(2)
        assert set(ip.links) == {"eth0", "simpul-cloud", "simpul-u0", "simpul-s1", "simpul-u1"}


def test_addresses_that_are_in_use_are_refused_with_who_uses_them(ip: FakeIp) -> None:
    ip.routes = [{"dst": "10.213.0.0/24", "dev": "wg0"}]
    with pytest.raises(OutsideError, match=r"10\.213\.0\.0/24 dev wg0"):
        network.up([1])


def test_a_machines_cable_is_found_by_its_long_name_too(ip: FakeIp) -> None:
    ip.links |= {"vb-simpul-bmWVg": "up", "vb-simpul-a": "up", "vb-simpul-b": "up"}
    ip.second_names = {"vb-simpul-bmWVg": "vb-simpul-bpn-barat-2"}
    network.unplug("simpul-bpn-barat-2")
    network.unplug("simpul-a")
    network.unplug("simpul-gone")
    assert set(ip.links) == {"eth0", "vb-simpul-b"}


def test_an_address_is_held_until_it_is_released_however_often(ip: FakeIp) -> None:
    network.release("10.213.0.128")
    network.up([])
    for _ in range(2):
        network.hold("10.213.0.12")
        network.hold("10.213.0.128")
    assert {"10.213.0.12/32", "10.213.0.128/32"} < ip.addresses
    for _ in range(2):
        network.release("10.213.0.12")
    assert "10.213.0.12/32" not in ip.addresses
    assert "10.213.0.128/32" in ip.addresses


def test_names_fit_into_what_the_kernel_allows() -> None:
    longest = 15
    for number in (0, 1, 200):
        assert len(network.name_bridge(number)) <= longest
        assert len(network.name_uplink(number)) <= longest
