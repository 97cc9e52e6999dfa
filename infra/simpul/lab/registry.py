"""The lab's image registry: Debian's, on the operator's address in the cloud's network, its images in the cache.

In: nothing but Debian's servers in their root: the package, installed here, would bring a service that listens to all
the world. Out: a registry at place.REGISTRY that every network of the lab reaches and none outside does.
"""

from __future__ import annotations

import urllib.error
import urllib.request

import yaml

from simpul.lab import daemon, server
from simpul.lab.place import REGISTRY
from simpul.project import CACHE

NAME = "registry"
PROGRAM = "/usr/bin/docker-registry"


def start() -> None:
    """Start the registry unless it runs; the cloud's network must be up. OutsideError when it doesn't answer."""
    home = CACHE / "registry"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    configuration = {
        "version": "0.1",
        "log": {"level": "warn"},
        "storage": {"filesystem": {"rootdirectory": server.HOME}, "cache": {"blobdescriptor": "inmemory"}},
        "http": {"addr": REGISTRY},
    }
    (home / "config.yml").write_text(yaml.safe_dump(configuration))
    server.own_all(home)
    argv = server.command(home, PROGRAM, "serve", f"{server.HOME}/config.yml")
    daemon.start(NAME, argv, answers, env=server.ENVIRONMENT)


def stop() -> None:
    """Stop the registry; its images stay in the cache."""
    daemon.stop(NAME)


def answers() -> bool:
    """Say whether the registry answers."""
    try:
        with urllib.request.urlopen(f"http://{REGISTRY}/v2/", timeout=2):
            return True
    except (urllib.error.URLError, OSError):
        return False
