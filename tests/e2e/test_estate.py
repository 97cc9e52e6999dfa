"""What the cloud hands over is of use: its databases, buckets and registry answer to those who hold the outputs."""

from __future__ import annotations

import json
import os
import secrets
import socket
import ssl
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import psycopg
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from e2e.rehearsal import Lab
from simpul.lab.environment import CLOUD_AUTHORITY
from simpul.lab.place import desk

pytestmark = pytest.mark.e2e

REGION = "ap-southeast-5"
OFFICE = str(desk(1))
"""An address of this machine in an office's network, from which nobody may come to a database."""

SSL_REQUEST = struct.pack("!II", 8, 80877103)
"""By this a client of PostgreSQL asks whether the server speaks TLS."""


def outputs(lab: Lab, name: str) -> Any:
    """Ask for an output of the stack."""
    return json.loads(lab.pulumi("stack", "output", name, "--json", "--show-secrets"))


# ---- databases -------------------------------------------------------------------------------------------------------


@contextmanager
def connected(database: dict[str, Any], **other: Any) -> Iterator[psycopg.Connection[Any]]:
    """Connect as psql does with the outputs, or with `other` in their place."""
    own = {name: database[name] for name in ("host", "port", "password")}
    whole = {"sslmode": "verify-full", "sslrootcert": str(CLOUD_AUTHORITY), "connect_timeout": 10}
    names = {"dbname": database["database"], "user": database["username"]}
    with psycopg.connect(**{**own, **names, **whole, **other}) as connection:
        yield connection


def test_a_database_answers_to_its_owner_over_tls(lab: Lab) -> None:
    databases = outputs(lab, "databases")
    assert databases
    for database in databases:
        with connected(database) as connection:
            connection.execute("CREATE TABLE drill (report text)")
            connection.execute("INSERT INTO drill VALUES ('one')")
            connection.commit()
        with connected(database) as connection:
            assert connection.execute("SELECT report FROM drill").fetchall() == [("one",)]
            connection.execute("DROP TABLE drill")


def test_a_database_answers_to_nobody_else(lab: Lab) -> None:
    for database in outputs(lab, "databases"):
        wrongs = ({"password": "not-the-password"}, {"sslmode": "disable"}, {"user": "postgres"})
        for wrong in wrongs:
            with pytest.raises(psycopg.OperationalError), connected(database, **wrong):
                pass


def test_a_database_lets_nobody_in_from_an_office(lab: Lab) -> None:
    for database in outputs(lab, "databases"):
        assert "no pg_hba.conf entry" in startup_from(OFFICE, database)


def startup_from(address: str, database: dict[str, Any]) -> str:
    """Begin a session from an address of this machine; give what the server says first."""
    place = (database["host"], int(database["port"]))
    with socket.create_connection(place, timeout=10, source_address=(address, 0)) as plain:
        plain.sendall(SSL_REQUEST)
        assert plain.recv(1) == b"S"
        context = ssl.create_default_context(cafile=str(CLOUD_AUTHORITY))
        with context.wrap_socket(plain, server_hostname=database["host"]) as session:
            names = f"user\0{database['username']}\0database\0{database['database']}\0\0".encode()
            session.sendall(struct.pack("!II", len(names) + 8, 3 << 16) + names)
            return session.recv(4096).decode(errors="replace")


# ---- caches ----------------------------------------------------------------------------------------------------------


def test_a_cache_answers_to_who_has_the_password_over_tls(lab: Lab) -> None:
    caches = outputs(lab, "caches")
    assert caches
    for cache in caches:
        assert spoken(cache, f"AUTH {cache['password']}", "SET drill one", "GET drill") == "+OK\r\n+OK\r\n$3\r\none\r\n"
        assert spoken(cache, "GET drill").startswith("-NOAUTH")
        assert spoken(cache, "AUTH not-the-password").startswith("-WRONGPASS")


def spoken(cache: dict[str, Any], *commands: str) -> str:
    """Say commands to a cache in its own protocol; give all that it answers."""
    context = ssl.create_default_context(cafile=str(CLOUD_AUTHORITY))
    place = (cache["host"], int(cache["port"]))
    with (
        socket.create_connection(place, timeout=10) as plain,
        context.wrap_socket(plain, server_hostname=cache["host"]) as session,
    ):
        session.sendall("".join(f"{each}\r\n" for each in (*commands, "QUIT")).encode())
        said = b""
        while part := session.recv(4096):
            said += part
    return said.decode().removesuffix("+OK\r\n")


# ---- buckets ---------------------------------------------------------------------------------------------------------


@contextmanager
def client(bucket: dict[str, Any], **other: str) -> Iterator[Any]:
    """Give an S3 client with the outputs of a bucket, or with `other` in their place."""
    made = boto3.session.Session().client(
        "s3",
        endpoint_url=bucket["endpoint"],
        region_name=REGION,
        verify=str(CLOUD_AUTHORITY),
        config=Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"}),
        **{
            "aws_access_key_id": bucket["access_key_id"],
            "aws_secret_access_key": bucket["access_key_secret"],
            **other,
        },
    )
    try:
        yield made
    finally:
        made.close()


def denied(call: Any, **arguments: Any) -> str:
    """Make a call that the server must refuse; give its code."""
    with pytest.raises(ClientError) as error:
        call(**arguments)
    return str(error.value.response["Error"]["Code"])


def test_a_bucket_keeps_what_a_site_writes_and_lets_it_take_nothing_back(lab: Lab) -> None:
    backup, *_ = outputs(lab, "backups")
    name, folder = backup["bucket"], backup["folder"]
    key = f"{folder}drill"
    with client(backup) as s3:
        s3.put_object(Bucket=name, Key=key, Body=b"one")
        assert s3.get_object(Bucket=name, Key=key)["Body"].read() == b"one"
        assert key in {each["Key"] for each in s3.list_objects_v2(Bucket=name, Prefix=folder)["Contents"]}
        assert denied(s3.delete_object, Bucket=name, Key=key) == "AccessDenied"
        assert denied(s3.delete_bucket, Bucket=name) == "AccessDenied"
    with client(backup, aws_secret_access_key="not-the-secret") as s3:
        assert denied(s3.list_objects_v2, Bucket=name, Prefix=folder) == "SignatureDoesNotMatch"


def test_a_sites_key_opens_no_other_bucket(lab: Lab) -> None:
    backup, *_ = outputs(lab, "backups")
    others = [each["name"] for each in outputs(lab, "buckets") if each["name"] != backup["bucket"]]
    assert others
    with client(backup) as s3:
        for name in others:
            assert denied(s3.list_objects_v2, Bucket=name) == "AccessDenied"
            # To begin an upload needs the right to write, and has no body to be sent on when it is denied.
            assert denied(s3.create_multipart_upload, Bucket=name, Key="drill") == "AccessDenied"


# ---- images ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def buildah(tmp_path: Path) -> list[str]:
    """Give the program that pushes and pulls, with a storage of its own that trusts the cloud."""
    (tmp_path / "certs").mkdir()
    (tmp_path / "certs" / "ca.crt").write_bytes(CLOUD_AUTHORITY.read_bytes())
    return ["buildah", "--root", f"{tmp_path}/root", "--runroot", f"{tmp_path}/run", "--storage-driver", "vfs"]


def test_an_image_is_pushed_and_pulled_and_a_tag_stays_what_it_is(lab: Lab, buildah: list[str], tmp_path: Path) -> None:
    registry = outputs(lab, "image_registry")
    login = tmp_path / "login.json"
    image = f"messaging:drill-{secrets.token_hex(4)}"  # a tag that an earlier run has can't be pushed again
    host = registry["address"].partition("/")[0]
    trust = [f"--cert-dir={tmp_path / 'certs'}", f"--authfile={login}"]

    def run(*command: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, input=stdin, env=os.environ, capture_output=True, text=True, check=False)

    def build(content: str) -> None:
        (tmp_path / "Containerfile").write_text("FROM scratch\nCOPY content /content\n")
        (tmp_path / "content").write_text(content)
        done = run(*buildah, "bud", "--isolation", "chroot", "-t", "drill", str(tmp_path))
        assert done.returncode == 0, done.stderr

    def push(name: str) -> subprocess.CompletedProcess[str]:
        return run(*buildah, "push", *trust, "drill", f"docker://{registry['address']}/{name}")

    build("one")
    assert push(image).returncode != 0, "nobody has logged in"
    logged = run(
        *buildah, "login", *trust, "--username", registry["username"], "--password-stdin", host,
        stdin=registry["password"],
    )  # fmt: skip
    assert logged.returncode == 0, logged.stderr
    pushed = push(image)
    assert pushed.returncode == 0, pushed.stderr
    pulled = run(*buildah, "pull", *trust, f"docker://{registry['address']}/{image}")
    assert pulled.returncode == 0, pulled.stderr
    build("another")
    assert "immutable" in push(image).stderr
    assert "isn't declared" in push("nobodys:drill").stderr
