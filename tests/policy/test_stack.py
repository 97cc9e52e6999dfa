"""A stack as rules see it: where its state is, who holds its key, which of its configuration is secret."""

from __future__ import annotations

import json
from pathlib import Path

from simpul.policy import UNKNOWN, Frame, Stack
from simpul.policy.stack import read

FILE = """
encryptionsalt: v1:a-salt
config:
  alicloud:region: ap-southeast-5
  alicloud:secretKey: {secure: v1:something}
  simpul:city: {name: Balikpapan}
"""


def stack(folder: Path, environment: dict[str, str], *, file: str = FILE, project: str = "name: simpul\n") -> Stack:
    path = folder / "Pulumi.balikpapan.yaml"
    path.write_text(file)
    (folder / "Pulumi.yaml").write_text(project)
    return read(path, Frame(), environment, folder)


def test_a_stack_is_read_from_its_file_and_the_environment(tmp_path: Path) -> None:
    found = stack(tmp_path, {"PULUMI_BACKEND_URL": "file:///state"})
    assert (found.stack, found.backend, found.secrets_provider) == ("balikpapan", "file:///state", "passphrase")
    assert found.config == {"alicloud:region": False, "alicloud:secretKey": True, "simpul:city": False}
    assert found.region == "ap-southeast-5"


def test_the_backend_of_the_project_or_of_the_login_is_taken_where_the_environment_has_none(tmp_path: Path) -> None:
    assert stack(tmp_path, {}, project="name: a\nbackend: {url: 's3://a'}\n").backend == "s3://a"
    home = tmp_path / ".pulumi"
    home.mkdir()
    (home / "credentials.json").write_text(json.dumps({"current": "https://api.pulumi.com", "accessTokens": {}}))
    found = stack(tmp_path, {"HOME": str(tmp_path)}, file="config: {}\n")
    assert (found.backend, found.secrets_provider) == ("https://api.pulumi.com", "service")


def test_what_nothing_says_is_not_known(tmp_path: Path) -> None:
    found = stack(tmp_path, {}, file="config: {}\n")
    assert (found.backend, found.secrets_provider, found.region) == (UNKNOWN, UNKNOWN, UNKNOWN)


def test_a_provider_of_secrets_that_the_file_names_is_the_one(tmp_path: Path) -> None:
    found = stack(tmp_path, {}, file="secretsprovider: awskms://alias/a?region=us-east-1\n")
    assert found.secrets_provider == "awskms://alias/a?region=us-east-1"
