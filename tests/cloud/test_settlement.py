"""A cluster that is between two states when a run begins, as the listing tells it look by look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_alicloud as alicloud
import pytest
from pulumi.runtime import mocks

from cloud.test_estate import NOTHING
from recorder import Recorder, record
from simpul.cloud import settlement
from simpul.cloud.estate import LISTINGS
from simpul.cloud.found import Found, find
from simpul.cloud.identity import Identity
from simpul.cloud.settlement import PAUSES
from simpul.errors import OutsideError

BALIKPAPAN = Identity("6471", "64.71", "Balikpapan", "Diskominfo Balikpapan", "balikpapan")
ANSWERS = NOTHING | {
    "alicloud:vpc/getNetworks:getNetworks": {"vpcs": [{"id": "vpc-1", "vpcName": "simpul-6471-vpc"}]},
    "alicloud:cs/getKubernetesNodePools:getKubernetesNodePools": {"nodepools": []},
}


@dataclass
class Looks(Recorder):
    """Answers each look at the clusters with the next of `states`, "" for none; the last one stays."""

    states: Iterator[str] = field(default_factory=lambda: iter(()))
    vpc: str = "vpc-1"
    state: str = ""

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]]]:
        if args.token != "alicloud:cs/getClusters:getClusters":
            return super().call(args)
        self.state = next(self.states, self.state)
        listed = {"id": "c1", "clusterName": "simpul-6471-balikpapan", "vpcId": self.vpc, "state": self.state}
        return {"clusters": [listed] if self.state else []}, []


def look(monkeypatch: pytest.MonkeyPatch, *states: str, vpc: str = "vpc-1") -> tuple[Found, list[float], list[str]]:
    """Look for what there is; give it with the pauses that were made, and what was told."""
    found: list[Found] = []
    pauses: list[float] = []
    told: list[str] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr(pulumi.log, "info", told.append)
    monkeypatch.setattr(settlement, "sleep", pause)
    looks = Looks(answers=ANSWERS, states=iter(states), vpc=vpc)
    record(lambda: found.append(find(BALIKPAPAN, LISTINGS)), looks)
    return found[0], pauses, told


def test_one_that_is_being_made_is_waited_for_and_adopted(monkeypatch: pytest.MonkeyPatch) -> None:
    found, pauses, told = look(monkeypatch, "initial", "initial", "running")
    assert found.id(alicloud.cs.ManagedKubernetes, "simpul-6471-balikpapan") == "c1"
    assert pauses == list(PAUSES[:2])
    assert told == ["Waiting for the cluster simpul-6471-balikpapan (c1), which is initial"]


def test_one_that_is_being_deleted_is_waited_for_until_it_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    found, pauses, _ = look(monkeypatch, "deleting", "")
    assert found.id(alicloud.cs.ManagedKubernetes, "simpul-6471-balikpapan") is None
    assert len(pauses) == 1


def test_one_that_failed_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OutsideError, match=r"simpul-6471-balikpapan: doesn't run.*c1 is failed.*\n.*delete it"):
        look(monkeypatch, "failed")


def test_patience_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OutsideError, match=r"doesn't come to run in 30 minutes \(got c1 is initial\)"):
        look(monkeypatch, "initial")


@pytest.mark.parametrize("state", ["running", "initial", "failed"])
def test_one_in_another_stack_s_network_is_nothing_to_this_one(monkeypatch: pytest.MonkeyPatch, state: str) -> None:
    found, pauses, _ = look(monkeypatch, state, vpc="vpc-2")
    assert (found.id(alicloud.cs.ManagedKubernetes, "simpul-6471-balikpapan"), pauses) == (None, [])
