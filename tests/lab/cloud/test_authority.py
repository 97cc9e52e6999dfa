"""The cloud's own authority: made once, and trusted by whoever has its certificate."""

from __future__ import annotations

import socket
import ssl
import stat
from pathlib import Path
from threading import Thread

import pytest

from simpul.lab.cloud.authority import Authority, Pair


def shake_hands(pair: Pair, trust: ssl.SSLContext, folder: Path, name: str) -> None:
    """Let a server with `pair` and a client that trusts `trust` meet under `name`."""
    for file, text in (("crt", pair.certificate), ("key", pair.key)):
        (folder / file).write_text(text)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "crt", folder / "key")
    ours, theirs = socket.socketpair()

    def answer() -> None:
        try:
            context.wrap_socket(ours, server_side=True).close()
        except OSError:
            ours.close()

    serving = Thread(target=answer)
    serving.start()
    try:
        trust.wrap_socket(theirs, server_hostname=name).close()
    finally:
        theirs.close()
        serving.join()


def test_a_server_is_trusted_at_its_address_and_nowhere_else(tmp_path: Path) -> None:
    authority = Authority(tmp_path / "authority")
    pair = authority.sign("10.213.0.128")
    trust = ssl.create_default_context(cafile=str(authority.path))
    shake_hands(pair, trust, tmp_path, "10.213.0.128")
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(pair, trust, tmp_path, "10.213.0.129")


def test_the_chain_of_a_certificate_is_enough_to_trust_its_server(tmp_path: Path) -> None:
    pair = Authority(tmp_path / "authority").sign("10.213.0.128")
    shake_hands(pair, ssl.create_default_context(cadata=pair.certificate), tmp_path, "10.213.0.128")


def test_it_is_made_once_and_its_key_is_its_owners_alone(tmp_path: Path) -> None:
    first = Authority(tmp_path / "authority")
    first.make()
    before = first.path.read_text()
    again = Authority(tmp_path / "authority")
    again.make()
    assert again.path.read_text() == before
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "authority").iterdir()}
    assert modes == {"ca.pem": 0o600, "ca.key": 0o600}


def test_a_pair_does_not_show_its_key(tmp_path: Path) -> None:
    assert "PRIVATE" not in repr(Authority(tmp_path).sign("10.213.0.128"))
