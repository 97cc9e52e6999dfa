"""Who gets in, and what they may do there: no door without a password and TLS, and no stream that a client unmakes."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable

import pytest
from nats.aio.client import Client as Connection
from nats.errors import Error

from charts.messaging.conftest import City
from charts.messaging.server import PASSWORD, READER, Client, Server, wait

SITE, OTHER = "647101", "647102"


async def enter(
    server: Server, user: str, password: str, hear: Callable[[Exception], Awaitable[None]] | None = None
) -> Connection:
    connection = Connection()
    try:
        await connection.connect(
            f"tls://127.0.0.1:{server.ports['nats']}",
            user=user,
            password=password,
            tls=server.trust(),
            error_cb=hear,
            inbox_prefix=f"_INBOX.{user}".encode(),
            allow_reconnect=False,
        )
    except Error:
        await connection.close()  # the library leaves the socket of a refused connection open
        raise
    return connection


@pytest.mark.parametrize(
    ("user", "password"),
    [
        (READER, "not-the-password-at-all"),
        ("nobody", PASSWORD),
        (SITE, f"{PASSWORD}-{SITE}"),
        ("reporter", PASSWORD),
    ],
    ids=["wrong password", "unknown user", "a leaf's user", "an MQTT client"],
)
def test_nats_refuses(city: City, user: str, password: str) -> None:
    with pytest.raises(Error, match="Authorization Violation"):
        asyncio.run(enter(city.hub, user, password))


def test_mqtt_refuses_a_wrong_password(city: City) -> None:
    intruder = Client(city.leaves[SITE], "intruder", password="not-the-password-at-all")
    refusals = intruder.refusals()
    assert refusals == {"Not authorized"}


@pytest.mark.parametrize("door", ["nats", "mqtt", "leaf"])
def test_every_door_shows_the_citys_certificate(city: City, door: str) -> None:
    with socket.create_connection(("127.0.0.1", city.hub.ports[door]), timeout=10) as plain:
        if door != "mqtt":
            assert b'"tls_required":true' in plain.recv(4096)
        with city.hub.trust().wrap_socket(plain, server_hostname="127.0.0.1") as secured:
            assert secured.version() == "TLSv1.3"


def test_mqtt_says_nothing_without_tls(city: City) -> None:
    with socket.create_connection(("127.0.0.1", city.hub.ports["mqtt"]), timeout=10) as plain:
        plain.sendall(b"\x10\x0c\x00\x04MQTT\x04\x02\x00\x3c\x00\x00")  # a CONNECT packet
        assert not plain.recv(4096).startswith(b"\x20")  # no CONNACK


HARM: dict[str, Callable[[Connection], Awaitable[object]]] = {
    "delete the stream": lambda nc: nc.publish("$JS.API.STREAM.DELETE.REPORTS", b""),
    "make a stream": lambda nc: nc.publish("$JS.API.STREAM.CREATE.MINE", b'{"name": "MINE"}'),
    "empty the stream": lambda nc: nc.publish("$JS.API.STREAM.PURGE.REPORTS", b""),
    "delete a report": lambda nc: nc.publish("$JS.API.STREAM.MSG.DELETE.REPORTS", b'{"seq": 1}'),
    "speak for a leaf": lambda nc: nc.publish(f"deliver.{SITE}.S.1", b"forged"),
    "store as the server does": lambda nc: nc.publish("$MQTT.msgs.intake.reports.x", b"forged"),
    "be heard without being stored": lambda nc: nc.publish(f"reports.{SITE}.x", b"forged"),
    "reach into a site": lambda nc: nc.publish(f"$JS.{SITE}.API.STREAM.DELETE.REPORTS", b""),
    "hear what isn't stored yet": lambda nc: nc.subscribe("intake.>"),
    "hear another's answers": lambda nc: nc.subscribe("_INBOX.administrator.>"),
    "hear everything": lambda nc: nc.subscribe(">"),
    "list consumers": lambda nc: nc.publish("$JS.API.CONSUMER.NAMES.REPORTS", b""),
    "delete another's consumer": lambda nc: nc.publish(f"$JS.API.CONSUMER.DELETE.REPORTS.{SITE}", b""),
    "change another's consumer": lambda nc: nc.publish(f"$JS.API.CONSUMER.CREATE.REPORTS.{SITE}.reports.>", b""),
    "take another's reports": lambda nc: nc.publish(f"$JS.API.CONSUMER.MSG.NEXT.REPORTS.{SITE}", b""),
    "read a session": lambda nc: nc.publish("$JS.API.STREAM.MSG.GET.$MQTT_sess", b'{"seq": 1}'),
}


@pytest.mark.parametrize("role", ["hub", "leaf"])
@pytest.mark.parametrize("what", HARM)
def test_a_client_can_do_no_harm(city: City, role: str, what: str) -> None:
    server = city.hub if role == "hub" else city.leaves[SITE]
    refused = asyncio.run(attempt(server, HARM[what]))
    assert "permissions violation" in refused


async def attempt(server: Server, do: Callable[[Connection], Awaitable[object]]) -> str:
    """Do it as an ordinary user, and give what the server says against it."""
    said: asyncio.Queue[str] = asyncio.Queue()

    async def hear(error: Exception) -> None:
        await said.put(str(error))

    connection = await enter(server, READER, PASSWORD, hear)
    try:
        await do(connection)
        return await asyncio.wait_for(said.get(), 20)
    finally:
        await connection.close()


def test_one_site_hears_nothing_of_another(city: City) -> None:
    listener = city.client(city.leaves[OTHER], "listener")
    listener.subscribe("reports/#", 1)
    city.client(city.leaves[SITE], "publisher").publish(f"reports/{SITE}/water", ["one"])
    wait(lambda: city.hub.count(f"reports.{SITE}.water") == 1, "the report")
    city.client(city.leaves[OTHER], "neighbour").publish(f"reports/{OTHER}/water", ["two"])
    wait(lambda: bool(listener.heard), "the site's own report")
    assert listener.heard == ["two"]
    assert city.leaves[OTHER].reports("reports.>") == ["two"]


def test_a_leaf_needs_its_own_password(own_city: City) -> None:
    leaf = own_city.leaves[SITE]
    leaf.end()
    text = (leaf.folder / "nats.conf").read_text()
    (leaf.folder / "nats.conf").write_text(text.replace(f"{PASSWORD}-{SITE}", f"{PASSWORD}-{OTHER}"))
    leaf.start()
    wait(lambda: "authentication error" in (own_city.hub.folder / "log").read_text(), "the hub to refuse")
    assert not own_city.is_linked()


def test_a_server_without_the_citys_certificate_is_not_trusted(city: City) -> None:
    with (
        socket.create_connection(("127.0.0.1", city.hub.ports["mqtt"]), timeout=10) as plain,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        ssl.create_default_context().wrap_socket(plain, server_hostname="127.0.0.1")
