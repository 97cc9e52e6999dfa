"""An authority, a certificate and a key for clusters that stand in for real ones, and kubeconfigs of them.

What a kubeconfig holds is what opens such a cluster: it speaks TLS with that certificate, and lets nobody in whose own
is of another authority.
"""

from __future__ import annotations

import base64
import ssl
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from ipaddress import IPv4Address

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from simpul import kubeconfig
from simpul.provider import issue


@dataclass(frozen=True)
class Identity:
    """PEM texts: an authority, and a certificate of the loopback's that it signed, with its key."""

    authority: str
    certificate: str
    key: str

    def kubeconfig(self, port: int, *, name: str = "it", host: str = "127.0.0.1") -> str:
        """Write the kubeconfig of a cluster at `port`."""
        texts = (self.authority, self.certificate, self.key)
        parts = kubeconfig.Credential(*(base64.b64encode(text.encode()).decode() for text in texts))
        return kubeconfig.write(name, host, parts, port=port)

    def context(self) -> ssl.SSLContext:
        """Make the server's side of TLS; who has no certificate of the authority is refused."""
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.verify_mode = ssl.CERT_REQUIRED
        made.load_verify_locations(cadata=self.authority)
        with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
            file.write(self.key + self.certificate)
            file.flush()
            made.load_cert_chain(file.name)
        return made


@cache
def identity(which: str = "ours") -> Identity:
    """Make an identity; each `which` has an authority of its own."""
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    now = datetime.now(UTC)
    signed = issue.certificate(
        authority_key, common_name=which, is_authority=True, names=(), authority=None, start=now, days=3650
    )
    names = [x509.IPAddress(IPv4Address("127.0.0.1"))]
    authority = issue.Authority(signed, authority_key)
    ours = issue.certificate(
        key, common_name="api", is_authority=False, names=names, authority=authority, start=now, days=3650
    )
    pem = (each.public_bytes(Encoding.PEM).decode() for each in (signed, ours))
    return Identity(*pem, issue.dump_key(key))
