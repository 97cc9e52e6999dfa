"""What is adopted: only what the cloud holds and the stack's state doesn't know."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from pulumi_alicloud import log, vpc

from cloud.test_estate import NOTHING
from recorder import Recorder, record
from simpul.cloud.found import Found, Listed, Listing, find
from simpul.cloud.identity import Identity
from simpul.errors import OutsideError

PATIENCE = 60.0
"""Seconds after which what never comes is given up: a test that waits for it has failed."""

STATE = "pulumi:pulumi:readStackResourceOutputs"
BALIKPAPAN = Identity("6471", "64.71", "Balikpapan", "Diskominfo Balikpapan", "balikpapan")


async def listed(identity: Identity) -> Listed:
    yield vpc.Network, "simpul-6471-vpc", "vpc-1"
    yield vpc.Switch, "simpul-6471-switch", "vsw-1"
    yield log.Store, "flow", "simpul-6471:flow"
    yield log.StoreIndex, "flow", "simpul-6471:flow"


def look(state: dict[str, Any], *listings: Listing) -> Found:
    found: list[Found] = []
    recorder = Recorder(answers=NOTHING | {STATE: {"outputs": state}})
    record(lambda: found.append(find(BALIKPAPAN, listings or [listed])), recorder)
    return found[0]


def test_what_the_state_knows_is_not_adopted_again_so_that_it_can_be_made_anew() -> None:
    state = {
        "urn:pulumi:balikpapan::simpul::alicloud:vpc/network:Network::simpul-6471-vpc": {"outputs": {"id": "vpc-1"}},
        "urn:pulumi:balikpapan::simpul::simpul:cloud:Cloud::simpul-6471": {"outputs": {"vpcId": "vsw-1"}},
    }
    found = look(state)
    assert found.id(vpc.Network, "simpul-6471-vpc") is None
    assert found.id(vpc.Switch, "simpul-6471-switch") == "vsw-1"


def test_of_two_that_have_one_id_the_one_is_adopted_that_the_state_does_not_know() -> None:
    parents = "simpul:cloud:Cloud$simpul:cloud:Logs$"
    state = {
        f"urn:pulumi:balikpapan::simpul::{parents}alicloud:log/store:Store::flow": {
            "outputs": {"id": "simpul-6471:flow"}
        },
    }
    found = look(state)
    assert found.id(log.Store, "flow") is None
    assert found.id(log.StoreIndex, "flow") == "simpul-6471:flow"


def test_a_state_that_is_empty_knows_nothing() -> None:
    assert look({}).id(vpc.Network, "simpul-6471-vpc") == "vpc-1"


def test_no_listing_waits_for_another() -> None:
    asked = asyncio.Barrier(2)

    async def networks(identity: Identity) -> Listed:
        await asyncio.wait_for(asked.wait(), PATIENCE)
        yield vpc.Network, identity.prefix, "vpc-1"

    async def stores(identity: Identity) -> Listed:
        await asyncio.wait_for(asked.wait(), PATIENCE)
        yield log.Store, identity.prefix, "store-1"

    found = look({}, networks, stores)
    assert found.id(vpc.Network, "simpul-6471") == "vpc-1"
    assert found.id(log.Store, "simpul-6471") == "store-1"


def test_what_a_person_has_to_decide_is_told_at_once_and_as_it_is() -> None:
    async def strange(identity: Identity) -> Listed:
        yield vpc.Network, identity.prefix, "vpc-1"
        raise OutsideError.at(identity.prefix, "it is another's", got="vpc-1", next="rename it")

    async def patient(identity: Identity) -> Listed:
        yield vpc.Network, identity.prefix, "vpc-1"
        await asyncio.sleep(PATIENCE)
        raise AssertionError

    with pytest.raises(OutsideError, match="it is another's"):
        look({}, patient, strange)


async def two(identity: Identity) -> Listed:
    yield vpc.Network, identity.prefix, "vpc-1"
    yield vpc.Network, identity.prefix, "vpc-2"


def test_two_of_a_name_that_the_state_knows_neither_of_are_a_persons_to_decide() -> None:
    with pytest.raises(OutsideError, match="vpc-1 and vpc-2"):
        look({}, two)


def test_the_old_one_of_a_replacement_that_was_cut_off_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine tells a program nothing of what it will delete, and deletes it in the next run."""
    said: list[str] = []
    monkeypatch.setattr("pulumi.log.warn", said.append)
    urn = "urn:pulumi:balikpapan::simpul::alicloud:vpc/network:Network::simpul-6471"
    found = look({urn: {"outputs": {"id": "vpc-2"}}}, two)
    assert found.id(vpc.Network, "simpul-6471") is None
    [words] = said
    assert "vpc-2" in words
    assert "vpc-1" in words
