"""The certificates of what the lab's cloud serves.

In: the folder where the cloud's own authority is kept, made once. Out: a certificate and its key for an address. Who
trusts `ca.pem` in that folder trusts every server of this cloud, as the world trusts the vendor's.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from threading import Lock
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from simpul.provider import issue

NAME: Final = "Simpul lab cloud"
DAYS: Final = 3650
CERTIFICATE: Final = "ca.pem"
KEY: Final = "ca.key"


@dataclass(frozen=True)
class Pair:
    """A certificate, with those that signed it behind it, and its private key; both PEM."""

    certificate: str
    key: str = field(repr=False)


class Authority:
    """Signs for the servers of one cloud."""

    def __init__(self, folder: Path) -> None:
        """Keep the authority in `folder`, or take the one that is there."""
        self._folder = folder
        self._lock = Lock()

    @property
    def path(self) -> Path:
        """The file with the certificate to trust."""
        return self._folder / CERTIFICATE

    def sign(self, address: str) -> Pair:
        """Make a key, and a certificate for the server at `address`."""
        own = self.make()
        key = ec.generate_private_key(ec.SECP256R1())
        signed = issue.certificate(
            key,
            common_name=address,
            is_authority=False,
            names=[x509.IPAddress(ip_address(address))],
            authority=own,
            start=datetime.now(UTC),
            days=DAYS,
        )
        return Pair(_pem(signed) + _pem(own.certificate), issue.dump_key(key))

    def make(self) -> issue.Authority:
        """Make the authority unless it is there; give it."""
        with self._lock:
            if not self.path.exists():
                self._make()
            certificate = x509.load_pem_x509_certificate(self.path.read_bytes())
            return issue.Authority(certificate, issue.load_key((self._folder / KEY).read_text()))

    def _make(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = issue.certificate(
            key, common_name=NAME, is_authority=True, names=[], authority=None, start=datetime.now(UTC), days=DAYS
        )
        write_private(self._folder / KEY, issue.dump_key(key))
        write_private(self.path, _pem(certificate))  # last: with it the authority is whole


def write_private(path: Path, text: str) -> None:
    """Write a file that its owner alone reads, whole or not at all."""
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(text)
    new.replace(path)


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()
