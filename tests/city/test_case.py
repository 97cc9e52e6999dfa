"""Every declaration in `case/`: `ok.*` loads and plans, `error.*` gives the text beside it and nothing else.

`SIMPUL_UPDATE_GOLDEN=1 pytest tests/city/test_case.py` writes the texts anew.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from simpul.city import load, plan
from simpul.errors import CityError

CASES = Path(__file__).with_name("case")
GOOD = sorted(CASES.glob("ok.*.yaml"))
BAD = sorted(CASES.glob("error.*.yaml"))
UPDATE = "SIMPUL_UPDATE_GOLDEN"


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_good_declaration_loads_and_plans(path: Path) -> None:
    city = load(path)
    assert set(plan(city).sites) == {site.code for site in city.sites}


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_declaration_tells_all_its_problems(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CASES)  # so that the texts name the file alone
    with pytest.raises(CityError) as caught:
        load(Path(path.name))
    said = f"{caught.value}\n"
    golden = path.with_suffix(".txt")
    if os.environ.get(UPDATE):
        golden.write_text(said, "utf-8")
    assert golden.exists(), f"to write it: {UPDATE}=1 pytest {Path(__file__).name}"
    assert said == golden.read_text("utf-8")
    assert all(problem.next for problem in caught.value.problems), "each says what would do"


def test_each_text_has_its_declaration() -> None:
    assert [path.with_suffix(".yaml") for path in sorted(CASES.glob("*.txt"))] == BAD
