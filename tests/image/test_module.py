"""The Go modules of tools and images are in step, so that a library which several use is built once for all of them."""

from __future__ import annotations

import json
import subprocess
from collections import defaultdict
from pathlib import Path

from simpul.project import CHARTS, TOOLCHAIN

KUBERNETES = TOOLCHAIN / "k3s" / "go.mod"
PROVISIONER = TOOLCHAIN / "k3s" / "images" / "local-path-provisioner" / "go.mod"
"""These two keep to what their release of Kubernetes requires; all others, to the newest that one of them requires."""

MODULES = sorted(file for folder in (TOOLCHAIN, CHARTS) for file in folder.rglob("go.mod"))


def test_no_library_is_built_twice() -> None:
    versions: dict[tuple[bool, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for file in MODULES:
        for path, version in required(file).items():
            versions[file in (KUBERNETES, PROVISIONER), path][version].append(file.parent.name)
    assert {path: dict(each) for (_, path), each in versions.items() if len(each) > 1} == {}, "make modules"


def test_there_are_modules_in_both_places() -> None:
    assert {KUBERNETES, PROVISIONER, CHARTS / "messaging" / "image" / "go.mod"} < set(MODULES)


def required(file: Path) -> dict[str, str]:
    """Give what a go.mod requires, by Go's own reading."""
    said = subprocess.run(["go", "mod", "edit", "-json", str(file)], check=True, capture_output=True, text=True).stdout
    return {each["Path"]: each["Version"] for each in json.loads(said)["Require"]}
