"""The program as its recording shows it, with no engine and no network."""

from __future__ import annotations

import socket

import pulumi
import pytest

from simpul.city import load
from simpul.project import ROOT
from simpul.recording import ANSWERS, COMPUTED, Recorder, record, run


def test_a_recording_needs_no_network_and_has_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **options: object) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    city = load(ROOT / "Pulumi.balikpapan.yaml")
    recording = record(city)
    assert len(recording.of("simpul:edge:Host")) == sum(len(site.hosts) for site in city.sites)
    assert {each.parent for each in recording.of("alicloud:vpc/switch:Switch")} == {
        "simpul-6471-network",
        "simpul-6471-pods",
    }
    assert recording.outputs["cloud"]["vpc_id"] == "simpul-6471-vpc-id"
    assert {each["workload"] for each in recording.outputs["endpoints"]} == {"messaging"}


def test_a_label_changes_nothing_but_tags_titles_and_descriptions() -> None:
    city = load(ROOT / "Pulumi.balikpapan.yaml")
    told = {"tags", "description", "displayName", "describe"}
    other = record(city.model_copy(update={"name": "Kota Balikpapan", "owner": "Dinas Kominfo"}))
    before, after = (
        {(each.type, each.name): {key: each.inputs[key] for key in each.inputs.keys() - told} for each in run}
        for run in (record(city).resources, other.resources)
    )
    assert before == after


def test_what_is_registered_twice_is_an_error_as_it_is_to_an_engine() -> None:
    def program() -> None:
        for _ in range(2):
            pulumi.CustomResource("alicloud:vpc/network:Network", "twice", {})

    with pytest.raises(RuntimeError, match="Network twice is registered twice"):
        run(program, Recorder(ANSWERS, COMPUTED), "balikpapan")
