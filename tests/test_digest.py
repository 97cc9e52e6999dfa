"""The digest of files counts what is made of them, and not what an editor leaves beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

from simpul import digest


@pytest.mark.parametrize("name", [".site.yml.swp", "site.yml~", ".git/index", "roles/.#main.yml", "roles/main.yml~"])
def test_what_an_editor_leaves_is_no_change(name: str, tmp_path: Path) -> None:
    (tmp_path / "site.yml").write_text("a playbook")
    before = digest.settled(tmp_path)
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("passing")
    assert digest.settled(tmp_path) == before
    assert digest.whole(tmp_path) != before


def test_what_stands_beside_is_none_either(tmp_path: Path) -> None:
    for name in ("values.yaml", "image/values.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert digest.settled(tmp_path, beside={"image"}) == [tmp_path / "values.yaml"]


def test_every_name_and_content_counts(tmp_path: Path) -> None:
    seen = {digest.of(digest.whole(tmp_path), tmp_path), digest.of([], tmp_path, b"salt")}
    for name in ("site.yml", "roles.yml"):
        (tmp_path / name).touch()
        seen.add(digest.of(digest.whole(tmp_path), tmp_path))
    (tmp_path / "site.yml").write_text("a playbook")
    seen.add(digest.of(digest.whole(tmp_path), tmp_path))
    assert len(seen) == 5
