"""How long a city's certificates last, told with a clock that is moved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from provider.test_expiry import kubeconfig
from simpul.status import certificate, gather
from simpul.status.model import CertificateStatus
from status.conftest import City

START = datetime(2026, 1, 1, tzinfo=UTC)


def after(days: int) -> str:
    return (START + timedelta(days=days)).isoformat()


RESOURCES = (
    {"type": "pulumi:pulumi:Stack", "urn": "urn:pulumi:s::p::pulumi:pulumi:Stack::s"},
    {
        "type": "simpul:edge:Host",
        "urn": "urn:pulumi:s::p::simpul:edge:Host::bpn-timur-1",
        "outputs": {
            "name": "bpn-timur-1",
            "manifest": {
                "files": {},
                "certificates": {"client-kubelet.crt": after(100)},
                "authorities": {"k3s-client-ca@1": after(3000)},
            },
        },
    },
    {
        "type": "simpul:edge:Host",
        "urn": "urn:pulumi:s::p::simpul:edge:Host::bpn-timur-2",
        "outputs": {"name": "bpn-timur-2", "state": "deferred", "manifest": {}},
    },
    {
        "type": "simpul:secret:Certificate",
        "urn": "urn:pulumi:s::p::a$b$simpul:secret:Certificate::simpul-6471-authority",
        "inputs": {"isAuthority": True},
        "outputs": {"notAfter": after(3650)},
    },
    {
        "type": "simpul:secret:Certificate",
        "urn": "urn:pulumi:s::p::a$b$simpul:secret:Certificate::simpul-6471-messaging-hub-certificate",
        "inputs": {"isAuthority": False},
        "outputs": {"notAfter": after(397)},
    },
)
CLUSTERS = (
    {"name": "simpul-6471", "kubeconfig": kubeconfig(START)},
    {"name": "simpul-647102", "kubeconfig": None},
)


def test_each_certificate_is_told_with_its_days_the_first_to_end_first() -> None:
    assert certificate.gather(CLUSTERS, RESOURCES, START + timedelta(days=80, hours=1)) == (
        CertificateStatus("client-kubelet.crt", "bpn-timur-1", after(100), 19),
        CertificateStatus("kubeconfig", "simpul-6471", after(365), 284),
        CertificateStatus("server", "simpul-6471-messaging-hub-certificate", after(397), 316),
        CertificateStatus("k3s-client-ca@1", "bpn-timur-1", after(3000), 2919),
        CertificateStatus("authority", "simpul-6471-authority", after(3650), 3569),
    )


@pytest.mark.parametrize(("days", "well"), [(365 - 31, True), (365 - 30, False), (366, False)])
def test_a_city_whose_certificate_ends_within_a_month_isn_t_well(
    days: int, city: City, tmp_path: Path, *, well: bool
) -> None:
    made = {
        "type": "simpul:secret:Certificate",
        "urn": "urn:pulumi:s::p::simpul:secret:Certificate::it",
        "inputs": {"isAuthority": False},
        "outputs": {"notAfter": after(365)},
    }
    city.more.append(made)
    city.save()
    found = gather(tmp_path / "kube", now=lambda: START + timedelta(days=days))
    assert CertificateStatus("server", "it", after(365), 365 - days) in found.certificates
    assert found.well is well
