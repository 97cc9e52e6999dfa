"""The digest of a folder counts what is made of it, and not what an editor leaves beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from simpul.provider.digest import digest


@pytest.mark.parametrize("name", [".site.yml.swp", "site.yml~", ".git/index", "roles/.#main.yml", "roles/main.yml~"])
def test_what_an_editor_leaves_is_no_change(name: str, tmp_path: Path) -> None:
    (tmp_path / "site.yml").write_text("a playbook")
    before = digest(tmp_path)
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("passing")
    assert digest(tmp_path) == before


def test_every_other_file_is_one(tmp_path: Path) -> None:
    seen = {digest(tmp_path)}
    for name in ("site.yml", "roles.yml"):
        (tmp_path / name).touch()
        seen.add(digest(tmp_path))
    (tmp_path / "site.yml").write_text("a playbook")
    seen.add(digest(tmp_path))
    assert len(seen) == 4
