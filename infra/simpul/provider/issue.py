"""Making X.509 certificates.

In go a key, names and an authority; out comes a certificate with what verifiers ask for: serial number, key
identifiers, basic constraints, key usage, and for a server's its names and extended key usage.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

# A host's clock may be behind; a certificate must be valid there all the same.
_BACKDATE: Final = timedelta(hours=1)

Key = ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Authority:
    """Who signs."""

    certificate: x509.Certificate
    key: Key

    @classmethod
    def of(cls, values: Mapping[str, Any] | None) -> Authority | None:
        """Read an authority from a resource's inputs; raises ValueError when it isn't PEM of the right kind."""
        if values is None:
            return None
        certificate = x509.load_pem_x509_certificate(values["certificatePem"].encode())
        return cls(certificate, load_key(values["privateKeyPem"]))

    def may_sign(self) -> bool:
        """Whether the certificate is an authority's and the key its own."""
        try:
            constraints = self.certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
        except x509.ExtensionNotFound:
            return False
        same = public_bytes(self.certificate.public_key()) == public_bytes(self.key.public_key())
        return constraints.ca and same


def load_key(pem: str) -> Key:
    """Read a private key; raises ValueError when it isn't one on an elliptic curve."""
    key = load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        message = "not a key on an elliptic curve"
        raise ValueError(message)  # noqa: TRY004 to a caller it is the value that is wrong
    return key


def dump_key(key: Key) -> str:
    """Write a private key as PEM."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_bytes(key: Any) -> bytes:
    """Return a public key as bytes that compare."""
    return bytes(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def certificate(
    key: Key,
    *,
    common_name: str,
    is_authority: bool,
    names: Sequence[x509.GeneralName],
    authority: Authority | None,
    start: datetime,
    days: int,
) -> x509.Certificate:
    """Make a certificate for `key`, signed by `authority` or by itself."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    issuer = authority.certificate.subject if authority else subject
    signer = authority.key if authority else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start - _BACKDATE)
        .not_valid_after(start + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(_usage(is_authority=is_authority), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    if not is_authority:
        purposes = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
    return builder.sign(signer, hashes.SHA256())


def _usage(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
