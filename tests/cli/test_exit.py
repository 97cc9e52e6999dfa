"""Exit codes: 0 done, 1 the city has problems, 2 wrong use, 3 something outside failed, 130 interrupted."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from cli.command import Shell
from simpul.errors import CityError, OutsideError, Problem, UsageError

TWO = (Problem("city.name", "is missing", next="write it"), Problem("city.sites", "is empty", "[]"))


def break_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def gather(folder: Path) -> None:
        raise error

    monkeypatch.setattr(importlib.import_module("simpul.cli.status"), "gather", gather)


@pytest.mark.parametrize(("kind", "code"), [(CityError, 1), (UsageError, 2), (OutsideError, 3)])
def test_each_kind_of_error_has_its_code_and_all_problems_are_told(
    kind: type[CityError | UsageError | OutsideError], code: int, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_with(monkeypatch, kind(*TWO))
    said = shell.run("status")
    assert (said.code, said.out) == (code, "")
    assert said.err == "error: city.name: is missing\n    write it\nerror: city.sites: is empty (got [])\n"


def test_an_interrupt_ends_with_130_and_no_trace(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    break_with(monkeypatch, KeyboardInterrupt())
    said = shell.run("status")
    assert (said.code, said.err.strip()) == (130, "interrupted")


def test_an_interrupt_outside_of_a_command_ends_with_130_too(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("simpul.cli.cli", interrupt)
    said = shell.run("status")
    assert (said.code, said.err) == (130, "interrupted\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nope"], "No such command 'nope'"),
        (["status", "--nope"], "No such option"),
        (["lab", "up", "--sites", "many"], "Invalid value for '--sites'"),
        (["lab", "cut"], "Missing argument 'SITE'"),
        ([], "Commands:"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_use_is_explained(arguments: list[str], words: str, shell: Shell) -> None:
    said = shell.run(*arguments)
    assert said.code == 2
    assert words in said.err


def test_asking_for_help_is_no_error_and_every_command_says_what_it_does(shell: Shell) -> None:
    said = shell.run("--help")
    assert (said.code, said.err) == (0, "")
    commands = said.out.partition("Commands:\n")[2].splitlines()
    assert [line.split()[0] for line in commands] == ["check", "image", "lab", "site", "stack", "status"]
    assert all(len(line.split()) > 3 for line in commands)
