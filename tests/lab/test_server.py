"""The root of the database servers: when it is made anew, and what a program in it is run with."""

from __future__ import annotations

from pathlib import Path

import pytest

from simpul.errors import OutsideError
from simpul.lab import rootfs, server


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(server, "CACHE", tmp_path)
    monkeypatch.setattr(rootfs.os, "geteuid", lambda: 0)
    return tmp_path


def test_another_recipe_is_another_root(monkeypatch: pytest.MonkeyPatch) -> None:
    before = server.find()
    monkeypatch.setattr(server, "PACKAGES", (*server.PACKAGES, "vim"))
    assert server.find() != before


def test_one_that_is_there_is_taken() -> None:
    server.find().mkdir(parents=True)
    told: list[str] = []
    assert server.build(told.append) == server.find()
    assert told == []


def test_packages_are_unpacked_and_none_is_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    options: list[str] = []

    def debootstrap(root: Path, packages: tuple[str, ...], *more: str) -> None:
        options.extend([*packages, *more])
        (root / "var/cache/apt/archives").mkdir(parents=True)
        (root / "debootstrap").mkdir()
        (root / "etc").mkdir()

    monkeypatch.setattr(rootfs, "debootstrap", debootstrap)
    monkeypatch.setattr(server, "run", lambda argv, **_: options.append(str(argv[0])))
    root = server.build(lambda _: None)
    assert options == ["docker-registry", "postgresql-15", "redis-server", "--foreign", "bash"]
    assert sorted(path.name for path in root.iterdir()) == ["etc", "srv", "var"]
    assert f":{server.USER}:" in (root / "etc/passwd").read_text()


def test_one_that_was_cut_off_is_never_taken_for_whole(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OutsideError.at("lab", "the mirror went away")

    monkeypatch.setattr(rootfs, "debootstrap", fail)
    with pytest.raises(OutsideError, match="the mirror went away"):
        server.build(lambda _: None)
    assert [path.name for path in (cache / "server").iterdir()] == [".lock"]


def test_a_program_is_run_in_the_root_with_its_own_folder_as_a_user_of_its_own(tmp_path: Path) -> None:
    argv = server.command(tmp_path / "home", "/usr/bin/program", "--option")
    assert argv[:2] == ["unshare", "--mount"]
    assert argv[-6:] == [str(server.find()), str(tmp_path / "home"), "/srv", "61026", "/usr/bin/program", "--option"]
    assert 'exec chroot --userspec="$user:$user" "$root" "$@"' in argv[5]
