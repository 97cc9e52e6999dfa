"""Another user of the machine on which a lab runs: nothing of it serves one but root."""

from __future__ import annotations

import subprocess
import sys

import pytest

from e2e.rehearsal import Lab
from simpul.lab.environment import CLOUD_PORT
from simpul.lab.place import REGISTRY

pytestmark = pytest.mark.e2e

NOBODY = 65534
BECOME = "import os, sys; user = int(sys.argv[1]); os.setgroups([]); os.setgid(user); os.setuid(user)"
"""Only once it runs: what it runs may lie where another user can't read it."""

ASK = f"""
import grpc, grpc._channel
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import provider_pb2_grpc
{BECOME}
try:
    provider_pb2_grpc.ResourceProviderStub(grpc.insecure_channel("127.0.0.1:" + sys.argv[2])).GetPluginInfo(Empty())
except grpc.RpcError as error:
    print(error.code().name)
else:
    print("OK")
"""
CONNECT = f"""
import socket
{BECOME}
try:
    socket.create_connection((sys.argv[2], int(sys.argv[3])), timeout=5).close()
except OSError as error:
    print(type(error).__name__)
else:
    print("OK")
"""


def said(script: str, *arguments: str, user: int) -> str:
    """Give what a Python script says when `user` runs it."""
    argv = [sys.executable, "-c", script, str(user), *arguments]
    return subprocess.run(argv, capture_output=True, text=True, timeout=60, check=True).stdout.strip()


def test_the_cloud_serves_root_alone(lab: Lab) -> None:
    port = CLOUD_PORT.read_text().strip()
    assert said(ASK, port, user=0) == "OK"
    assert said(ASK, port, user=NOBODY) == "PERMISSION_DENIED"


def test_the_lab_s_networks_are_root_s_alone(lab: Lab) -> None:
    registry, _, port = REGISTRY.partition(":")
    for place in ((registry, port), ("10.213.1.11", "22"), ("10.213.1.11", "6443")):
        assert said(CONNECT, *place, user=0) == "OK", place
        assert said(CONNECT, *place, user=NOBODY) == "ConnectionRefusedError", place


def test_the_registry_listens_in_the_cloud_s_network_alone(lab: Lab) -> None:
    _, _, port = REGISTRY.partition(":")
    listening = subprocess.run(["ss", "-Hltn", f"sport = {port}"], capture_output=True, text=True, check=True).stdout
    assert [line.split()[3] for line in listening.splitlines()] == [REGISTRY]
