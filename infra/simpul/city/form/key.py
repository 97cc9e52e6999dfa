"""A host's public SSH key, as sshd's own `.pub` file and ssh-keyscan write it."""

from __future__ import annotations

import binascii
from base64 import b64decode
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

from simpul.city.form.unfit import unfit
from simpul.city.wording import choice

_KINDS = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "ssh-rsa",
)
_PATTERN = rf"^({'|'.join(_KINDS)}) [A-Za-z0-9+/]+=*( .*)?$"
_EXAMPLE = 'On the host, run `cat /etc/ssh/ssh_host_ed25519_key.pub` and write that line here ("ssh-ed25519 AAAA...").'


def check_host_key(value: str) -> str:
    """Give the key's kind and its base64, without the comment at its end."""
    if "PRIVATE KEY" in value:
        raise unfit("is a private key, which must never leave the host: make a new one", _EXAMPLE)
    kind, _, rest = value.strip().partition(" ")
    encoded = rest.strip().partition(" ")[0]
    if kind not in _KINDS:
        got = f"a text of {len(value)} characters"  # it may be the private half
        raise unfit(f"isn't a public SSH host key: it must begin with {choice(_KINDS)}", _EXAMPLE, got)
    if not encoded or _kind_inside(encoded) != kind:
        raise unfit(f"isn't a whole {kind} key", _EXAMPLE)
    return f"{kind} {encoded}"


def _kind_inside(encoded: str) -> str | None:
    """Give the kind that a key's bytes themselves begin with (RFC 4253: a length, then a name)."""
    try:
        blob = b64decode(encoded, validate=True)
    except binascii.Error:
        return None
    length = int.from_bytes(blob[:4], "big")
    name = blob[4 : 4 + length].decode("ascii", "replace")
    return name if len(blob) > 4 + length else None


HostKey = Annotated[str, AfterValidator(check_host_key), WithJsonSchema({"type": "string", "pattern": _PATTERN})]
