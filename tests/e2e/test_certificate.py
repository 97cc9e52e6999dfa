"""Certificates near their end: a host renews by itself, and where it didn't, the next run does."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from e2e.rehearsal import Lab, host_shell
from simpul.provider import issue

pytestmark = pytest.mark.e2e

SERVER, AGENT = "10.213.1.11", "10.213.2.12"
TLS = "/var/lib/rancher/k3s/server/tls"
NODE = "/var/lib/rancher/k3s/agent"
LEFT = 100
"""Days left of a certificate that is near its end."""


def test_an_office_renews_its_keys_by_itself_and_a_refresh_brings_them(lab: Lab) -> None:
    shorten(lab, SERVER, f"{TLS}/client-admin", authority=(SERVER, f"{TLS}/client-ca"))
    old = read(lab, SERVER, "/etc/rancher/k3s/operator.yaml")
    shell(lab, SERVER, "sudo systemctl start simpul-k3s-renew.service")
    assert days_left(lab, SERVER, f"{TLS}/client-admin") > LEFT
    assert read(lab, SERVER, "/etc/rancher/k3s/operator.yaml") != old
    assert lab.settles()
    lab.pulumi("refresh", "--yes", "--skip-preview")
    lab.up()
    status = lab.status()
    [cluster] = [each["name"] for each in status["clusters"] if each["site"] == "64.71.01"]
    [ends] = [each["ends"] for each in status["certificates"] if each["where"] == cluster]
    assert datetime.fromisoformat(ends) == end(lab, SERVER, f"{TLS}/client-admin")
    assert " to " not in changes(lab)


def test_a_run_renews_what_an_office_didn_t(lab: Lab) -> None:
    shorten(lab, AGENT, f"{NODE}/client-kubelet", authority=("10.213.2.11", f"{TLS}/client-ca"))
    lab.pulumi("refresh", "--yes", "--skip-preview")
    assert "1 to update" in changes(lab)
    lab.up()
    assert days_left(lab, AGENT, f"{NODE}/client-kubelet") > LEFT
    assert lab.settles()
    assert " to " not in changes(lab)


def shorten(lab: Lab, address: str, name: str, *, authority: tuple[str, str]) -> None:
    """Let the certificate `name` of a host be the one that it is, but end soon; its `authority` is on another."""
    at, file = authority
    signer = issue.Authority.of(
        {"certificatePem": read(lab, at, f"{file}.crt"), "privateKeyPem": read(lab, at, f"{file}.key")}
    )
    assert signer
    was = x509.load_pem_x509_certificate(read(lab, address, f"{name}.crt").encode())
    key = ec.generate_private_key(ec.SECP256R1())
    common = str(was.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value)
    made = issue.certificate(
        key, common_name=common, is_authority=False, names=(), authority=signer, start=datetime.now(UTC), days=LEFT
    )
    write(lab, address, f"{name}.key", issue.dump_key(key))
    write(lab, address, f"{name}.crt", made.public_bytes(Encoding.PEM).decode())


def changes(lab: Lab) -> str:
    """Give what a preview counts at its end."""
    return lab.pulumi("preview").rpartition("Resources:")[2]


def end(lab: Lab, address: str, name: str) -> datetime:
    return x509.load_pem_x509_certificate(read(lab, address, f"{name}.crt").encode()).not_valid_after_utc


def days_left(lab: Lab, address: str, name: str) -> int:
    return (end(lab, address, name) - datetime.now(UTC)).days


def shell(lab: Lab, address: str, command: str) -> str:
    return lab.run(*host_shell(lab, address), command).stdout


def read(lab: Lab, address: str, path: str) -> str:
    return shell(lab, address, f"sudo cat {path}")


def write(lab: Lab, address: str, path: str, text: str) -> None:
    """Write a file on a host; its text is in no argument."""
    command = [*host_shell(lab, address), f"sudo tee {path} > /dev/null"]
    subprocess.run(command, input=text, env=lab.variables, text=True, check=True)
