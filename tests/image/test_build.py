"""Images from recipes: names that follow from the folder, parts that are made once, and a registry that is asked first.

Go is real here; buildah, which needs root, is a stand-in that writes down how it was called and pushes an archive.
"""

from __future__ import annotations

import io
import json
import os
import re
import stat
import subprocess
import tarfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from simpul.errors import CityError, OutsideError
from simpul.image import build as image
from simpul.image.recipe import reference, tag, version
from simpul.image.registry import Login, Remote
from simpul.project import CHARTS

BUILDAH = """#!/usr/bin/env python3
import io, json, pathlib, sys, tarfile
pathlib.Path({log!r}).open("a").write(" ".join(sys.argv[1:]) + chr(10))
target = sys.argv[-1]
if "--authfile" in sys.argv:
    file = pathlib.Path(sys.argv[sys.argv.index("--authfile") + 1])
    pathlib.Path({log!r} + ".auth").write_text(f"{{file.stat().st_mode & 0o777:o}} " + file.read_text())
if target.startswith("docker-archive:"):
    _, path, name = target.split(":", 2)
    manifest = json.dumps([{{"RepoTags": [name]}}])
    files = {{"manifest.json": manifest, "repositories": "{{}}", name.replace("/", "-"): name}}
    with tarfile.open(path, "w") as tar:
        for each, content in files.items():
            entry = tarfile.TarInfo(each)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content.encode()))
"""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(image, "CACHE", tmp_path / "cache")
    return tmp_path / "cache"


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    """Write a recipe of one Go program that needs no other module."""
    folder = tmp_path / "recipe"
    (folder / "hello").mkdir(parents=True)
    (folder / "image.yaml").write_text('name: hello\nversion: "1.2"\n')
    (folder / "Containerfile").write_text("FROM scratch\nCOPY bin/hello /\n")
    (folder / "go.mod").write_text("module simpul.test/recipe\n\ngo 1.24\n\ntool simpul.test/recipe/hello\n")
    (folder / "hello" / "main.go").write_text('package main\n\nfunc main() { println("hello") }\n')
    return folder


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put the stand-in of buildah on PATH, and give the file in which it writes down its calls."""
    log, program = tmp_path / "calls", tmp_path / "programs" / "buildah"
    program.parent.mkdir()
    program.write_text(BUILDAH.format(log=str(log)))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return log


@pytest.fixture
def registry() -> Iterator[ThreadingHTTPServer]:
    """Run a registry that has what stands in its `has`, and keeps what it was asked for in `asked`."""

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            asked.append(self.path)
            self.send_response(answer.get(self.path, 404))
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            """Stay quiet."""

    answer: dict[str, int] = {}
    asked: list[str] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.answer, server.asked = answer, asked  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def address(registry: ThreadingHTTPServer) -> str:
    return f"127.0.0.1:{registry.server_port}/balikpapan"


def ignore(_line: str) -> None:
    """Take a line of progress and do nothing."""


def test_a_charts_reference_is_its_recipes_name_version_and_digest() -> None:
    made = reference("messaging", "registry.example/balikpapan")
    assert re.fullmatch(r"registry\.example/balikpapan/messaging:2\.15\.2-[0-9a-f]{12}", made)


def test_the_version_of_a_module_is_the_one_that_go_mod_requires(recipe: Path) -> None:
    (recipe / "image.yaml").write_text("name: hello\nmodule: example.org/hello/v2\n")
    (recipe / "go.mod").write_text("module x\n\nrequire (\n\texample.org/hello/v2 v2.0.1+more // indirect\n)\n")
    assert version(recipe) == "2.0.1_more"


@pytest.mark.parametrize("change", ["hello/main.go", "Containerfile", "go.mod", "new"])
def test_a_tag_changes_with_every_file_of_the_recipe(recipe: Path, change: str) -> None:
    before = tag(recipe)
    with (recipe / change).open("a") as file:
        file.write("\n")
    assert tag(recipe) != before


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: hello\n", "needs either version or module"),
        ('name: hello\nversion: "1"\nmodule: x\n', "needs either version or module"),
        ('name: Hello\nversion: "1"\n', "name"),
        ('name: hello\nversion: "1"\nentry: x\n', "entry"),
        ("name: [\n", "isn't YAML"),
        ("name: hello\nmodule: example.org/absent\n", "doesn't require example.org/absent"),
    ],
)
def test_a_bad_recipe_is_refused(recipe: Path, text: str, message: str) -> None:
    (recipe / "image.yaml").write_text(text)
    with pytest.raises(CityError, match=re.escape(message)):
        tag(recipe)


def test_a_folder_that_is_no_recipe_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CityError, match="there is no such recipe"):
        tag(tmp_path)


def test_the_tools_of_a_recipe_are_built_once(recipe: Path) -> None:
    said: list[str] = []
    folder = image.gather(recipe, said.append)
    done = subprocess.run([folder / "bin" / "hello"], capture_output=True, text=True, check=True)
    assert done.stderr == "hello\n"
    assert stat.S_IMODE((folder / "bin" / "hello").stat().st_mode) == 0o755
    first = (folder / "bin" / "hello").stat()
    assert image.gather(recipe, said.append) == folder
    assert (folder / "bin" / "hello").stat() == first
    assert said == ["hello: building its Go programs"]


def test_a_recipe_that_does_not_compile_leaves_nothing_and_says_why(recipe: Path, cache: Path) -> None:
    (recipe / "hello" / "main.go").write_text("package main\n\nfunc main() { undefined() }\n")
    with pytest.raises(OutsideError, match="undefined: undefined"):
        image.gather(recipe, ignore)
    assert list((cache / "image").iterdir()) == []


def test_an_image_is_built_and_pushed_under_its_reference(
    recipe: Path, calls: Path, registry: ThreadingHTTPServer
) -> None:
    made = image.build(recipe, registry=address(registry), progress=ignore)
    assert made == f"{address(registry)}/hello:{tag(recipe)}"
    build, push = calls.read_text().splitlines()
    assert "--timestamp 0" in build
    assert push.endswith(f"push --quiet --tls-verify=false {made} docker://{made}")


def test_a_registry_of_the_city_is_spoken_to_with_tls(
    recipe: Path, calls: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Remote, "has", lambda *_: False)
    made = image.build(recipe, registry="registry.balikpapan.example/city", progress=ignore, plain=False)
    _, push = calls.read_text().splitlines()
    assert push.endswith(f"push --quiet --tls-verify=true {made} docker://{made}")


def test_a_login_reaches_buildah_in_a_file_that_is_its_owner_s_alone(
    recipe: Path, calls: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Remote, "has", lambda *_: False)
    login = Login("deployer", "sandi-rahasia")
    image.build(recipe, registry="registry.balikpapan.example/city", progress=ignore, plain=False, login=login)
    _, push = calls.read_text().splitlines()
    assert "sandi-rahasia" not in push
    [file] = re.findall(r"--authfile (\S+)", push)
    assert not Path(file).exists()
    kept = Path(f"{calls}.auth").read_text()
    assert kept == f"600 {json.dumps({'auths': {'registry.balikpapan.example': {'auth': login.basic}}})}"


def test_an_image_that_the_registry_has_is_not_built(recipe: Path, calls: Path, registry: ThreadingHTTPServer) -> None:
    there = f"/v2/balikpapan/hello/manifests/{tag(recipe)}"
    registry.answer[there] = 200  # type: ignore[attr-defined]
    assert image.build(recipe, registry=address(registry), progress=ignore).endswith(tag(recipe))
    assert registry.asked == [there]  # type: ignore[attr-defined]
    assert not calls.exists()


def test_a_registry_that_refuses_is_an_error(recipe: Path, calls: Path, registry: ThreadingHTTPServer) -> None:
    registry.answer[f"/v2/balikpapan/hello/manifests/{tag(recipe)}"] = 500  # type: ignore[attr-defined]
    with pytest.raises(OutsideError, match="refuses to say what it has"):
        image.build(recipe, registry=address(registry), progress=ignore)
    assert not calls.exists()


def test_a_registry_that_is_not_there_is_an_error(recipe: Path) -> None:
    with pytest.raises(OutsideError, match="the registry doesn't answer"):
        image.build(recipe, registry="127.0.0.1:1", progress=ignore)


def test_an_archive_holds_every_image_by_its_own_name_and_is_the_same_again(
    recipe: Path, calls: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "image.yaml").write_text('name: docker.io/library/other\nversion: "2"\n')
    (other / "Containerfile").write_text("FROM scratch\n")
    archives = []
    for name in ("first.tar", "second.tar"):
        image.archive([recipe, other], tmp_path / name, ignore)
        archives.append((tmp_path / name).read_bytes())
    assert archives[0] == archives[1]
    with tarfile.open(fileobj=io.BytesIO(archives[0])) as tar:
        assert tar.getnames() == ["docker.io-library-other:2", "hello:1.2", "manifest.json"]
        manifest = tar.extractfile("manifest.json")
        assert manifest is not None
        assert json.load(manifest) == [{"RepoTags": ["hello:1.2"]}, {"RepoTags": ["docker.io/library/other:2"]}]
    assert len(calls.read_text().splitlines()) == 8


def test_every_chart_with_an_image_pins_its_modules() -> None:
    folders = [folder for folder in CHARTS.glob("*/image") if (folder / "go.mod").exists()]
    assert folders
    assert [folder for folder in folders if not (folder / "go.sum").exists()] == []
