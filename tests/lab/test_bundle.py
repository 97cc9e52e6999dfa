"""The lab's k3s bundle: what names it, and that its parts agree with each other."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from simpul.image import recipe as image
from simpul.lab import bundle


def test_checksums_are_what_sha256sum_checks(tmp_path: Path) -> None:
    (tmp_path / bundle.PROGRAM).write_bytes(b"a program")
    (tmp_path / bundle.ARCHIVE).write_bytes(b"images")
    (tmp_path / bundle.CHECKSUMS).write_text(bundle.list_checksums(tmp_path))
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", bundle.CHECKSUMS], cwd=tmp_path, capture_output=True, check=True
    )
    assert checked.stdout.count(b": OK") == 2


def test_the_program_names_the_images_that_are_built() -> None:
    named = yaml.safe_load((bundle.RECIPE / "images.yaml").read_text())
    recipes = sorted(path.parent for path in bundle.IMAGES.glob("*/image.yaml"))
    built = {recipe.name: f"{image.read(recipe).name}:{image.version(recipe)}" for recipe in recipes}
    assert named == built


def test_the_name_server_has_the_plugins_that_it_is_configured_with() -> None:
    manifest = (bundle.RECIPE / "manifest" / "coredns.yaml").read_text()
    block = manifest.partition(".:1053 {\n")[2].partition("\n    }\n")[0]
    configured = re.findall(r"^ {8}(\w+)", block, re.MULTILINE)
    program = (bundle.IMAGES / "coredns" / "main.go").read_text()
    assert sorted(configured) == re.findall(r"coredns/plugin/(\w+)", program)


def test_the_version_is_that_of_the_pinned_kubernetes() -> None:
    pinned = re.search(r"^\tk8s\.io/kubernetes (v\S+)", (bundle.RECIPE / "go.mod").read_text(), re.MULTILINE)
    assert pinned is not None
    assert f"{pinned[1]}+simpul-lab" == bundle.VERSION


@pytest.fixture
def recipe(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(bundle, "RECIPE", tmp_path)
    (tmp_path / "main.go").write_text("package main")
    return tmp_path


def test_another_source_is_another_bundle(recipe: Path) -> None:
    before = bundle.find()
    (recipe / "main.go").write_text("package main // changed")
    assert bundle.find() != before


def test_a_test_of_the_program_is_no_part_of_it(recipe: Path) -> None:
    before = bundle.find()
    (recipe / "main_test.go").write_text("package main")
    assert bundle.find() == before
