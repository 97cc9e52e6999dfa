"""What holds data or has an address that others were told is protected, until the declaration names it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from cloud.change import declare
from cloud.engine import declare as program
from cloud.engine import open_stack, removable, run
from lab.cloud.client import serve
from lab.cloud.fake import FakeBacking
from simpul.city import City
from simpul.cloud import Found
from simpul.cloud.found import token
from simpul.cloud.guard import ADDRESSES, DATA
from simpul.errors import CityError
from simpul.policy import Frame, day
from simpul.program import compose
from simpul.project import ROOT
from simpul.recording import ANSWERS, COMPUTED, Recorder, Recording, record
from simpul.recording import run as run_program
from simpul.review import review

TOKENS = {token(kind) for kind in (*DATA, *ADDRESSES)}
GUARDED = {"cloud.api": {"public": True, "allow": ["203.0.113.0/28"]}, "cloud.stores.1.cache": True}
"""What makes Balikpapan have all of them."""


def consent(name: str, days: int = 30) -> dict[str, str]:
    return {"name": name, "reason": "moves to another one", "ends": str(day.today() + timedelta(days=days))}


def protected(recording: Recording) -> set[str]:
    return {each.name for each in recording.resources if each.protect}


def test_all_of_these_kinds_are_protected_and_nothing_else() -> None:
    recording = record(declare(GUARDED))
    assert {each.type for each in recording.resources if each.protect} == TOKENS
    assert [each.name for each in recording.resources if each.type in TOKENS and not each.protect] == []


def test_a_rehearsal_guards_nothing() -> None:
    assert protected(record(removable(declare(GUARDED)))) == set()


def test_what_is_named_may_be_made_anew_and_the_rest_stays() -> None:
    before = protected(record(declare()))
    after = protected(record(declare({"cloud.replace": [consent("simpul-6471-vpn")]})))
    assert before - after == {"simpul-6471-vpn"}


def test_a_consent_ends() -> None:
    assert "simpul-6471-vpn" in protected(record(declare({"cloud.replace": [consent("simpul-6471-vpn", -1)]})))


def test_a_name_that_nothing_guarded_has_is_an_error() -> None:
    with pytest.raises(CityError) as error:
        record(declare({"cloud.replace": [consent("simpul-6471-vpm")]}))
    [problem] = error.value.problems
    assert (problem.where, problem.got) == ("city.cloud.replace[0].name", "simpul-6471-vpm")
    assert "simpul-6471-vpn" in str(problem.next)


def test_a_check_tells_such_a_name_too(tmp_path: Path) -> None:
    document: dict[str, Any] = yaml.safe_load((ROOT / "Pulumi.balikpapan.yaml").read_text())
    document["config"]["simpul:city"]["cloud"]["replace"] = [consent("simpul-6471-vpm")]
    file = tmp_path / "Pulumi.balikpapan.yaml"
    file.write_text(yaml.safe_dump(document))
    assert [problem.where for problem in review(file).problems] == ["city.cloud.replace[0].name"]


PERSONAL = {"name": "population", "data": "personal", "database": True, "cache": True, "bucket": True}
PUBLIC = {"public": True, "allow": ["203.0.113.0/28"]}
LOSES = ("database-population", "cache-population", "data-population", "gate")


@pytest.mark.engine
def test_what_is_named_loses_its_protections_in_one_run_and_goes_in_the_next(tmp_path: Path) -> None:
    """The vendor refuses to delete what it was told to protect: a run that did both at once would stop half-way."""
    stores = declare().cloud.model_dump(mode="json")["stores"][:1]
    whole = {"cloud.stores": [*stores, PERSONAL], "cloud.api": PUBLIC}
    named = {"cloud.replace": [consent(f"simpul-6471-{part}") for part in LOSES]}
    with serve(tmp_path / "cloud", FakeBacking()) as cloud:
        stack = open_stack(cloud, tmp_path, declare(whole))
        run(stack.up)

        stack.workspace.program = program(declare({**whole, **named}))
        released = run(stack.up)
        assert len(released.said) == len([word for word in released.said if "named in cloud.replace" in word]) == 3
        assert {urn.rpartition("::")[2] for urn, step in released.steps.items() if step != "same"} == {
            f"simpul-6471-{part}" for part in LOSES if part != "cache-population"
        }

        stack.workspace.program = program(declare({"cloud.stores": stores}))
        gone = run(stack.up)
        assert gone.said == []
        left = [each.outputs.get("tags") or {} for each in cloud.estate.store.all()]
        assert [tags for tags in left if tags.get("simpul:workload") == "population"] == []
        assert cloud.estate.store.all("alicloud:nlb/loadBalancer:LoadBalancer") == []


def test_a_rule_on_protection_is_not_held_for_what_is_named() -> None:
    day_ = day.today()
    city = declare({"cloud.replace": [consent("simpul-6471-database")]})
    frame = Frame.of(city)
    assert not frame.protects("simpul-6471-database", day_)
    assert frame.protects("simpul-6471-database", day_ + timedelta(days=31))
    assert frame.protects("simpul-6471-nat", day_)


def test_a_consent_passes_a_check(tmp_path: Path) -> None:
    document: dict[str, Any] = yaml.safe_load((ROOT / "Pulumi.balikpapan.yaml").read_text())
    names = ["simpul-6471", "simpul-6471-database", "simpul-6471-cache-reports", "simpul-6471-data-reports"]
    document["config"]["simpul:city"]["cloud"]["replace"] = [consent(name) for name in names]
    file = tmp_path / "Pulumi.balikpapan.yaml"
    file.write_text(yaml.safe_dump(document))
    found = review(file)
    assert (found.problems, [str(each) for each in found.findings.errors]) == ((), [])


def test_a_host_that_was_taken_out_is_named_as_long_as_the_state_has_it() -> None:
    """A check of the declaration has no state, so it can't tell such a name from a wrong one."""
    city = declare({"cloud.replace": [consent("bpn-barat-9")]})
    record(city)
    run_of(city, Found(placed=("bpn-barat-9",), asked=True))
    with pytest.raises(CityError, match=r"cloud\.replace\[0\]\.name: names nothing that is guarded"):
        run_of(city, Found(asked=True))


def run_of(city: City, there: Found) -> None:
    recorder = Recorder(ANSWERS, COMPUTED)
    run_program(lambda: compose(city, there), recorder, "balikpapan")
