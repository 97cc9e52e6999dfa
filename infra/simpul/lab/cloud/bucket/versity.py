"""versitygw behind OSS: one S3 server for all buckets of the region, over TLS alone.

In: buckets and access as `backing` has them. Out: what an S3 client finds at the endpoint. It starts with the first
bucket; its objects are files in its folder, and whoever may come in is known to its own list of accounts.
"""

from __future__ import annotations

import json
import secrets
import shutil
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from threading import RLock
from typing import Any, Final
from xml.etree import ElementTree as ET

import boto3
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError, ClientError
from botocore.httpsession import URLLib3Session

from simpul.errors import OutsideError
from simpul.lab import daemon, network
from simpul.lab.cloud.authority import Authority, write_private
from simpul.lab.cloud.bucket.backing import Access, Bucket
from simpul.lab.place import SERVERS

NAME: Final = f"{SERVERS}/oss"
ROOT: Final = "root"
PORT: Final = 443
TIMEOUT: Final = 10
FOLDERS: Final = ("objects", "versions", "accounts")
ABSENT: Final = ("NoSuchBucket", "404")


class Versity:
    """Keeps objects at `address`; see Buckets for what its methods promise."""

    def __init__(self, program: Path, address: str, region: str, authority: Authority) -> None:
        """Serve with `program`, as the object storage of `region`, with a certificate that `authority` signs."""
        self._program = program
        self._address = address
        self._region = region
        self._authority = authority
        self._lock = RLock()

    @property
    def endpoint(self) -> str:
        """Where it answers."""
        return self._address

    def make(self, bucket: Bucket) -> None:
        """Make a bucket, or bring the one that is there in line."""
        with self._serving() as client:
            if bucket.name not in [each["Name"] for each in client.list_buckets()["Buckets"]]:
                client.create_bucket(Bucket=bucket.name)
            # The server locks objects only where it keeps their versions, as S3 has it.
            status = "Enabled" if bucket.retention_days else bucket.versioning
            if status:
                client.put_bucket_versioning(Bucket=bucket.name, VersioningConfiguration={"Status": status})
            _lock(client, bucket)

    def is_empty(self, name: str) -> bool:
        """Say whether nothing is in a bucket.

        The store's lock is held around this, and what `admit` reads waits for that one: so this takes no lock.
        """
        with self._asking() as client:
            try:
                versions = client.list_object_versions(Bucket=name, MaxKeys=1)
                uploads = client.list_multipart_uploads(Bucket=name, MaxUploads=1)
            except ClientError as error:
                if _code(error) in ABSENT:
                    return True
                raise
        return not any(
            found.get(each) for found in (versions, uploads) for each in ("Versions", "DeleteMarkers", "Uploads")
        )

    def remove(self, name: str) -> None:
        """Remove a bucket with what is in it: its files, as no client of the server may remove what is locked."""
        with self._lock:
            for kind in ("objects", "versions"):
                shutil.rmtree(daemon.folder(NAME) / kind / name, ignore_errors=True)

    def admit(self, read: Callable[[], Access]) -> None:
        """Make the accounts first, then the policies that name them; those that nothing names any more go last."""
        with self._serving() as client:
            access = read()
            known = self._accounts()
            for key, secret in access.secrets.items():
                if known.get(key) != secret:
                    if key in known:
                        self._ask(f"delete-user?access={key}")
                    self._ask("create-user", _account(key, secret))
            for name, statements in access.statements.items():
                _write_policy(client, name, statements)
            for key in known.keys() - access.secrets.keys():
                self._ask(f"delete-user?access={key}")

    @contextmanager
    def _serving(self) -> Iterator[Any]:
        """Start the server unless it runs; give its owner's client. What it refuses is an OutsideError."""
        with self._lock:
            self._start()
            with self._asking() as client:
                yield client

    @contextmanager
    def _asking(self) -> Iterator[Any]:
        """Give the owner's client of a server that runs. What it refuses is an OutsideError."""
        client = self._client()
        try:
            yield client
        except (ClientError, BotoCoreError) as error:
            raise OutsideError.at("object storage", "the S3 server refuses", str(error)) from None
        finally:
            client.close()

    def _start(self) -> None:
        if daemon.running(NAME):
            return
        network.hold(self._address)
        home = daemon.folder(NAME)
        for each in FOLDERS:
            (home / each).mkdir(mode=0o700, parents=True, exist_ok=True)
        pair = self._authority.sign(self._address)
        for name, text in {"server.crt": pair.certificate, "server.key": pair.key}.items():
            write_private(home / name, text)
        daemon.start(NAME, self._command(home), self._answers, env=self._environment())

    def _command(self, home: Path) -> list[str | Path]:
        own: list[str | Path] = ["--iam-dir", home / "accounts", "--iam-cache-disable", "--quiet"]
        served: list[str | Path] = [
            "--port",
            f"{self._address}:{PORT}",
            "--cert",
            home / "server.crt",
            "--key",
            home / "server.key",
        ]
        kept: list[str | Path] = ["--versioning-dir", home / "versions", home / "objects"]
        return [self._program, *served, "--region", self._region, *own, "posix", *kept]

    def _environment(self) -> Mapping[str, str]:
        """Give it its owner's secret where no list of processes shows it."""
        return {"ROOT_ACCESS_KEY": ROOT, "ROOT_SECRET_KEY": self._secret, "HOME": "/"}

    @cached_property
    def _secret(self) -> str:
        path = daemon.folder(NAME) / "secret"
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_private(path, secrets.token_urlsafe(30))
        return path.read_text()

    def _answers(self) -> bool:
        try:
            with socket.create_connection((self._address, PORT), timeout=TIMEOUT):
                return True
        except OSError:
            return False

    def _client(self) -> Any:
        return boto3.session.Session().client(
            "s3",
            endpoint_url=f"https://{self._address}",
            region_name=self._region,
            aws_access_key_id=ROOT,
            aws_secret_access_key=self._secret,
            verify=str(self._authority.path),
            config=Config(connect_timeout=TIMEOUT, read_timeout=TIMEOUT, s3={"addressing_style": "path"}),
        )

    def _accounts(self) -> dict[str, str]:
        """Give the secrets of the accounts that the server knows, by access key."""
        found = ET.fromstring(self._ask("list-users"))  # noqa: S314 our own server's words
        return {each.findtext("Access", ""): each.findtext("Secret", "") for each in found.iter("Accounts")}

    def _ask(self, operation: str, body: str = "") -> str:
        """Ask the server's own interface, as its command line does; give what it answers. Raises OutsideError."""
        request = AWSRequest("PATCH", f"https://{self._address}/{operation}", data=body.encode())
        S3SigV4Auth(Credentials(ROOT, self._secret), "s3", self._region).add_auth(request)
        session = URLLib3Session(verify=str(self._authority.path), timeout=TIMEOUT)
        try:
            answer = session.send(request.prepare())
        finally:
            session.close()
        if not answer.status_code < 300:  # noqa: PLR2004 HTTP's own bound
            what = f"the S3 server refuses {operation.partition('?')[0]}"
            raise OutsideError.at("object storage", what, f"{answer.status_code} {answer.text}")
        return str(answer.text)


def _account(key: str, secret: str) -> str:
    account = ET.Element("Account")
    for name, text in {"Access": key, "Secret": secret, "Role": "user"}.items():
        ET.SubElement(account, name).text = text
    return ET.tostring(account, encoding="unicode")


def _lock(client: Any, bucket: Bucket) -> None:
    """Lock what is written from now on for as long as it says; what was locked before stays so."""
    lock: dict[str, Any] = {"ObjectLockEnabled": "Enabled"}
    if bucket.retention_days:
        lock["Rule"] = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": bucket.retention_days}}
    elif not _locks(client, bucket.name):
        return
    client.put_object_lock_configuration(Bucket=bucket.name, ObjectLockConfiguration=lock)


def _locks(client: Any, name: str) -> bool:
    try:
        client.get_object_lock_configuration(Bucket=name)
    except ClientError as error:
        if _code(error) == "ObjectLockConfigurationNotFoundError":
            return False
        raise
    return True


def _write_policy(client: Any, name: str, statements: Sequence[Mapping[str, Any]]) -> None:
    try:
        if statements:
            client.put_bucket_policy(Bucket=name, Policy=_policy(statements))
        else:
            client.delete_bucket_policy(Bucket=name)
    except ClientError as error:
        if _code(error) not in ABSENT:  # one that is being made or removed in this moment has its own turn
            raise


def _policy(statements: Sequence[Mapping[str, Any]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
