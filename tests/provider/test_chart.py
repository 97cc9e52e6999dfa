"""Values held against a chart's schema before there is a cluster, and the digest that says what is new."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from simpul.project import ROOT
from simpul.provider import chart
from simpul.provider.kind import Failure
from simpul.provider.wire import UNKNOWN

CHART = str((Path(__file__).parent / "chart" / "web").relative_to(ROOT))
GOOD: dict[str, Any] = {"replicas": 2, "password": "long enough", "image": {"tag": "1"}}


def problems(values: dict[str, Any], *secrets: tuple[str | int, ...]) -> list[Failure]:
    return chart.problems(CHART, values, secrets)


def test_good_values_pass() -> None:
    assert problems(GOOD) == []


def test_all_problems_at_once_each_with_its_path() -> None:
    assert problems({"replicas": 9, "mode": "slow", "password": "long enough", "color": "red"}) == [
        Failure("values.color", "is no value of the chart; known are choice, image, mode, password, replicas"),
        Failure("values.image.tag", "is required by the chart (the version to run)"),
        Failure("values.mode", 'must be one of "fast", "safe" (got "slow")'),
        Failure("values.replicas", "must be at most 5 (got 9)"),
    ]


def test_a_secret_is_not_shown() -> None:
    expected = [Failure("values.password", "must be at least 8 characters long (got a secret)")]
    assert problems({**GOOD, "password": "hunter2"}, ("password",)) == expected
    [shown] = problems({**GOOD, "password": "hunter2"})
    assert shown.reason.endswith('(got "hunter2")'), "what isn't marked as a secret helps its author"


@pytest.mark.parametrize(
    "values",
    [
        {**GOOD, "replicas": UNKNOWN},
        {**GOOD, "image": UNKNOWN},
        {**GOOD, "mode": UNKNOWN},
        {**GOOD, "choice": {"c": UNKNOWN}},
    ],
)
def test_what_isn_t_known_yet_is_no_problem(values: dict[str, Any]) -> None:
    assert problems(values) == []


def test_what_is_known_beside_an_unknown_is_checked() -> None:
    assert [failure.property for failure in problems({**GOOD, "replicas": 0, "mode": UNKNOWN})] == ["values.replicas"]


def test_a_chart_that_isn_t_there() -> None:
    [failure] = chart.problems("charts/nothing", {}, ())
    assert failure.property == "chart"


def test_values_lie_over_the_defaults_as_in_helm(tmp_path: Path) -> None:
    values = {"mode": None, "image": {"tag": "9"}, "password": "long enough"}
    merged = chart.merge(yaml.safe_load((ROOT / CHART / "values.yaml").read_text()), values)
    assert merged == {"replicas": 1, "image": {"tag": "9"}, "password": "long enough"}
    file = tmp_path / "values.yaml"
    file.write_text(yaml.safe_dump(values))
    argv = ["helm", "template", "web", str(ROOT / CHART), "--values", str(file)]
    rendered = yaml.safe_load(subprocess.run(argv, check=True, capture_output=True, text=True).stdout)
    assert rendered["data"] == {"mode": None, "tag": "9"}, "helm sees what the schema was held against"


def test_the_digest_follows_files_and_values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / CHART, tmp_path / "web")
    monkeypatch.setattr(chart, "ROOT", tmp_path)
    first = chart.digest("web", GOOD)
    assert chart.digest("web", dict(reversed(GOOD.items()))) == first
    assert chart.digest("web", {**GOOD, "replicas": 3}) != first
    for beside in ("ci/values.yaml", "image/recipe.yaml"):
        (tmp_path / "web" / beside).parent.mkdir()
        (tmp_path / "web" / beside).touch()
    assert chart.digest("web", GOOD) == first
    (tmp_path / "web" / "templates" / "more.yaml").touch()
    assert chart.digest("web", GOOD) != first
