"""`simpul check` over every declaration of the cases: each tells its problems, none a trace."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from simpul import cli
from simpul.project import ROOT

CASES = sorted((Path(__file__).parents[1] / "city" / "case").glob("*.yaml"))


def check(file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    monkeypatch.setattr("sys.argv", ["simpul", "check", str(file)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    out, err = capsys.readouterr()
    code = ended.value.code
    return (code if isinstance(code, int) else 0), out, err


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_declaration_is_told_to_hold_or_its_problems_are(
    case: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = check(case, monkeypatch, capsys)
    assert "Traceback" not in out + err
    if case.name.startswith("ok."):
        assert (code, err) == (0, "")
        assert "holds" in out
    else:
        assert code == 1
        assert err.startswith("error: ")
        assert str(case) in err


def test_there_are_at_least_25_bad_ones() -> None:
    assert sum(case.name.startswith("error.") for case in CASES) >= 25


def test_a_file_that_is_missing_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = check(Path("Pulumi.nowhere.yaml"), monkeypatch, capsys)
    assert code == 1
    assert "Pulumi.nowhere.yaml" in err


def test_the_project_s_own_city_holds() -> None:
    done = CliRunner().invoke(cli.cli, ["check", str(ROOT / "Pulumi.balikpapan.yaml")])
    assert done.exit_code == 0
    assert "Balikpapan (64.71), 6 sites: holds" in done.output
