"""The base image's recipe: where its packages come from, and when it is made anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from simpul.errors import OutsideError, UsageError
from simpul.lab import rootfs

TARGET = """\
MetaKey: {component}/binary-amd64/Packages
Release: {release}
Component: {component}
Origin: {origin}
Label: {label}
Created-By: Packages
Repo-URI: {uri}
"""


def target(
    uri: str, release: str = "bookworm", component: str = "main", origin: str = "Debian", label: str = "Debian"
) -> str:
    return TARGET.format(uri=uri, release=release, component=component, origin=origin, label=label)


def test_the_mirror_is_the_operators_own() -> None:
    text = "\n".join(
        [
            target("http://other/", origin="Someone", label="Someone"),
            target("http://security/", label="Debian-Security"),
            target("http://contrib/", component="contrib"),
            target("http://updates/", release="bookworm-updates"),
            target("http://mirror/debian/"),
        ]
    )
    assert rootfs.find_mirror(text) == "http://mirror/debian/"


def test_a_mirror_of_another_debian_serves_too() -> None:
    assert rootfs.find_mirror(target("http://mirror/debian/", release="trixie")) == "http://mirror/debian/"


@pytest.mark.parametrize("text", ["", target("http://mirror/", origin="Ubuntu", label="Ubuntu")])
def test_without_a_debian_the_choice_is_debootstraps(text: str) -> None:
    assert rootfs.find_mirror(text) is None


def test_another_recipe_is_another_image(monkeypatch: pytest.MonkeyPatch) -> None:
    before = rootfs.find()
    monkeypatch.setattr(rootfs, "PACKAGES", (*rootfs.PACKAGES, "vim"))
    assert rootfs.find() != before


@pytest.fixture
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(rootfs, "CACHE", tmp_path)
    monkeypatch.setattr(rootfs.os, "geteuid", lambda: 0)
    return tmp_path


def test_an_image_that_is_there_is_taken(cache: Path) -> None:
    rootfs.find().mkdir(parents=True)
    told: list[str] = []
    assert rootfs.build(told.append) == rootfs.find()
    assert told == []


def test_an_image_that_was_cut_off_is_never_taken_for_whole(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    leftover = cache / "rootfs" / "making-earlier"
    leftover.mkdir(parents=True)

    def fail(root: Path, progress: object) -> None:
        (root / "half").touch()
        raise OutsideError.at("lab hosts", "the mirror went away")

    monkeypatch.setattr(rootfs, "_bootstrap", fail)
    with pytest.raises(OutsideError, match="the mirror went away"):
        rootfs.build(print)
    assert [path.name for path in (cache / "rootfs").iterdir()] == [".lock"]


def test_without_root_the_command_to_run_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(rootfs, "CACHE", tmp_path)
    monkeypatch.setattr(rootfs.os, "geteuid", lambda: 1000)
    with pytest.raises(UsageError, match="sudo"):
        rootfs.build(print)
