"""A bucket for backups as a city has one: a real S3 server on the loopback, which holds to what a site's key may.

In: a folder. Out: a Store with the keys of two sites, and the programs of Debian's that a host's backups need.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import boto3
from botocore.config import Config

from simpul.cloud import site_key
from simpul.lab import toolchain
from simpul.lab.cloud.bucket import policy
from simpul.project import CACHE

BUCKET: Final = "simpul-6471-lab-backup"
ROOT: Final = "root"
REGION: Final = "ap-southeast-5"
SITES: Final = ("647101", "647102")
PROGRAMS: Final = ("restic", "rclone")


@dataclass(frozen=True)
class Store:
    """The server at `endpoint`, and what its owner and its sites show to get in."""

    endpoint: str
    secret: str = "a-secret-of-this-test"

    def client(self, key: str = ROOT) -> Any:
        """Give an S3 client of the owner, or of a site by its slug."""
        return boto3.session.Session().client(
            "s3",
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=key,
            aws_secret_access_key=self.secret,
            config=Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"}),
        )

    def listed(self, prefix: str = "") -> list[str]:
        """List what is in the bucket, as its owner sees it."""
        client = self.client()
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
        found = [each["Key"] for page in pages for each in page.get("Contents", ())]
        client.close()
        return found


@contextmanager
def serve(folder: Path, *, deletes: bool = False) -> Iterator[Store]:
    """Serve a bucket in which each of SITES may do what its policy says; whether its key `deletes` follows the lock."""
    toolchain.ensure(lambda _: None, (toolchain.VERSITYGW,))
    program = toolchain.locate(toolchain.VERSITYGW)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    store = Store(f"http://127.0.0.1:{port}")
    for each in ("objects", "accounts"):
        (folder / each).mkdir()
    own = {"ROOT_ACCESS_KEY": ROOT, "ROOT_SECRET_KEY": store.secret, "HOME": str(folder), "PATH": os.defpath}
    argv = [program, "--port", f"127.0.0.1:{port}", "--region", REGION, "--quiet"]
    argv += ["--iam-dir", folder / "accounts", "--iam-cache-disable", "posix", folder / "objects"]
    with subprocess.Popen(argv, env=own) as server:
        try:
            _wait(port, server)
            _admit(store, program, deletes=deletes)
            yield store
        finally:
            server.terminate()


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the S3 server doesn't answer")


def _admit(store: Store, program: Path, *, deletes: bool) -> None:
    for site in SITES:
        admin = [
            program,
            "admin",
            "--region",
            REGION,
            "--access",
            ROOT,
            "--secret",
            store.secret,
            "--endpoint-url",
            store.endpoint,
        ]
        user = ["create-user", "--access", site, "--secret", store.secret, "--role", "user"]
        subprocess.run([*admin, *user], check=True, capture_output=True)
    said = [each for site in SITES for each in policy.translate(_document(site, deletes=deletes), BUCKET, [site])[0]]
    client = store.client()
    client.create_bucket(Bucket=BUCKET)
    client.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": said}))
    client.close()


def _document(site: str, *, deletes: bool) -> str:
    return site_key.document(
        "1", BUCKET, "acs:kms:*:1:key/k", f"sites/{site}/", "2099-12-31T00:00:00Z", deletes=deletes
    )


@cache
def programs() -> str:
    """Give a PATH with Debian's restic and rclone: the machine's own, or unpacked from their packages, once."""
    if all(map(shutil.which, PROGRAMS)):
        return os.environ["PATH"]
    folder = CACHE / "debian"
    if not all((folder / "usr/bin" / each).exists() for each in PROGRAMS):
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["apt-get", "download", *PROGRAMS], cwd=folder, check=True, capture_output=True)
        for package in folder.glob("*.deb"):
            subprocess.run(["dpkg-deb", "--extract", package, folder], check=True)
            package.unlink()
    return f"{folder / 'usr/bin'}{os.pathsep}{os.environ['PATH']}"
