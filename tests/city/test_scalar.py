"""Plain scalars: what is read here is what Pulumi's engine hands to the program, and the rest is refused.

A real engine reads a stack's file with every form of YAML 1.1 and 1.2, and with texts that are made of their letters.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from provider.engine import environment
from simpul.city import scalar
from simpul.city.document import read_document
from simpul.city.scalar import TEXT, TIME

SAME = {
    "0": 0, "-0": 0, "8": 8, "105": 105, "-3": -3, "999999999999999999": 999999999999999999, "64.71": 64.71,
    "-0.5": -0.5, "true": True, "True": True, "FALSE": False, "~": None, "null": None, "Null": None, "": None,
    "64.71.01": "64.71.01", "10.64.0.0/11": "10.64.0.0/11", "v1.2": "v1.2", "1.2.3": "1.2.3", ".": ".",
    "ap-southeast-5a": "ap-southeast-5a", "nullable": "nullable", "yesterday": "yesterday", "north": "north",
    "0b": "0b", "0x": "0x", "0xg": "0xg", "0o8": "0o8", "_1": "_1", "-.nan": "-.nan", "1:60": "1:60",
    "2027-12-31-a": "2027-12-31-a", "12:3x": "12:3x", "+": "+", "e3": "e3", "2001:db8::1": "2001:db8::1", "1-2": "1-2",
}  # fmt: skip
"""What is read alike, and as what."""

REFUSED = (
    "010", "0105", "00", "007", "08", "-010", "+1", "+010", "0o10", "-0o7", "0O7", "0x1F", "0X1f", "-0x1", "0b11",
    "0B1", "-0b1", "1_000", "1_", "0_7", "0x_1", "1__0", "1:30", "190:20:30", "-1:30", "1:30.5", "1_0:30", "1.", "1.0",
    "8.00", ".5", "-.5", "+.5", "1e3", "1E3", "1e+3", "1.5e3", "1.5e+3", ".5e-3", "1_0.5", "1e3_",
    "1234567890123456789",
    "99999999999999999999", "-99999999999999999999", "0777777777777777777777777", ".inf", "-.INF", "+.Inf", ".nan",
    ".NaN", "y", "Y", "yes", "Yes", "YES", "n", "N", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF", "=",
    "2027-12-31", "2027-1-1", "0000-1-1", "2027-13-45", "2027-02-30", "2027-12-31T10:20:30Z", "2027-12-31t1:2:3+07:00",
    "2027-12-31 10:20:30", "2027-12-31 10:20:30.5", "2001-12-14 21:59:43.10 -5", "2027-12-31 10:20:30,5",
)  # fmt: skip
"""What one of the readers takes for another thing than the others do, or what only looks like a number."""

ENDLESS = (".inf", "-.INF", "+.Inf", ".nan", ".NaN")
"""At these the engine itself stops."""


@pytest.mark.parametrize("text", SAME)
def test_what_all_read_alike_holds(text: str) -> None:
    assert scalar.same(text)


@pytest.mark.parametrize("text", [*REFUSED, "<<"])
def test_what_is_read_differently_is_refused(text: str) -> None:
    assert not scalar.same(text)


def drawn() -> list[str]:
    """Draw texts of the letters that numbers, times and truth values are made of, always the same ones."""
    draw = random.Random(9)  # noqa: S311 no secret is made of it
    letters = "00112789.-+_:eExXoObByYnNtTfFZ ~=<"
    texts = {"".join(draw.choices(letters, k=draw.randint(1, 7))).strip() for _ in range(6000)}
    return sorted(text for text in texts if _is_plain(text))


def _is_plain(text: str) -> bool:
    try:
        node = yaml.compose(f"{text}\n", yaml.SafeLoader)
    except yaml.YAMLError:
        return False
    return isinstance(node, yaml.ScalarNode) and node.style is None and node.value == text


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a project with a stack whose settings can be read."""
    folder = tmp_path_factory.mktemp("project")
    folder.joinpath("state").mkdir()
    backend = {"url": f"file://{folder / 'state'}"}
    folder.joinpath("Pulumi.yaml").write_text(json.dumps({"name": "trial", "runtime": "python", "backend": backend}))
    pulumi(folder, "stack", "init", "trial")
    return folder


def pulumi(folder: Path, *words: str) -> str:
    """Run the real command."""
    own = {"PULUMI_HOME": str(folder / "home"), "PULUMI_CONFIG_PASSPHRASE": "a test's"}
    done = subprocess.run(
        ["pulumi", *words, "--non-interactive"],
        cwd=folder,
        env={**os.environ, **environment(), **own},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def both(folder: Path, declared: str) -> tuple[Any, set[str], Any]:
    """Read `declared` as `simpul check` does, with the places that it refuses, and as Pulumi does."""
    file = folder / "Pulumi.trial.yaml"
    file.write_text("config:\n  trial:city:\n" + "".join(f"    {line}\n" for line in declared.splitlines()))
    data, problems = read_document(file, root=("config", "trial:city"))
    told = json.loads(pulumi(folder, "config", "get", "trial:city", "--stack", "trial"))
    return data["config"]["trial:city"], {problem.where for problem in problems}, told


@pytest.mark.engine
def test_the_engine_reads_what_is_read_here(project: Path) -> None:
    texts = [*SAME, *(text for text in (*REFUSED, *drawn()) if text not in ENDLESS)]
    assert len(texts) > 3000
    data, refused, told = both(project, "".join(f"- {text}\n" for text in texts))
    for at, text in enumerate(texts):
        assert (f"city[{at}]" in refused) != scalar.same(text), text
        if scalar.same(text):
            assert (data[at], type(data[at])) == (told[at], type(told[at])), text
        if text in SAME:
            assert told[at] == SAME[text]
        assert _as_told(scalar.read_pulumi(text), text, told[at]), (text, told[at])


def _as_told(reading: str, text: str, told: Any) -> bool:
    """Say whether the engine took `text` for what was thought of it."""
    if reading == TEXT:
        return bool(told == text)
    if reading == TIME:
        return isinstance(told, str) and told != text
    if told is None or isinstance(told, bool):
        return reading == {None: scalar.NOTHING, True: "true", False: "false"}[told]
    return reading == str(told) or float(reading) == told


WHOLE = r"""
anchors: &a { x: 1, y: "010" }
alias: *a
merged: { <<: *a, x: 2 }
after: { x: 2, <<: *a }
several: { <<: [*a, { y: b, z: c }] }
of_its_own: { <<: { y: b } }
nothing:
empty: { a: , b: {}, c: [] }
flow: [a, {a:b}, 2001:db8::/32, http://10.30.0.5:5000, "a": b]
quoted: ["010", '1:30', "yes", '2027-12-31', "~", "", "<<", "=", "\u00e9\t\x01 \u2028 x", 'it''s', "a\
  b"]
literal: |
  a
   b

  010
folded: >-
  010
lines: a
  b
  010
"?": "#"
"secure": "a"
"""
"""What isn't a plain scalar alone."""


@pytest.mark.engine
def test_the_engine_reads_whole_documents_as_they_are_read_here(project: Path) -> None:
    data, refused, told = both(project, WHOLE)
    assert refused == set()
    assert data == told


@pytest.mark.engine
@pytest.mark.parametrize("key", ["city", "trial:config:city"])
def test_the_engine_knows_other_spellings_of_the_key(key: str, project: Path) -> None:
    project.joinpath("Pulumi.trial.yaml").write_text(f"config:\n  {key}: {{a: 1}}\n")
    assert json.loads(pulumi(project, "config", "get", "trial:city", "--stack", "trial")) == {"a": 1}
