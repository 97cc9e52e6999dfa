"""Rules are found by folder, and a rule file that is broken is told with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from simpul.errors import OutsideError
from simpul.policy.load import find, load

GOOD = """
from simpul.policy import Resource, Rule, choice

def check(resource):
    yield from ()

RULE = Rule(
    id="{id}", title="A title", source=choice("a reason"), looks_at="something", english="Do.", indonesian="Lakukan.",
    on=Resource, check=check,
)
"""


def write(folder: Path, name: str, text: str, *, cases: bool = True) -> Path:
    path = folder / "group" / f"{name}.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    if cases:
        path.with_suffix(".yaml").write_text("pass: {}\nfail: {}\n")
    return path


def refusal(folder: Path) -> str:
    with pytest.raises(OutsideError) as refused:
        find(folder)
    return str(refused.value)


def test_a_rule_is_found_by_its_folder(tmp_path: Path) -> None:
    write(tmp_path, "one", GOOD.format(id="group-one"))
    assert [rule.id for rule in load(tmp_path)] == ["group-one"]
    assert find(tmp_path)[0].group == "group"


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    write(tmp_path, "broken", "1 / 0\n")
    write(tmp_path, "empty", "")
    write(tmp_path, "text", "RULE = 'a rule'\n")
    write(tmp_path, "named", GOOD.format(id="Named"))
    write(tmp_path, "one", GOOD.format(id="group-one"))
    write(tmp_path, "two", GOOD.format(id="group-one"), cases=False)
    said = refusal(tmp_path)
    assert (
        f"{tmp_path}/group/broken.py: is a rule file that can't be run (got ZeroDivisionError: division by zero)"
        in said
    )
    assert "group/empty.py: has no RULE" in said
    assert "group/text.py: its RULE isn't a rule (got str)" in said
    assert "group/named.py: its id must be of lower-case words joined by dashes, not 'Named'" in said
    assert f"group/two.py: has the id of {tmp_path}/group/one.py (got group-one)" in said
    assert "group/two.py: has no cases" in said
