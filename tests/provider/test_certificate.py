"""Certificates: a verifier takes them, they are renewed in time, and an authority's renewal breaks nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from provider.recorder import request
from simpul.provider import schema
from simpul.provider.certificate import Certificate
from simpul.provider.kind import Change
from simpul.provider.wire import UNKNOWN, plain

START = datetime(2026, 1, 1, tzinfo=UTC)
AUTHORITY = {**schema.defaults(Certificate.token), "commonName": "Balikpapan", "isAuthority": True, "validDays": 3650}
SERVER = {
    **schema.defaults(Certificate.token),
    "commonName": "hub",
    "dnsNames": ["hub.balikpapan.go.id"],
    "ipAddresses": ["10.0.0.1"],
}


def at(moment: datetime) -> Certificate:
    return Certificate(now=lambda: moment)


def issue(inputs: dict[str, Any], moment: datetime = START, **more: Any) -> dict[str, Any]:
    values: dict[str, Any] = plain(at(moment).create(request(inputs=inputs, **more))[1])
    return values


def signed(authority: dict[str, Any], **more: Any) -> dict[str, Any]:
    pair = {name: authority[name] for name in ("certificatePem", "privateKeyPem")}
    return {**SERVER, "authority": pair, **more}


def verify(server: dict[str, Any], authority: dict[str, Any], name: str, moment: datetime = START) -> None:
    store = Store([x509.load_pem_x509_certificate(authority["certificatePem"].encode())])
    verifier = PolicyBuilder().store(store).time(moment).build_server_verifier(x509.DNSName(name))
    verifier.verify(x509.load_pem_x509_certificate(server["certificatePem"].encode()), [])


def test_a_verifier_takes_what_the_authority_signed_for_its_names_alone() -> None:
    authority = issue(AUTHORITY)
    server = issue(signed(authority))
    verify(server, authority, "hub.balikpapan.go.id")
    with pytest.raises(VerificationError):
        verify(server, authority, "other.balikpapan.go.id")
    with pytest.raises(VerificationError):
        verify(server, issue(AUTHORITY), "hub.balikpapan.go.id")


def test_it_is_renewed_within_its_last_days_and_not_before() -> None:
    state = issue(signed(issue(AUTHORITY)))
    inputs = {**SERVER}
    later = START + timedelta(days=365 - 31)
    assert at(later).diff(request(inputs=inputs, old=inputs, state=state)) == []
    due = at(START + timedelta(days=365 - 29)).diff(request(inputs=inputs, old=inputs, state=state))
    assert due == [Change("notAfter", is_input=False)]


def test_a_renewed_authority_vouches_for_what_it_signed_before() -> None:
    authority = issue(AUTHORITY)
    server = issue(signed(authority))
    later = START + timedelta(days=200)
    renewed = plain(at(later).update(request(inputs=AUTHORITY, state=authority)))
    assert renewed["certificatePem"] != authority["certificatePem"]
    verify(server, renewed, "hub.balikpapan.go.id", later)
    found = at(later).diff(request(inputs=signed(renewed), old=signed(authority), state=server))
    assert found == [], "so what it signed needn't be issued anew"


def test_who_still_holds_the_old_authority_trusts_what_the_renewed_one_signs() -> None:
    authority = issue(AUTHORITY)
    later = START + timedelta(days=3650 - 300)
    renewed = plain(at(later).update(request(inputs=AUTHORITY, state=authority)))
    server = issue(signed(renewed), later)
    verify(server, authority, "hub.balikpapan.go.id", later)
    verify(server, renewed, "hub.balikpapan.go.id", START + timedelta(days=3650 + 10))


def test_another_authority_or_name_issues_anew() -> None:
    authority, other = issue(AUTHORITY), issue(AUTHORITY)
    state = issue(signed(authority))
    wish = signed(other, dnsNames=["new.balikpapan.go.id"])
    found = at(START).diff(request(inputs=wish, old=signed(authority), state=state))
    assert found == [Change("dnsNames[0]"), Change("authority")]


def test_a_preview_makes_none() -> None:
    assert issue(SERVER, preview=True) == {"certificatePem": UNKNOWN, "privateKeyPem": UNKNOWN, "notAfter": UNKNOWN}


@pytest.mark.parametrize(
    ("change", "property"),
    [
        ({"commonName": ""}, "commonName"),
        ({"dnsNames": ["kota.é"]}, "dnsNames[0]"),
        ({"ipAddresses": ["10.0.0.300"]}, "ipAddresses[0]"),
        ({"dnsNames": [], "ipAddresses": []}, "dnsNames"),
        ({"validDays": 0}, "validDays"),
        ({"renewDays": 365}, "renewDays"),
        ({"authority": {"certificatePem": "x", "privateKeyPem": "y"}}, "authority"),
        ({"authority": issue(signed(issue(AUTHORITY)))}, "authority"),
    ],
)
def test_each_bad_input_is_named(change: dict[str, Any], property: str) -> None:  # noqa: A002 the protocol's word
    assert [failure.property for failure in at(START).check({**SERVER, **change}, marked={})] == [property]
