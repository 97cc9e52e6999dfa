"""The S3 server's runner: what it does without the server."""

from __future__ import annotations

from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from simpul.lab import daemon
from simpul.lab.cloud.authority import Authority
from simpul.lab.cloud.bucket.backing import Access
from simpul.lab.cloud.bucket.versity import Versity


class Client:
    """A client of a server that has one empty bucket."""

    def list_object_versions(self, **_: Any) -> dict[str, Any]:
        return {}

    list_multipart_uploads = list_object_versions

    def close(self) -> None:
        """Do nothing."""


def test_it_says_whether_a_bucket_is_empty_while_somebody_is_being_let_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daemon, "running", lambda _: True)
    versity = Versity(tmp_path / "versitygw", "10.213.0.2", "ap-southeast-5", Authority(tmp_path))
    monkeypatch.setattr(versity, "_client", Client)
    monkeypatch.setattr(versity, "_accounts", dict)
    reading, read = Event(), Event()

    def wait() -> Access:
        reading.set()
        read.wait(10)
        return Access({}, {})

    admitting = Thread(target=versity.admit, args=(wait,))
    admitting.start()
    assert reading.wait(10)
    asking = Thread(target=versity.is_empty, args=("bpn-6471-data",), daemon=True)
    asking.start()
    asking.join(5)
    answered = not asking.is_alive()
    read.set()
    admitting.join()
    assert answered
