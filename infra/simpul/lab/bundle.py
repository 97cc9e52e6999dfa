"""The lab's k3s bundle: the same three files as a k3s release has, so that the role takes either.

Enters the Go module infra/toolchain/k3s with the recipes of its images; leaves a folder in the cache, keyed by the
digest of all of these, with the program, its air-gap images and their checksums.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from simpul import digest
from simpul.image.build import archive
from simpul.lab import toolchain
from simpul.project import CACHE, TOOLCHAIN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

RECIPE = TOOLCHAIN / "k3s"
IMAGES = RECIPE / "images"

PROGRAM = "k3s"
ARCHIVE = "k3s-airgap-images-amd64.tar"
CHECKSUMS = "sha256sum-amd64.txt"

VERSION = "v1.34.4+simpul-lab"
"""What the nodes say they run: the Kubernetes that go.mod pins, and whose build it is."""


def find() -> Path:
    """Give the folder where the bundle is, or will be."""
    return CACHE / "bundle" / _digest(_program_files())


def build(progress: Callable[[str], None]) -> Path:
    """Make the bundle if the cache hasn't it, and give its folder.

    Raises OutsideError if Go, buildah or a build fails.
    """
    target = find()
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(prefix="making-", dir=target.parent))
    try:
        progress("k3s stand-in: building Kubernetes from its Go modules (5 minutes the first time)")
        toolchain.build(RECIPE, ".", making / PROGRAM, f"-X k8s.io/component-base/version.gitVersion={VERSION}")
        os.link(_pack_images(progress), making / ARCHIVE)
        (making / CHECKSUMS).write_text(list_checksums(making))
        making.chmod(0o755)
        making.rename(target)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return target


def _pack_images(progress: Callable[[str], None]) -> Path:
    """Make the archive of images if the cache hasn't it; most changes of the program leave it as it is."""
    packed = CACHE / "bundle" / f"images-{_digest(digest.whole(IMAGES))}.tar"
    if not packed.exists():
        progress("k3s stand-in: its images")
        recipes = sorted(path.parent for path in IMAGES.glob("*/image.yaml"))
        archive(recipes, packed, progress)
    return packed


def list_checksums(folder: Path) -> str:
    """Give the lines that `sha256sum` would print for the folder's files."""
    lines = []
    for name in (PROGRAM, ARCHIVE):
        with (folder / name).open("rb") as file:
            lines.append(f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {name}\n")
    return "".join(lines)


def _program_files() -> list[Path]:
    return [path for path in digest.whole(RECIPE) if not path.name.endswith("_test.go")]


def _digest(files: Iterable[Path]) -> str:
    return digest.of(files, RECIPE)[: digest.SHORT]
