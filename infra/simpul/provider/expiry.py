"""How long the certificates of a host last, and from when on that is a difference.

In go a kubeconfig, or what `k3s certificate check` said on the host; out come the ends, in ISO 8601, and the paths of
those in a host's state that are near.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from cryptography import x509

from simpul import kubeconfig
from simpul.provider import compare, remote

RENEW_DAYS: Final = 120
"""How many days before its end a certificate is renewed: k3s makes it anew in a start from then on
(docs.k3s.io/cli/certificate)."""

CHECK: Final = remote.CHECK
"""How the role k3s asks a host for its certificates. A line of the answer is one certificate of a file: first the
file's own, then the authorities that vouch for it."""

_LINE: Final = re.compile(
    r'msg="(?P<file>[^":]+): certificate (?P<name>.+?) \((?P<usage>[A-Za-z, ]*)\) .*?'
    r'(?:expires at|expired at|days at|valid before) (?P<end>[0-9T:+Z-]+)"'
)
_SIGNS: Final = "CertSign"


def told(words: str) -> dict[str, dict[str, str]]:
    """Return the ends that `words` of the check tell: of certificates by file, and of authorities by name.

    What a host says that isn't such a line, or no time, is passed over.
    """
    found: dict[str, dict[str, str]] = {"certificates": {}, "authorities": {}}
    for line in _LINE.finditer(words):
        end = _moment(line["end"])
        if end is None:
            continue
        if _SIGNS in line["usage"]:
            found["authorities"][line["name"]] = end.isoformat()
        else:
            found["certificates"][line["file"]] = end.isoformat()
    return found


def of_kubeconfig(text: str) -> datetime | None:
    """Return when the client's certificate in a kubeconfig ends, None when there is none in it."""
    found = kubeconfig.find(text)
    if found is None:
        return None
    try:
        pem = base64.b64decode(found.credential.certificate)
        return x509.load_pem_x509_certificate(pem).not_valid_after_utc
    except ValueError:
        return None


def near(state: Mapping[str, Any], now: datetime) -> Iterator[str]:
    """Yield the paths in a host's state of what ends within `RENEW_DAYS`.

    An authority is none of them: no start of k3s renews it.
    """
    ends = of_kubeconfig(str(state.get("kubeconfig") or ""))
    if ends is not None and _is_near(ends, now):
        yield "kubeconfig"
    manifest = state.get("manifest") or {}
    for name, end in manifest.get("certificates", {}).items():
        if _is_near(datetime.fromisoformat(end), now):
            yield compare.join("manifest.certificates", name)


def _is_near(end: datetime, now: datetime) -> bool:
    return end - now <= timedelta(days=RENEW_DAYS)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
