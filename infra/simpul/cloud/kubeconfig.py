"""The administrator's kubeconfig of the city's cluster, written by ourselves.

In: where the API answers, and the three texts of the vendor's credential. Out: a kubeconfig with these and nothing
else. The vendor's plugin asks for the one of the public address, which the cluster hasn't; and what a kubeconfig from
elsewhere could hold, programs to run and files to read, doesn't come in by this way.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

import yaml

from simpul.errors import OutsideError, Problem

PORT = 6443
"""Where the API of ACK answers."""

MARKS = {
    "the cluster's authority": ("CERTIFICATE",),
    "the client's certificate": ("CERTIFICATE",),
    "the client's key": ("PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"),
}
"""What each of the three texts is, in the order of `Credential`, and how it may begin."""


@dataclass(frozen=True)
class Credential:
    """What opens the cluster: PEM texts in base64, as a kubeconfig has them."""

    authority: str
    certificate: str
    key: str


def write(name: str, host: str, credential: Credential, called: str = "") -> str:
    """Write the kubeconfig of the cluster `name` at `host`, which shows a certificate for `called` if that is another.

    Raises OutsideError for a credential that is no PEM text.
    """
    _examine(name, credential)
    cluster = {
        "server": f"https://{host}:{PORT}",
        "certificate-authority-data": credential.authority,
        **({"tls-server-name": called} if called else {}),
    }
    user = {"client-certificate-data": credential.certificate, "client-key-data": credential.key}
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": cluster}],
        "users": [{"name": name, "user": user}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "current-context": name,
    }
    return yaml.safe_dump(document, sort_keys=False)


def _examine(name: str, credential: Credential) -> None:
    """Refuse what isn't a PEM text in base64. No part of it is told: one of them is a key."""
    texts = (credential.authority, credential.certificate, credential.key)
    wrong = [what for (what, marks), text in zip(MARKS.items(), texts, strict=True) if not _is_pem(text, marks)]
    if wrong:
        advice = "see the cluster's connection information in the ACK console; once it has one: pulumi up"
        problems = (
            Problem(f"cloud cluster {name}", "the vendor gave a credential that can't be used", each, advice)
            for each in wrong
        )
        raise OutsideError(*problems)


def _is_pem(text: object, marks: tuple[str, ...]) -> bool:
    if not isinstance(text, str):
        return False
    try:
        pem = base64.b64decode(text, validate=True).decode("ascii").strip()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return False
    return any(pem.startswith(f"-----BEGIN {mark}-----") and pem.endswith(f"-----END {mark}-----") for mark in marks)
