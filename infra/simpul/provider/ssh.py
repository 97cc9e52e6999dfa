"""Reaching a host over SSH, and telling apart why it can't be.

In goes a `Connection`; `reach` returns when the host lets us in, `run` returns what a script printed there. Raises
`Unreachable` when nothing answers (an office may be offline for days), `Refused` when the host answered and said no,
and `Unable` when it is this machine's own ssh that can't work: neither of these two is mended by waiting. Only words
that tell of a connection that failed on its way count as the first. The identity is the environment's: Ansible's own
variable ANSIBLE_PRIVATE_KEY_FILE, otherwise what ssh itself would use.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from simpul.errors import OutsideError, Problem
from simpul.provider import child, scratch
from simpul.provider.kind import Interrupted

CONNECT_SECONDS: Final = 10
_RUN_SECONDS: Final = 120
_FAILED: Final = 255  # ssh's exit code when it is ssh that failed, not the program it ran
_REFUSALS: Final = (
    "Permission denied",
    "Too many authentication failures",
    "Host key verification failed",
    "HOST IDENTIFICATION HAS CHANGED",
    "no matching",
)
_CUT: Final = (
    "(Connection refused|(Connection|Operation) timed out|No route to host|Network is unreachable|Host is down"
    "|Connection reset by peer)"
)
_AWAY: Final = re.compile(
    rf"ssh: connect to \S+ (?P<host>\S+) port \d+: {_CUT}"
    rf"|open failed: connect failed: {_CUT}"  # a jump host was reached, and tells of the way behind it
    r"|Connection to \S+( port \d+)? (timed out|closed by remote host)"
    r"|Connection (closed|reset) by (?!UNKNOWN)"
    r"|Timeout, server \S+ not responding"
    r"|Broken pipe"
)
"""ssh's words for a connection that found nobody at its other end, or lost it."""

_BY_PROXY: Final = "UNKNOWN port"
"""How ssh calls the other end of what ProxyJump or ProxyCommand began, once that has ended."""

_NOISE: Final = re.compile(r"^(@+|Warning: Permanently added.*|Connection closed by .* \[preauth\])?$")

# Root reads everything that Ansible manages; who isn't root becomes it if sudo needs no password.
_AS_ROOT: Final = 'if [ "$(id -u)" != 0 ] && sudo -n true 2>/dev/null; then exec sudo -n {0}; else exec {0}; fi'


class Unreachable(OutsideError):  # noqa: N818 the tree's roots carry the suffix
    """Nothing answers at the host's address, or the connection broke."""


class Refused(OutsideError):  # noqa: N818 the tree's roots carry the suffix
    """The host answered and didn't let us in."""


class Unable(OutsideError):  # noqa: N818 the tree's roots carry the suffix
    """This machine can't try: its ssh isn't there or its configuration, key or network doesn't work."""


@dataclass(frozen=True)
class Connection:
    """Where a host is and how to know it."""

    name: str
    address: str
    port: int
    user: str
    host_key: str | None = None

    @classmethod
    def of(cls, inputs: Mapping[str, Any]) -> Connection:
        """Read the connection from the inputs of a host."""
        return cls(
            name=inputs["name"],
            address=inputs["address"],
            port=inputs["port"],
            user=inputs["user"],
            host_key=inputs.get("hostKey"),
        )

    @property
    def command(self) -> str:
        """The command by which a person tries the same connection."""
        return f"ssh -p {self.port} {self.user}@{self.address}"


def options(connection: Connection, folder: Path) -> list[str]:
    """Return ssh's options for `connection`; a pinned host key is written to a file in `folder`."""
    chosen = [
        "BatchMode=yes",
        "StrictHostKeyChecking=yes",
        f"ConnectTimeout={CONNECT_SECONDS}",
        "ServerAliveInterval=15",
        "ServerAliveCountMax=4",
        # Whatever the operator's own settings lend to a host, their keys above all, isn't for these.
        "ForwardAgent=no",
        "ForwardX11=no",
        "ClearAllForwardings=yes",
        "PermitLocalCommand=no",
    ]
    if connection.host_key:
        known = folder / f"{connection.name}.known_hosts"
        scratch.write(known, f"[{connection.address}]:{connection.port} {connection.host_key}\n")
        # A host on port 22 is looked up without brackets.
        with known.open("a") as file:
            file.write(f"{connection.address} {connection.host_key}\n")
        chosen += [f"UserKnownHostsFile={known}", "GlobalKnownHostsFile=/dev/null"]
    return [part for option in chosen for part in ("-o", option)]


def reach(connection: Connection, *, stop: threading.Event) -> None:
    """Return when the host lets us in; raise `Unreachable` or `Refused` in ssh's own words otherwise."""
    _ssh(connection, "true", stop=stop)


def run(connection: Connection, script: str, *, stop: threading.Event) -> str:
    """Run the Python `script` on the host, as root if that needs no password; return what it printed."""
    return _ssh(connection, _AS_ROOT.format("python3 -"), stdin=script, stop=stop)


def shell(connection: Connection, script: str, *arguments: str, stop: threading.Event) -> str:
    """Run the shell's `script` with `arguments`, as root if that needs no password; return what it printed."""
    return _ssh(connection, _AS_ROOT.format(f"sh -s -- {shlex.join(arguments)}"), stdin=script, stop=stop)


def explain(connection: Connection, words: str) -> OutsideError:
    """Make the error that ssh's `words` about its attempt to reach `connection` call for."""
    if not any(sign in words for sign in _REFUSALS) and not _is_away(connection, words):
        return _unable(connection, words)
    return lost(connection, words)


def lost(connection: Connection, words: str) -> OutsideError:
    """Make the error that `words` about a `connection` call for which was there a moment ago."""
    place = f"{connection.address} port {connection.port}"
    then = f"{connection.command}    shows the same; once it works: pulumi up"
    where, said = f"host {connection.name}", _said(words)
    if any(sign in words for sign in _REFUSALS):
        return Refused(Problem(where, f"{place} refuses {connection.user}", got=said, next=then))
    return Unreachable(Problem(where, f"can't be reached at {place}", got=said, next=then))


def _said(words: str) -> str:
    lines = [line.strip() for line in words.splitlines() if not _NOISE.match(line.strip())]
    return "; ".join(lines[-3:]) or "ssh ended without a word"


def _is_away(connection: Connection, words: str) -> bool:
    """Say whether nobody was met at the other end; what ends before it has left this machine, or its proxy, isn't."""
    found = _AWAY.search(words)
    if found is None or (_BY_PROXY in words and "open failed: connect failed" not in words):
        return False
    return _has_route(found["host"] or connection.address, connection.port)


def _has_route(host: str, port: int) -> bool:
    """Say whether this machine's own network leads to `host`: nothing is sent, the kernel is asked."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect((host, port))
        except OSError:
            return False
    return True


def _unable(connection: Connection, words: str) -> Unable:
    what = "can't be tried: this machine's own ssh, its configuration or its network doesn't work"
    then = f"{connection.command}    shows the same; once that is mended: pulumi up"
    if _BY_PROXY in words:
        what = "can't be tried: what ProxyJump or ProxyCommand in this machine's ssh configuration names has failed"
    elif _AWAY.search(words):
        what = "can't be tried: this machine's network has no way to it, and so to no other office either"
        then = f"ip route get {connection.address}    shows the same; once that is mended: pulumi up"
    return Unable(Problem(f"host {connection.name}", what, got=_said(words), next=then))


def _identity() -> list[str]:
    """Give ssh's options for the key that the environment names. Raises `Unable` where it can't be read."""
    named = os.environ.get("ANSIBLE_PRIVATE_KEY_FILE")
    if not named:
        return []
    path = Path(named).expanduser()
    if not os.access(path, os.R_OK) or not path.is_file():
        what, then = "is no file that can be read", "export ANSIBLE_PRIVATE_KEY_FILE=<the key's file>"
        raise Unable(Problem("ANSIBLE_PRIVATE_KEY_FILE", what, got=named, next=f"{then}, then: pulumi up"))
    return ["-i", str(path), "-o", "IdentitiesOnly=yes"]


def _ssh(connection: Connection, command: str, *, stop: threading.Event, stdin: str = "") -> str:
    program = shutil.which("ssh")
    if program is None:
        raise Unable(Problem("ssh", "isn't on PATH", next="apt-get install openssh-client, then: pulumi up"))
    with scratch.folder() as folder:
        argv = [program, "-T", "-p", str(connection.port), "-l", connection.user]
        argv += [*options(connection, folder), *_identity()]
        done = child.run([*argv, connection.address, command], stop=stop, timeout=_RUN_SECONDS, stdin=stdin)
    where = f"host {connection.name}"
    if done.cut == "stopped":
        raise Interrupted.of(where)
    if done.cut == "timeout":
        raise Unreachable(Problem(where, f"doesn't answer within {_RUN_SECONDS} s", next=connection.command))
    if done.cut:
        raise OutsideError(Problem(where, "says more than anybody asked", next=connection.command))
    if done.code == _FAILED:
        raise explain(connection, done.err)
    if done.code:
        said = "; ".join(done.err.strip().splitlines()[-3:])
        raise OutsideError(Problem(where, "a command failed", got=said, next=connection.command))
    return done.out
