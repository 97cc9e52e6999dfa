"""Who a machine is, written onto its disk before it boots: name, address, host key, and who may log in.

Enters the mounted root and the machine's spec; leaves its public host key, by which the operator knows it.
"""

from __future__ import annotations

from ipaddress import IPv4Address
from pathlib import Path
from typing import Protocol

from simpul.command import run
from simpul.lab.place import gateway, network

HOST_KEY = "etc/ssh/ssh_host_ed25519_key"

TRUSTED = "etc/ssl/certs/simpul-lab.pem"
"""Where a host's programs look for whom they trust: those written in Go read all of the folder."""

NETWORK = """\
[Match]
Name=host0

[Network]
Address={address}/{prefix}
Gateway={gateway}
LinkLocalAddressing=no
IPv6AcceptRA=no
"""


class Owner(Protocol):
    """What is written: a machine's spec has it."""

    @property
    def name(self) -> str: ...
    @property
    def number(self) -> int: ...
    @property
    def address(self) -> IPv4Address: ...
    @property
    def authorized_key(self) -> str: ...
    @property
    def user(self) -> str: ...
    @property
    def trusted(self) -> str: ...


def give(root: Path, owner: Owner) -> str:
    """Write the identity below `root`, keeping what it has, and give the public host key."""
    lan = network(owner.number)
    _write(root / "etc/hostname", f"{owner.name}\n")
    _write(root / "etc/hosts", f"127.0.0.1 localhost\n{owner.address} {owner.name}\n")
    _write(
        root / "etc/systemd/network/10-lan.network",
        NETWORK.format(address=owner.address, prefix=lan.prefixlen, gateway=gateway(owner.number)),
    )
    if owner.trusted:
        _write(root / TRUSTED, owner.trusted)
    _admit(root, owner)
    return _make_host_key(root)


def _admit(root: Path, owner: Owner) -> None:
    """Let the owner's user in by key, and let it become root without a password, as Ansible needs it."""
    home = root / "home" / owner.user
    if not home.exists():
        _chroot(root, "useradd", "--create-home", "--shell=/bin/bash", owner.user)
    _write(root / "etc/sudoers.d" / owner.user, f"{owner.user} ALL=(ALL) NOPASSWD: ALL\n", 0o440)
    _write(home / ".ssh/authorized_keys", owner.authorized_key.strip() + "\n", 0o600)
    _chroot(root, "chown", "-R", f"{owner.user}:{owner.user}", f"/home/{owner.user}/.ssh")


def _make_host_key(root: Path) -> str:
    key = root / HOST_KEY
    if not key.exists():
        run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(key)], where="lab hosts")
    kind, text, *_ = key.with_suffix(".pub").read_text().split()
    return f"{kind} {text}"


def _write(path: Path, text: str, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)


def _chroot(root: Path, *argv: str) -> None:
    run(["chroot", str(root), *argv], where="lab hosts")
