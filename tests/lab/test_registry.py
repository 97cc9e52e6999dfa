"""The registry is started with its images in the cache, awaited, and ended; the program itself is a stand-in."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from simpul.errors import OutsideError
from simpul.lab import daemon, registry, server

# A daemon goes on when Python's own handle on it is gone: that is what it is for.
pytestmark = pytest.mark.filterwarnings("ignore:.*Popen.__del__:pytest.PytestUnraisableExceptionWarning")

PROGRAM = f"""#!{sys.executable}
import http.server, sys, yaml
assert sys.argv[1] == "serve", sys.argv
host, _, port = yaml.safe_load(open(sys.argv[2]))["http"]["addr"].rpartition(":")
http.server.ThreadingHTTPServer((host, int(port)), type("Registry", (http.server.BaseHTTPRequestHandler,), {{
    "do_GET": lambda self: (self.send_response(200 if self.path == "/v2/" else 404), self.end_headers()),
}})).serve_forever()
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give the registry a free port, and folders and a program of the test's own."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    monkeypatch.setattr(registry, "REGISTRY", f"127.0.0.1:{port}")
    monkeypatch.setattr(registry, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(daemon, "STATE", tmp_path / "state")
    install(tmp_path, PROGRAM)
    monkeypatch.setattr(server, "own_all", lambda _: None)
    monkeypatch.setattr(server, "command", lambda home, *argv: [program(tmp_path), argv[1], home / "config.yml"])
    yield tmp_path
    registry.stop()


def program(place: Path) -> Path:
    return place / "programs" / "docker-registry"


def install(place: Path, text: str) -> None:
    program(place).parent.mkdir(exist_ok=True)
    program(place).write_text(text)
    program(place).chmod(0o755)


def test_it_answers_when_start_returns_and_no_longer_after_stop() -> None:
    assert not registry.answers()
    registry.start()
    assert registry.answers()
    registry.stop()
    assert not registry.answers()
    assert not daemon.running(registry.NAME)


def test_its_images_are_kept_in_the_cache(place: Path) -> None:
    registry.start()
    configuration = yaml.safe_load((place / "cache" / "registry" / "config.yml").read_text())
    assert configuration["storage"]["filesystem"]["rootdirectory"] == server.HOME
    registry.stop()
    assert (place / "cache" / "registry").is_dir()


def test_one_that_runs_is_left_alone(place: Path) -> None:
    registry.start()
    before = (place / "state" / "registry" / "process.json").read_text()
    registry.start()
    assert (place / "state" / "registry" / "process.json").read_text() == before


def test_one_that_ends_at_once_is_an_error_with_its_last_words(place: Path) -> None:
    install(place, "#!/bin/sh\necho 'no storage for it' >&2\nsleep 1\nexit 1\n")
    with pytest.raises(OutsideError, match="no storage for it"):
        registry.start()
