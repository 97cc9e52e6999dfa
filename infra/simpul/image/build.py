"""The city's images, built on the operator's machine.

A recipe's folder (see simpul.image.recipe) goes in; an image in a registry, or a tar that a cluster
imports, comes out. What a recipe needs is gathered once per recipe digest in the cache: its Go tools, built
without cgo, and the files of its Debian packages. Buildah then follows the Containerfile, in a storage of its
own that is gone afterwards. Needs root, as buildah's chroot isolation does.
"""

from __future__ import annotations

import json
import shutil
import tarfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from simpul import environment
from simpul.command import run
from simpul.image.recipe import digest, read, tag, version
from simpul.image.registry import Login, Remote
from simpul.project import CACHE

Progress = Callable[[str], None]

FLAGS = ("-trimpath", "-gcflags=all=-dwarf=false")
"""What every Go program is compiled with, so that they share what they have in common. No debugger's tables are made,
as the linker would throw them away: of the S3 server's build that was a fourteenth of the work, a quarter of the cache.
"""


def build(recipe: Path, *, registry: str, progress: Progress, plain: bool = True, login: Login | None = None) -> str:
    """Build the image of the folder `recipe` into `registry` (host:port[/namespace]); give its reference.

    A `plain` registry, the lab's, is spoken to without TLS. Nothing is built when it has the image: one whose tags stay
    refuses what it has. Without a `login` buildah's own holds. OutsideError when a program that this needs is missing
    or fails.
    """
    host, _, repository = f"{registry}/{read(recipe).name}".partition("/")
    remote = Remote(host, plain=plain, login=login)
    reference = f"{host}/{repository}:{tag(recipe)}"
    if remote.has(repository, tag(recipe)):
        progress(f"{reference}: is in the registry")
        return reference
    with _built(recipe, reference, progress) as buildah, TemporaryDirectory(prefix="simpul-login-") as folder:
        authfile = remote.authfile(Path(folder))
        push = [*buildah, "push", "--quiet", f"--tls-verify={str(not plain).lower()}"]
        push += ["--authfile", str(authfile)] if authfile else []
        run([*push, reference, f"docker://{reference}"], where=reference)
    progress(f"{reference}: pushed")
    return reference


def own_name(recipe: Path) -> str:
    """Give the name of an image that no registry has: <name>:<version>, as its image.yaml says."""
    return f"{read(recipe).name}:{version(recipe)}"


def archive(
    recipes: Iterable[Path], out: Path, progress: Progress, called: Callable[[Path], str] = own_name
) -> tuple[str, ...]:
    """Write the images of the folders `recipes` to `out`, one docker-archive tar; give what they are `called` in it.

    OutsideError like `build`.
    """
    with TemporaryDirectory(prefix="simpul-archive-") as scratch:
        layout, manifest, names = Path(scratch, "layout"), [], []
        layout.mkdir()
        for recipe in recipes:
            part = Path(scratch, "part.tar")
            reference = called(recipe)
            names.append(reference)
            with _built(recipe, reference, progress) as buildah:
                push = [*buildah, "push", "--quiet", reference, f"docker-archive:{part}:{reference}"]
                run(push, where=reference)
            # Not by Python's tarfile: that of Debian 12 (3.11.2) can't yet be told to write nothing outside the folder.
            run(["tar", "--extract", "--file", str(part), "--directory", str(layout)], where=reference)
            manifest += json.loads((layout / "manifest.json").read_text())
            part.unlink()
        (layout / "manifest.json").write_text(json.dumps(manifest))
        (layout / "repositories").unlink(missing_ok=True)  # the old format's index, which knows the last image alone
        _pack(layout, out)
    progress(f"{out.name}: {len(manifest)} images")
    return tuple(names)


def gather(recipe: Path, progress: Progress) -> Path:
    """Make what the Containerfile of the folder `recipe` copies; give the folder of it, cached per digest.

    It is the recipe itself with its Go tools in bin/ and its Debian packages' files in debian/.
    """
    made = read(recipe)
    folder = CACHE / "image" / f"{made.name.replace('/', '-')}-{digest(recipe)}"
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".making-", dir=folder.parent) as scratch:
        context = Path(scratch, "context")
        shutil.copytree(recipe, context)
        (context / "bin").mkdir()
        (context / "debian").mkdir()
        if (recipe / "go.mod").is_file():
            progress(f"{made.name}: building its Go programs")
            _compile(context)
        for package in made.debian:
            progress(f"{made.name}: taking files from Debian's {package}")
            _unpack(package, context / "debian")
        _open(context)
        _keep(context, folder)
    return folder


def _compile(context: Path) -> None:
    """Build every `tool` of the module in `context` to its bin/."""
    command = ["go", "build", *FLAGS, "-buildvcs=false", "-ldflags=-s -w", "-o", "bin/", "tool"]
    run(command, where=str(context), cwd=context, env=environment.of("go", CGO_ENABLED="0"))


def _unpack(package: str, target: Path) -> None:
    with TemporaryDirectory(prefix="simpul-debian-") as scratch:
        # apt drops to its own user for downloads, which can't write into a folder that is root's alone.
        run(["apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", package], where=package, cwd=Path(scratch))
        [file] = Path(scratch).glob("*.deb")
        run(["dpkg-deb", "--extract", file, target], where=package)


def _open(context: Path) -> None:
    """Give every path in `context` the modes that a package has, whatever the operator's umask took away."""
    for path in (context, *context.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def _keep(context: Path, folder: Path) -> None:
    """Give `context` its place in the cache; another process that was quicker made the same."""
    try:
        context.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise


@contextmanager
def _built(recipe: Path, reference: str, progress: Progress) -> Iterator[list[str]]:
    """Build the image as `reference` and give the buildah command that sees it; nothing of it stays."""
    context = gather(recipe, progress)
    progress(f"{reference}: building")
    with TemporaryDirectory(prefix="simpul-buildah-") as scratch:
        buildah = ["buildah", "--root", f"{scratch}/root", "--runroot", f"{scratch}/run", "--storage-driver", "vfs"]
        same = ["--timestamp", "0", "--identity-label=false"]  # the same recipe gives the same image
        build = [*buildah, "bud", "--quiet", "--isolation", "chroot", *same, "-t", reference, str(context)]
        run(build, where=reference)
        yield buildah


def _pack(layout: Path, out: Path) -> None:
    """Tar `layout` the same way each time, and only then give it its name."""
    half = out.with_name(f".{out.name}.half")

    def same(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.mtime = entry.uid = entry.gid = 0
        entry.uname = entry.gname = ""
        return entry

    with tarfile.open(half, "w") as tar:
        for path in sorted(layout.rglob("*")):
            tar.add(path, path.relative_to(layout).as_posix(), recursive=False, filter=same)
    half.rename(out)
