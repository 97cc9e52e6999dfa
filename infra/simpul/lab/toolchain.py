"""The programs that a lab needs and no package registry has ready: the Pulumi engine, Helm and an S3 server.

Each is taken from PATH when its version fits, else built once from its Go module, which infra/toolchain/ pins, and kept
in the cache by version and recipe.
In: nothing but PATH and the cache. Out: the folders to put in front of PATH.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from simpul import digest
from simpul.errors import OutsideError
from simpul.image.build import FLAGS
from simpul.project import CACHE, TOOLCHAIN

Progress = Callable[[str], None]

LANGUAGE_HOST = """#!/bin/sh
# Beside the engine, where it looks first. `python` is the one of the project that the lab's shell has on PATH.
exec python -m simpul.lab.languagehost "$@"
"""


@dataclass(frozen=True)
class Program:
    """A program that is built from a Go module.

    `package` is its Go package, `ask` the arguments that make it print its version, `oldest` the oldest version
    that serves, which is also the one that is built.
    """

    name: str
    package: str
    ask: tuple[str, ...]
    oldest: tuple[int, int, int]
    ldflags: str = ""

    @property
    def version(self) -> str:
        """Give the version that is built, as `1.2.3`."""
        return ".".join(map(str, self.oldest))

    @property
    def recipe(self) -> Path:
        """Give the folder of the Go module that pins it."""
        return TOOLCHAIN / self.name

    @property
    def home(self) -> Path:
        """Give the folder of the cache in which the built program is."""
        return CACHE / "toolchain" / f"{self.name}-{self.version}-{_digest(self.recipe)}"


PULUMI = Program(
    name="pulumi",
    package="github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    ask=("version",),
    oldest=(3, 259, 0),
    # Without a version of its own the engine's Automation API refuses it.
    ldflags="-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v3.259.0",
)
HELM = Program(
    name="helm",
    package="helm.sh/helm/v4/cmd/helm",
    ask=("version", "--template={{.Version}}"),
    oldest=(4, 3, 1),
    ldflags="-X helm.sh/helm/v4/internal/version.version=v4.3.1",
)
VERSITYGW = Program(
    name="versitygw",
    package="github.com/versity/versitygw/cmd/versitygw",
    ask=("--version",),
    oldest=(1, 8, 0),
    ldflags="-X main.Version=v1.8.0",
)


def _digest(recipe: Path) -> str:
    """Give the digest of what `recipe`, a folder with a Go module, pins."""
    content = b"".join((recipe / name).read_bytes() for name in ("go.mod", "go.sum"))
    return digest.plain(content)[: digest.SHORT]


def ensure(progress: Progress, programs: tuple[Program, ...] = (PULUMI, HELM)) -> list[Path]:
    """Make sure of `programs`; give the folders that must stand in front of PATH.

    Raises OutsideError when one has to be built and Go is missing or the build fails.
    """
    made = [folder for program in programs if (folder := _ensure(program, progress)) is not None]
    if PULUMI.home in made:
        _add_language_host(PULUMI.home)
    return made


def locate(program: Program) -> Path:
    """Give the file of a program that `ensure` has made sure of."""
    built = program.home / program.name
    return built if built.exists() else Path(shutil.which(program.name) or built)


def folders() -> list[Path]:
    """Give the folders of the programs that were built and a user's shell needs."""
    return [program.home for program in (PULUMI, HELM) if (program.home / program.name).exists()]


def _ensure(program: Program, progress: Progress) -> Path | None:
    built = program.home / program.name
    if built.exists():
        return program.home
    if _fits(program):
        progress(f"{program.name}: the one on PATH serves")
        return None
    progress(f"{program.name} {program.version}: building it from its Go module, once (minutes)")
    build(program.recipe, program.package, built, program.ldflags)
    return program.home


def _add_language_host(home: Path) -> None:
    """Put the language host beside the engine, also beside one whose build was cut off before it got there."""
    host = home / "pulumi-language-python"
    if not host.exists() or host.read_text() != LANGUAGE_HOST:
        host.write_text(LANGUAGE_HOST)
        host.chmod(0o755)


def _fits(program: Program) -> bool:
    """Say whether PATH has `program` with the same major version, not older than what is built."""
    if shutil.which(program.name) is None:
        return False
    said = subprocess.run([program.name, *program.ask], capture_output=True, text=True, check=False).stdout
    match = re.search(r"v?(\d+)\.(\d+)\.(\d+)", said)
    if match is None:
        return False
    found = tuple(map(int, match.groups()))
    return found[0] == program.oldest[0] and found >= program.oldest


def build(recipe: Path, package: str, out: Path, ldflags: str = "") -> None:
    """Build `package`, which the Go module in `recipe` pins, to the file `out`; all of it or nothing.

    Raises OutsideError with the compiler's last words.
    """
    if shutil.which("go") is None:
        raise OutsideError.at(
            where="Go",
            what=f"is needed to build {out.name} and isn't on PATH",
            next="make go, which puts one into .venv",
        )
    out.parent.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="making-", dir=out.parent.parent) as scratch:
        fresh = Path(scratch) / out.name
        command = ["go", "build", *FLAGS, f"-ldflags=-s -w {ldflags}".strip(), "-o", str(fresh), package]
        run = subprocess.run(
            command,
            cwd=recipe,
            env={**os.environ, "CGO_ENABLED": "0"},
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode != 0:
            raise OutsideError.at(
                where=f"go build {package}",
                what="failed",
                got="\n".join(run.stderr.strip().splitlines()[-8:]),
                next=f"cd {recipe} && go build {package}",
            )
        out.parent.mkdir(exist_ok=True)
        fresh.replace(out)
