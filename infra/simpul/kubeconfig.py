"""The one form of a kubeconfig that Simpul writes, hands on and uses.

An address, and three PEM texts in base64: whom to trust, who we are, by which key. A kubeconfig from elsewhere could
also name programs to run, files to read and proxies to pass through, on the operator's machine and with what the
operator may. So each one is written here, and `read` refuses all that `write` wouldn't have written, whether a host
handed it over, the vendor did, or a state of an earlier version still holds it.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from simpul.errors import OutsideError, Problem

PORT: Final = 6443
"""Where the API answers, ACK's as k3s'."""

LARGEST: Final = 64 * 1024
"""How many characters a kubeconfig may have; ours have some six thousand."""

MARKS: Final = {
    "the cluster's authority": ("CERTIFICATE",),
    "the client's certificate": ("CERTIFICATE",),
    "the client's key": ("PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"),
}
"""What each of the three texts is, in the order of `Credential`, and what its blocks may be called (RFC 7468)."""

_BLOCKS: Final = r"(-----BEGIN (?P<mark>{0})-----\n[A-Za-z0-9+/=\n]+-----END (?P=mark)-----\n*)+"
_NAME: Final = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
_SERVER: Final = re.compile(r"https://(?P<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):(?P<port>[0-9]{1,5})")
_MOST_NAMED: Final = 5


@dataclass(frozen=True)
class Credential:
    """What opens a cluster: PEM texts in base64, as a kubeconfig has them."""

    authority: str
    certificate: str
    key: str = field(repr=False)


@dataclass(frozen=True)
class Kubeconfig:
    """A kubeconfig that has been read: the cluster's name, where its API is, what opens it.

    `called` is the name that the API's certificate is for, where that isn't `host`.
    """

    name: str
    host: str
    credential: Credential
    called: str = ""
    port: int = PORT

    @property
    def server(self) -> str:
        """The API's URL."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"https://{host}:{self.port}"

    def text(self) -> str:
        """Return it as YAML."""
        return yaml.safe_dump(_document(self), sort_keys=False)


def write(name: str, host: str, credential: Credential, called: str = "", *, port: int = PORT) -> str:
    """Return the kubeconfig of the cluster `name` at `host`, which shows a certificate for `called` if that is another.

    Raises OutsideError for a credential that isn't PEM in base64. No part of it is told: one of its texts is a key.
    """
    wrong = list(_unfit(credential))
    if wrong:
        advice = "see the cluster's connection information in the ACK console; once it has one: pulumi up"
        what = "was given a credential that can't be used"
        raise OutsideError(*(Problem(f"cluster {name}", what, each, advice) for each in wrong))
    return Kubeconfig(name, host, credential, called, port).text()


def read(text: str, where: str, advice: str = "pulumi up") -> Kubeconfig:
    """Read the kubeconfig `text`, which must be as `write` writes it.

    Raises OutsideError for any other, with the paths of what is too much or not as it may be; no value is told.
    `where` and `advice` say in it whose kubeconfig it is and what to do.
    """
    found, wrong = _parse(text)
    if found is None:
        what = "its kubeconfig isn't taken: it may hold an https address and three PEM texts in base64, nothing else"
        raise OutsideError(Problem(where, what, ", ".join(wrong), advice))
    return found


def find(text: str) -> Kubeconfig | None:
    """Return the kubeconfig `text` as `read` does, None for one that it wouldn't take."""
    return _parse(text)[0]


def is_ours(text: str) -> bool:
    """Say whether `read` takes `text`."""
    return find(text) is not None


def _parse(text: str) -> tuple[Kubeconfig | None, list[str]]:
    """Read `text`; give None and what is wrong with it for one that isn't as we write them."""
    if len(text) > LARGEST:
        return None, [f"more than {LARGEST} characters"]
    try:
        document = yaml.safe_load(text)
        found = _take(document)
    except (yaml.YAMLError, RecursionError, LookupError, TypeError, ValueError):
        return None, ["a text that isn't a kubeconfig with a server, an authority, a certificate and a key"]
    wrong = [*_surplus(document, _document(found), ""), *_unfit(found.credential)]
    if wrong:
        more = [f"and {len(wrong) - _MOST_NAMED} more"] if len(wrong) > _MOST_NAMED else []
        return None, [*wrong[:_MOST_NAMED], *more]
    return found, []


def _take(document: Any) -> Kubeconfig:
    """Take what a kubeconfig needs out of `document`, wherever it stands there; what else it holds is left."""
    name, cluster, user = document["current-context"], document["clusters"][0]["cluster"], document["users"][0]["user"]
    called = cluster.get("tls-server-name", "")
    server = _SERVER.fullmatch(cluster["server"])
    if not (server and _NAME.fullmatch(name) and (not called or _NAME.fullmatch(called))):
        raise ValueError
    texts = cluster["certificate-authority-data"], user["client-certificate-data"], user["client-key-data"]
    return Kubeconfig(name, server["host"].strip("[]"), Credential(*texts), called, int(server["port"]))


def _document(of: Kubeconfig) -> dict[str, Any]:
    cluster = {
        "server": of.server,
        "certificate-authority-data": of.credential.authority,
        **({"tls-server-name": of.called} if of.called else {}),
    }
    user = {"client-certificate-data": of.credential.certificate, "client-key-data": of.credential.key}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": of.name, "cluster": cluster}],
        "users": [{"name": of.name, "user": user}],
        "contexts": [{"name": of.name, "context": {"cluster": of.name, "user": of.name}}],
        "current-context": of.name,
    }


def _surplus(found: Any, ours: Any, path: str) -> Iterator[str]:
    """Yield the paths at which `found` holds what `ours` doesn't."""
    if isinstance(found, Mapping) and isinstance(ours, Mapping):
        for key, value in found.items():
            yield from _surplus(value, ours.get(key), f"{path}.{key}".lstrip("."))
    elif isinstance(found, list) and isinstance(ours, list):
        for index, value in enumerate(found):
            yield from _surplus(value, ours[index] if index < len(ours) else None, f"{path}[{index}]")
    elif found != ours or type(found) is not type(ours):
        yield path


def _unfit(credential: Credential) -> Iterator[str]:
    texts = (credential.authority, credential.certificate, credential.key)
    for (what, marks), text in zip(MARKS.items(), texts, strict=True):
        if not _is_pem(text, marks):
            yield what


def _is_pem(text: object, marks: tuple[str, ...]) -> bool:
    """Say whether `text` is base64 of PEM blocks with `marks` and of nothing else: a chain has several."""
    if not isinstance(text, str):
        return False
    try:
        pem = base64.b64decode(text, validate=True).decode("ascii").replace("\r\n", "\n")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return False
    return re.fullmatch(_BLOCKS.format("|".join(marks)), pem) is not None
