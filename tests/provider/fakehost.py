"""A fake machine: an SSH server on the loopback, as the current user, that runs what it is told in a shell.

It stands for a host in tests that need a real SSH connection and neither root nor an installed sshd. It is a
process of its own (this file as a program), so that what it runs doesn't hold up the tests.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncssh


@dataclass(frozen=True)
class Machine:
    """Where the fake machine is, how to get in, and the folder that stands for its disk."""

    name: str
    root: Path
    port: int
    host_key: str
    identity: Path

    @property
    def kubeconfig(self) -> str:
        """What a server hands over."""
        from credential import identity  # noqa: PLC0415 as a program this file finds none of the tests' modules

        return identity().kubeconfig(6443, name=self.name)

    @property
    def sessions(self) -> list[str]:
        """What it was told to run so far."""
        log = self.root.with_suffix(".sessions")
        return log.read_text().splitlines() if log.exists() else []

    def inputs(self, **more: Any) -> dict[str, Any]:
        """Return the arguments of a Host that is this machine."""
        return {
            "name": self.name,
            "address": "127.0.0.1",
            "port": self.port,
            "user": "simpul",
            "host_key": self.host_key,
            "group": "server",
            **more,
            "vars": {"root": str(self.root), "kubeconfig": self.kubeconfig, **more.get("vars", {})},
        }


@contextmanager
def machine(name: str, folder: Path) -> Iterator[Machine]:
    """Start a machine called `name` for as long as the block runs; those of a folder let in the same key."""
    identity = folder / "identity"
    if not identity.exists():
        asyncssh.generate_private_key("ssh-ed25519").write_private_key(str(identity))
        identity.chmod(0o600)
    root = folder / name
    root.mkdir()
    argv = [sys.executable, __file__, str(root), str(identity)]
    # Its users have no home, so what is meant to go there is written to the working folder.
    with subprocess.Popen(argv, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        told = json.loads(process.stdout.readline())
        try:
            yield Machine(name, root, told["port"], told["key"], identity)
        finally:
            process.kill()


class _Door(asyncssh.SSHServer):
    """Lets in who has the key, under any name."""

    def __init__(self, key: asyncssh.SSHKey) -> None:
        self._key = key

    def begin_auth(self, username: str) -> bool:
        return True

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return key == self._key


async def _serve(root: Path, identity: Path) -> None:
    ours = asyncssh.read_private_key(str(identity)).convert_to_public()
    theirs = asyncssh.generate_private_key("ssh-ed25519")

    async def run(process: asyncssh.SSHServerProcess[bytes]) -> None:
        with root.with_suffix(".sessions").open("a") as log:
            log.write(f"{process.command}\n")
        shell = await asyncio.create_subprocess_exec(
            *("/bin/sh", "-c", process.command or "true"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        await process.redirect(stdin=shell.stdin, stdout=shell.stdout, stderr=shell.stderr)
        code = await shell.wait()
        await process.stdout.drain()
        process.exit(code)

    server = await asyncssh.create_server(
        lambda: _Door(ours),
        "127.0.0.1",
        0,
        server_host_keys=[theirs],
        process_factory=run,
        sftp_factory=True,  # Ansible without Mitogen copies its modules so
        encoding=None,
    )
    key = theirs.export_public_key().decode().strip()
    sys.stdout.write(json.dumps({"port": server.get_port(), "key": key}) + "\n")
    sys.stdout.flush()
    # The tests hold the other end; when they are gone, so is the machine.
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]), Path(sys.argv[2])))
