"""What of a lab stands for no office any more."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest

from simpul.lab import machine, network, up
from simpul.lab.derive import LabHost

HOSTS = (LabHost("timur-1", 1, IPv4Address("10.213.1.11")), LabHost("barat-1", 2, IPv4Address("10.213.2.11")))


@pytest.fixture(autouse=True)
def removed(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Give a lab of two offices and the cloud's own machines, and what is removed of it."""
    gone: list[object] = []
    places = {"timur-1": "10.213.1.11", "barat-1": "10.213.2.11", "barat-2": "10.213.2.12", "node-1": "10.213.0.21"}
    there = [machine.Machine(name, address, "simpul", "key", 1, "began") for name, address in places.items()]
    monkeypatch.setattr(machine, "list_all", lambda: there)
    monkeypatch.setattr(machine, "stop_all", gone.extend)
    monkeypatch.setattr(network, "list_numbers", lambda: (0, 1, 2))
    monkeypatch.setattr(network, "remove", gone.append)
    return gone


def test_a_machine_of_an_office_that_is_wanted_and_one_of_the_cloud_s_stay(removed: list[object]) -> None:
    assert up._gone(HOSTS) == ["barat-2"]
    up._give_back(["barat-2"], HOSTS)
    assert removed == ["barat-2"]


def test_a_network_goes_with_its_last_host(removed: list[object]) -> None:
    assert up._gone(HOSTS[:1]) == ["barat-1", "barat-2"]
    up._give_back(["barat-1", "barat-2"], HOSTS[:1])
    assert removed == ["barat-1", "barat-2", 2]
