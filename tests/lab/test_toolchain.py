"""Programs come from PATH if they fit, else from the cache, else from a build that is whole or leaves nothing."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from simpul.errors import OutsideError
from simpul.lab import toolchain
from simpul.lab.toolchain import HELM, PULUMI

GO = """#!/bin/sh
while [ "$1" != -o ]; do shift; done
echo "built $3" > "$2"
"""

BROKEN_GO = """#!/bin/sh
while [ "$1" != -o ]; do shift; done
echo half > "$2"
echo "go: disk full" >&2
exit 1
"""


@pytest.fixture(autouse=True)
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an empty cache, and a PATH that has nothing but the system's own and what a test installs."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for name in ("sh", "echo", "cat"):
        (folder / name).symlink_to(f"/bin/{name}")
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(toolchain, "CACHE", tmp_path / "cache")
    return folder


def install(programs: Path, name: str, text: str) -> None:
    (programs / name).write_text(text)
    (programs / name).chmod(0o755)


def ensure(*which: toolchain.Program) -> tuple[list[Path], list[str]]:
    told: list[str] = []
    return toolchain.ensure(told.append, which), told


@pytest.mark.parametrize("said", ["v4.3.1", "v4.3.2", "v4.10.0+gabc", "4.3.1"])
def test_one_on_path_that_fits_serves(programs: Path, said: str, tmp_path: Path) -> None:
    install(programs, "helm", f"#!/bin/sh\necho '{said}'\n")
    assert ensure(HELM) == ([], ["helm: the one on PATH serves"])
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize("said", ["v4.3.0", "v3.19.4", "v5.0.0", "no version at all", ""])
def test_one_that_is_too_old_or_of_another_major_is_built(programs: Path, said: str) -> None:
    install(programs, "helm", f"#!/bin/sh\necho '{said}'\n")
    install(programs, "go", GO)
    folders, told = ensure(HELM)
    assert folders == [HELM.home]
    assert (HELM.home / "helm").read_text() == "built helm.sh/helm/v4/cmd/helm\n"
    assert told == ["helm 4.3.1: building it from its Go module, once (minutes)"]


def test_what_was_built_is_built_once(programs: Path) -> None:
    install(programs, "go", GO)
    ensure(PULUMI, HELM)
    (programs / "go").unlink()
    assert ensure(PULUMI, HELM) == ([PULUMI.home, HELM.home], [])
    assert toolchain.folders() == [PULUMI.home, HELM.home]


def test_the_engine_has_its_language_host_beside_it_even_after_a_cut(programs: Path) -> None:
    install(programs, "go", GO)
    ensure(PULUMI)
    host = PULUMI.home / "pulumi-language-python"
    assert os.access(host, os.X_OK)
    host.unlink()
    ensure(PULUMI)
    assert os.access(host, os.X_OK)


def test_another_recipe_is_another_build(programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = HELM.home
    recipe = tmp_path / "toolchain" / "helm"
    recipe.mkdir(parents=True)
    (recipe / "go.mod").write_bytes((HELM.recipe / "go.mod").read_bytes())
    (recipe / "go.sum").write_bytes((HELM.recipe / "go.sum").read_bytes() + b"\n")
    monkeypatch.setattr(toolchain, "TOOLCHAIN", recipe.parent)
    assert HELM.home != before
    assert replace(HELM, oldest=(4, 3, 2)).home != HELM.home


def test_without_go_it_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(OutsideError) as caught:
        ensure(HELM)
    assert str(caught.value) == "Go: is needed to build helm and isn't on PATH\n    make go, which puts one into .venv"
    assert not (tmp_path / "cache").exists()


def test_a_build_that_fails_leaves_nothing_and_gives_its_last_words(programs: Path, tmp_path: Path) -> None:
    install(programs, "go", BROKEN_GO)
    with pytest.raises(OutsideError) as caught:
        ensure(HELM)
    [problem] = caught.value.problems
    assert (problem.where, problem.got) == ("go build helm.sh/helm/v4/cmd/helm", "go: disk full")
    assert list((tmp_path / "cache" / "toolchain").iterdir()) == []
    assert toolchain.folders() == []
