"""What holds for every type under the real engine: problems all at once, secrets as ciphertext, a schema to read."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pulumi
import pytest

from provider.engine import Engine, declare
from provider.test_chart import CHART
from simpul.project import ROOT
from simpul.provider import schema
from simpul.provider.resource import (
    AuthorityArgs,
    Certificate,
    CertificateArgs,
    Host,
    HostArgs,
    Password,
    PasswordArgs,
    Release,
    ReleaseArgs,
)

pytestmark = pytest.mark.engine


def test_secrets_are_made_once_and_lie_encrypted(engine: Engine) -> None:
    wish = {"length": 32}

    def program() -> None:
        password = Password("password", PasswordArgs(length=wish["length"]))
        root = Certificate("root", CertificateArgs(common_name="Balikpapan", is_authority=True))
        authority = AuthorityArgs(certificate_pem=root.certificate_pem, private_key_pem=root.private_key_pem)
        server = Certificate("server", CertificateArgs(common_name="hub", dns_names=["hub"], authority=authority))
        declare(password=password.result, key=server.private_key_pem, pem=server.certificate_pem)

    assert engine.up(program) == {"create": 4}
    first = engine.outputs()
    assert first["pem"].startswith("-----BEGIN CERTIFICATE-----")
    assert first["password"] not in engine.state + engine.said
    assert "PRIVATE KEY" not in engine.state + engine.said

    wish["length"] = 40
    assert engine.up(program) == {"replace": 1, "same": 3}
    assert len(engine.outputs()["password"]) == 40
    assert engine.outputs()["key"] == first["key"]


def test_a_password_stays_that_of_whom_it_was_made_for_whoever_runs_next(engine: Engine) -> None:
    runs = {"by": "first"}

    def program() -> None:
        args = PasswordArgs(keepers={"login": runs["by"]})
        password = Password("password", args, pulumi.ResourceOptions(ignore_changes=["keepers"]))
        declare(login=password.keepers.apply(lambda kept: (kept or {})["login"]), password=password.result)

    assert engine.up(program) == {"create": 2}
    before = engine.outputs()
    runs["by"] = "second"
    assert engine.preview(program) == {"same": 2}
    assert engine.up(program) == {"same": 2}
    assert engine.outputs() == before
    assert before["login"] == "first"


def test_a_preview_names_every_problem_of_a_host(engine: Engine) -> None:
    inputs = HostArgs(name="Bad Name", address="10.0.0.1", user="simpul", group="server", port=0)
    said = engine.refuse(lambda: Host("host", inputs) and None)
    assert refused("name", "must be a host name of lower-case letters, digits and dashes (got 'Bad Name')", said)
    assert refused("port", "must be from 1 to 65535 (got 0)", said)


def test_a_preview_names_every_problem_of_a_release_and_no_secret(engine: Engine) -> None:
    def program() -> None:
        values = {"replicas": 9, "image": {"tag": "1"}, "password": pulumi.Output.secret("hunter2")}
        release = {"cluster": "c", "kubeconfig": "", "name": "web", "namespace": "web"}
        Release("release", ReleaseArgs(**release, chart=CHART, values=values))

    said = engine.refuse(program)
    assert refused("values.replicas", "must be at most 5 (got 9)", said)
    assert refused("values.password", "must be at least 8 characters long (got a secret)", said)
    assert "hunter2" not in said


def test_the_engine_reads_the_schema(engine: Engine, tmp_path: Path) -> None:
    plugin = ROOT / "infra" / "simpul" / "provider" / "pulumi-resource-simpul"
    argv = ["pulumi", "package", "get-schema", str(plugin)]
    told = subprocess.run(argv, check=True, capture_output=True, text=True, cwd=tmp_path).stdout
    assert json.loads(told)["resources"].keys() == schema.tokens()


def refused(name: str, reason: str, said: str) -> bool:
    """Whether the engine said that the property `name` has a problem for `reason`."""
    return re.search(f"property {re.escape(name)} value .* has a problem: {re.escape(reason)}", said) is not None
