"""A plugin's port serves the user who started it, and nobody else on the machine."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import provider_pb2_grpc

from simpul.provider import peer
from simpul.provider.log import Engine
from simpul.provider.plugin import Plugin


class Some(Plugin):
    """A plugin."""

    knows_secrets = True


@pytest.fixture
def port() -> Iterator[int]:
    door = peer.OwnUser()
    server = grpc.server(ThreadPoolExecutor(1), interceptors=[door])
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Some(Engine(), "1.2.3"), server)
    found = door.listen(server)
    server.start()
    yield found
    server.stop(None).wait()


def ask(port: int) -> str:
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        return str(provider_pb2_grpc.ResourceProviderStub(channel).GetPluginInfo(Empty()).version)


def refused(port: int) -> bool:
    with pytest.raises(grpc.RpcError) as caught:
        ask(port)
    return bool(caught.value.code() is grpc.StatusCode.PERMISSION_DENIED)


def test_the_user_who_started_it_is_served(port: int) -> None:
    assert ask(port) == "1.2.3"


def test_root_is_served(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peer, "owner", lambda *_: 0)
    assert ask(port) == "1.2.3"


@pytest.mark.parametrize("who", [65534, None])
def test_another_user_and_one_who_can_t_be_told_are_refused(
    port: int, monkeypatch: pytest.MonkeyPatch, who: int | None
) -> None:
    monkeypatch.setattr(peer, "owner", lambda *_: who)
    assert refused(port)


def test_a_stream_is_refused_as_a_single_call_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peer, "owner", lambda *_: 65534)
    said = grpc.unary_stream_rpc_method_handler(lambda *_: iter(()))
    handler = peer.OwnUser().intercept_service(lambda _: said, None)

    class Context:
        def peer(self) -> str:
            return "ipv4:127.0.0.1:40000"

        def abort(self, code: Any, _: str) -> None:
            raise PermissionError(code)

    with pytest.raises(PermissionError):
        handler.unary_stream(Empty(), Context())


TABLE = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:9C40 0100007F:1389 06 00000000:00000000 00:00000000 00000000     0        0 11 1
   1: 0100007F:1389 0100007F:9C40 01 00000000:00000000 00:00000000 00000000  1000        0 12 1
   2: 0100007F:9C40 0100007F:138A 01 00000000:00000000 00:00000000 00000000  1001        0 13 1
   3: 0200007F:9C40 0100007F:1389 01 00000000:00000000 00:00000000 00000000  1002        0 14 1
   4: 0100007F:9C40 0100007F:1389 01 00000000:00000000 00:00000000 00000000  1003        0 15 1
"""
TABLE_6 = """\
  sl  local_address remote_address st tx_queue rx_queue tr tm->when retrnsmt uid
   0: 0000000000000000FFFF00000100007F:9C40 0000000000000000FFFF00000100007F:138B 01 0:0 00:0 0  1004        0 16 1
"""


@pytest.mark.parametrize(("to", "found"), [(5001, 1003), (5002, 1001), (5003, 1004), (5004, None)])
def test_a_connection_s_owner_is_its_other_end_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, to: int, found: int | None
) -> None:
    tables = {tmp_path / "tcp": TABLE, tmp_path / "tcp6": TABLE_6}
    for path, text in tables.items():
        path.write_text(text)
    monkeypatch.setattr(peer, "CONNECTIONS", tuple(tables))
    assert peer.owner(40000, to) == found


def test_a_system_without_the_table_refuses_nobody(port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peer, "CONNECTIONS", (tmp_path / "none",))
    assert ask(port) == "1.2.3"
