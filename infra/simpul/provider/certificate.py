"""`simpul:secret:Certificate`: a certificate and its key, kept in the state that the engine encrypts.

An authority signs itself (or is signed by another); a server's certificate is signed by one. Within `renewDays`
of its end a certificate counts as changed, so any `pulumi up` renews it. An authority keeps its key when it is
renewed: what it has signed stays valid.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from simpul.provider import compare, issue
from simpul.provider.kind import Change, Failure, Request, Values
from simpul.provider.wire import UNKNOWN, Secret, has_unknown

_REPLACE: Final = ("isAuthority",)
_COMPARED: Final = (*_REPLACE, "commonName", "dnsNames", "ipAddresses", "validDays")
_LONGEST_NAME: Final = 64  # X.509's own bound


class Certificate:
    """The resource type."""

    token = "simpul:secret:Certificate"  # noqa: S105 a type's name

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Take the time from `now`."""
        self._now = now

    def check(self, inputs: Values, *, marked: Mapping[str, Any]) -> list[Failure]:  # noqa: ARG002 what every type is given
        return [*_check_names(inputs), *_check_days(inputs), *_check_authority(inputs.get("authority"))]

    def diff(self, request: Request) -> list[Change]:
        found = compare.changes(request.old, request.inputs, properties=_COMPARED, replace=_REPLACE)
        if _signer(request.old.get("authority")) != _signer(request.inputs.get("authority")):
            found.append(Change("authority"))
        renew = timedelta(days=request.inputs["renewDays"])
        if datetime.fromisoformat(request.state["notAfter"]) - self._now() <= renew:
            found.append(Change("notAfter", is_input=False))
        return found

    def create(self, request: Request) -> tuple[str, Values]:
        return "certificate", self._issue(request)

    def update(self, request: Request) -> Values:
        return self._issue(request)

    def read(self, request: Request) -> Values:
        state = request.state
        return {**state, "privateKeyPem": Secret(state["privateKeyPem"])}

    def delete(self, request: Request) -> None:
        """Do nothing: a certificate is gone with its state."""

    def _issue(self, request: Request) -> Values:
        if request.preview or has_unknown(request.inputs):
            return {"certificatePem": UNKNOWN, "privateKeyPem": Secret(UNKNOWN), "notAfter": UNKNOWN}
        inputs = request.inputs
        keep = inputs["isAuthority"] and request.state.get("privateKeyPem")
        key = issue.load_key(keep) if keep else ec.generate_private_key(ec.SECP256R1())
        certificate = issue.certificate(
            key,
            common_name=inputs["commonName"],
            is_authority=inputs["isAuthority"],
            names=_names(inputs),
            authority=issue.Authority.of(inputs.get("authority")),
            start=self._now(),
            days=inputs["validDays"],
        )
        return {
            "certificatePem": certificate.public_bytes(serialization.Encoding.PEM).decode(),
            "privateKeyPem": Secret(issue.dump_key(key)),
            "notAfter": certificate.not_valid_after_utc.isoformat(),
        }


def _names(inputs: Values) -> list[x509.GeneralName]:
    return [
        *(x509.DNSName(name) for name in inputs.get("dnsNames") or []),
        *(x509.IPAddress(ipaddress.ip_address(address)) for address in inputs.get("ipAddresses") or []),
    ]


def _signer(authority: Any) -> Any:
    """Return what stays the same when an authority is renewed: its public key and name."""
    if not isinstance(authority, Mapping) or has_unknown(authority):
        return authority
    certificate = x509.load_pem_x509_certificate(authority["certificatePem"].encode())
    return issue.public_bytes(certificate.public_key()), certificate.subject


def _check_names(inputs: Values) -> list[Failure]:
    failures = []
    common = inputs["commonName"]
    if isinstance(common, str) and not 0 < len(common) <= _LONGEST_NAME:
        failures.append(Failure("commonName", f"must have 1 to {_LONGEST_NAME} characters (got {len(common)})"))
    for index, name in enumerate(inputs.get("dnsNames") or []):
        if isinstance(name, str) and not (name.isascii() and name):
            failures.append(Failure(f"dnsNames[{index}]", f"must be a DNS name in ASCII (got {name!r})"))
    for index, address in enumerate(inputs.get("ipAddresses") or []):
        try:
            if isinstance(address, str):
                ipaddress.ip_address(address)
        except ValueError:
            failures.append(Failure(f"ipAddresses[{index}]", f"must be an IP address (got {address!r})"))
    named = inputs.get("dnsNames") or inputs.get("ipAddresses")
    if inputs["isAuthority"] is False and not named:
        failures.append(Failure("dnsNames", "a server's certificate needs a name in dnsNames or ipAddresses"))
    return failures


def _check_days(inputs: Values) -> list[Failure]:
    valid, renew = inputs["validDays"], inputs["renewDays"]
    if isinstance(valid, int) and valid < 1:
        return [Failure("validDays", f"must be at least 1 (got {valid})")]
    if isinstance(valid, int) and isinstance(renew, int) and not 0 <= renew < valid:
        return [Failure("renewDays", f"must be from 0 to less than validDays, {valid} (got {renew})")]
    return []


def _check_authority(authority: Any) -> list[Failure]:
    if not isinstance(authority, Mapping) or has_unknown(authority):
        return []
    try:
        loaded = issue.Authority.of(authority)
    except ValueError:
        return [Failure("authority", "isn't a certificate and its key in PEM")]
    if loaded and not loaded.may_sign():
        return [Failure("authority", "its certificate isn't an authority's, or its key is another's")]
    return []
