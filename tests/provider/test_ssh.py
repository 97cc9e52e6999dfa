"""Why a host can't be reached, as the real ssh tells it: only an office that is away may be put off."""

from __future__ import annotations

import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from provider.recorder import Lines, request
from provider.test_fault import closed_port
from simpul.errors import OutsideError
from simpul.provider import run, schema, ssh
from simpul.provider.host import Host

SSH = "/usr/bin/ssh"


@pytest.fixture
def configure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Have ssh read a configuration of the test's, as it reads the operator's own."""
    monkeypatch.delenv("ANSIBLE_PRIVATE_KEY_FILE", raising=False)

    def configure(text: str) -> None:
        folder = tmp_path / "bin"
        folder.mkdir()
        (tmp_path / "config").write_text(text)
        (folder / "ssh").write_text(f'#!/bin/sh\nexec {SSH} -F {tmp_path / "config"} "$@"\n')
        (folder / "ssh").chmod(0o755)
        monkeypatch.setenv("PATH", str(folder), prepend=":")

    return configure


def reach(port: int, address: str = "127.0.0.1") -> OutsideError:
    """Try a host at which nobody lets us in; give what is said."""
    with pytest.raises(OutsideError) as caught:
        ssh.reach(ssh.Connection("bpn-1", address, port, "simpul"), stop=Event())
    return caught.value


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ("Frobnicate yes\n", "Bad configuration option: frobnicate"),
        ("Host *\n  Port many\n", "terminating, 1 bad configuration options"),
        ('Host *\n  User "simpul\n', "invalid quotes"),
        ("Host *\n  BindAddress 192.0.2.77\n", "Cannot assign requested address"),
        ("Host *\n  ProxyCommand nosuchprogram %h %p\n", "nosuchprogram: not found"),
        ("Host *\n  ProxyCommand false\n", "Connection closed by UNKNOWN port 65535"),
        ("Host 127.0.0.1\n  ProxyJump simpul@localhost:{port}\n", "Connection refused"),
        ("Host 127.0.0.1\n  ProxyJump simpul@nosuchhost.invalid\n", "Could not resolve hostname nosuchhost.invalid"),
        ("Host 127.0.0.1\n  HostName nosuchhost.invalid\n", "Could not resolve hostname nosuchhost.invalid"),
    ],
)
def test_what_is_wrong_with_the_operator_s_own_ssh_puts_no_host_off(
    config: str, said: str, configure: Callable[[str], None]
) -> None:
    port = closed_port()
    configure(config.format(port=port))
    error = reach(port)
    assert isinstance(error, ssh.Unable)
    [problem] = error.problems
    assert problem.where == "host bpn-1"
    assert "this machine's" in problem.what
    assert said in str(problem.got)
    assert f"ssh -p {port} simpul@127.0.0.1" in str(problem.next)


def test_a_port_that_nobody_listens_at_is_an_office_that_is_away(configure: Callable[[str], None]) -> None:
    configure("Host *\n  ControlMaster no\n")
    assert isinstance(reach(closed_port()), ssh.Unreachable)


def test_a_connection_that_is_cut_is_an_office_that_is_away(configure: Callable[[str], None]) -> None:
    configure("")
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
        door.settimeout(30)
        with ThreadPoolExecutor() as beside:
            accepted = beside.submit(door.accept)
            tried = beside.submit(reach, port)
            accepted.result()[0].close()
            assert isinstance(tried.result(), ssh.Unreachable)


def test_a_machine_without_a_way_out_is_no_office_that_is_away(configure: Callable[[str], None]) -> None:
    """Of a router far away ssh says the same; this machine's kernel is asked."""
    configure("")
    error = reach(22, "255.255.255.255")
    assert isinstance(error, ssh.Unable)
    assert "Network is unreachable" in str(error)
    assert "ip route get 255.255.255.255" in str(error)


BY_PROXY = "stdio forwarding failed; Connection closed by UNKNOWN port 65535"


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (f"channel 0: open failed: connect failed: No route to host; {BY_PROXY}", ssh.Unreachable),
        ("ssh: connect to host 127.0.0.1 port 22: Network is unreachable", ssh.Unreachable),
        ("Connection timed out during banner exchange; Connection to 127.0.0.1 port 22 timed out", ssh.Unreachable),
        ("Timeout, server 127.0.0.1 not responding.", ssh.Unreachable),
        ("client_loop: send disconnect: Broken pipe", ssh.Unreachable),
        (f"channel 0: open failed: administratively prohibited: open failed; {BY_PROXY}", ssh.Unable),
        ("Bad owner or permissions on /home/siaga/.ssh/config", ssh.Unable),
        ("ssh: Could not resolve hostname bpn-1: Temporary failure in name resolution", ssh.Unable),
        ("ssh: connect to host 127.0.0.1 port 22: Required key not available", ssh.Unable),
        ("agent refused operation; simpul@127.0.0.1: Permission denied (publickey).", ssh.Refused),
        ("No ED25519 host key is known for 127.0.0.1; Host key verification failed.", ssh.Refused),
        ("", ssh.Unable),
    ],
)
def test_what_ssh_s_words_mean(words: str, kind: type[OutsideError]) -> None:
    connection = ssh.Connection("bpn-1", "127.0.0.1", 22, "simpul")
    assert type(ssh.explain(connection, words.replace("; ", "\n"))) is kind


@pytest.mark.parametrize("named", ["lost", "."])
def test_a_key_that_can_t_be_read_is_told_although_the_office_is_away(
    named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANSIBLE_PRIVATE_KEY_FILE", str(tmp_path / named))
    error = reach(closed_port())
    assert isinstance(error, ssh.Unable)
    assert error.problems[0].where == "ANSIBLE_PRIVATE_KEY_FILE"


def test_a_machine_without_ssh_is_told_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    error = reach(22)
    assert isinstance(error, ssh.Unable)
    assert str(error).startswith("ssh: isn't on PATH")


def test_a_host_is_put_off_only_where_its_office_is_away(
    configure: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It counted as offline, and a run that reached none of its hosts ended well."""
    monkeypatch.setattr(run, "digest_playbooks", lambda: "of today")
    host = Host(Event())
    away = {**schema.defaults(Host.token), "name": "bpn-1", "address": "127.0.0.1", "port": closed_port(),
            "user": "simpul", "group": "server", "offlineDays": 7}  # fmt: skip
    log = Lines()
    assert host.create(request(inputs=away, log=log))[1]["state"] == "deferred"
    configure("Frobnicate yes\n")
    with pytest.raises(ssh.Unable):
        host.create(request(inputs=away, log=log))
    ready = {"state": "ready", "kubeconfig": "k", "manifest": {}, "playbooks": "of today", "drift": {}}
    with pytest.raises(ssh.Unable):
        host.read(request(inputs=away, state=ready, log=log))
    assert len(log.alerts) == 1
