"""What holds data or has an address that others were told is protected, until the declaration names it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from cloud.change import declare
from cloud.engine import removable
from simpul.cloud.found import token
from simpul.cloud.guard import ADDRESSES, DATA
from simpul.errors import CityError
from simpul.policy import day
from simpul.project import ROOT
from simpul.recording import Recording, record
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
