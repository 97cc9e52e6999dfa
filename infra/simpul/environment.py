"""What of the caller's environment a program gets that Simpul starts: what is named here, by program, and no more.

An environment is full of what leads a program elsewhere (HELM_KUBEAPISERVER names another cluster, ANSIBLE_CONFIG
other settings, GOFLAGS another build) and of what is none of its business: the engine's passphrase and the cloud's
keys. What says where home is, how to speak and by which proxy the world is reached is for every program; an API or a
registry that is reached through a proxy is still known by its certificate.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import PurePath
from typing import Final

_PROXIES: Final = ("http_proxy", "https_proxy", "no_proxy")

EVERY: Final = (
    *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "LANG", "LANGUAGE", "LC_*", "TZ"),
    *(*_PROXIES, *(name.upper() for name in _PROXIES)),
    *("SSL_CERT_FILE", "SSL_CERT_DIR"),
)
"""What every program gets, as names and patterns of names."""

MORE: Final[Mapping[str, tuple[str, ...]]] = {
    "ansible-runner": ("SSH_AUTH_SOCK", "ANSIBLE_PRIVATE_KEY_FILE"),
    "apt-get": ("DEBIAN_FRONTEND",),
    "buildah": ("REGISTRY_AUTH_FILE", "XDG_RUNTIME_DIR"),  # where `buildah login` leaves a login
    "go": (
        *("GOPROXY", "GONOPROXY", "GOSUMDB", "GONOSUMDB", "GOPRIVATE", "GOINSECURE", "GOAUTH"),
        *("GOPATH", "GOCACHE", "GOMODCACHE", "GOTMPDIR", "GOTOOLCHAIN", "GOMAXPROCS", "GOMEMLIMIT", "GOGC"),
        "XDG_CACHE_HOME",
    ),
    "ssh": ("SSH_AUTH_SOCK",),
}
"""What a program gets beside that. Helm has no more: where its cluster is stands in the kubeconfig that it is given."""


def of(program: str, **more: str) -> dict[str, str]:
    """Return the environment for `program` (its name or path): what it may have of the caller's, and `more`."""
    allowed = (*EVERY, *MORE.get(PurePath(program).name, ()))
    kept = {name: value for name, value in os.environ.items() if any(fnmatchcase(name, each) for each in allowed)}
    return {**kept, **more}
