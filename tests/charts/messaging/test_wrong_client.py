"""A client that does one thing wrong goes on: its good reports are stored once, and REFUSED says what wasn't."""

from __future__ import annotations

import socket
import ssl

import pytest

from charts.messaging.conftest import City
from charts.messaging.server import PASSWORD, Client, Server, numbers, wait

SITE = "647101"

WRONG: dict[str, tuple[str, str, int, str]] = {
    "a space": (f"reports/{SITE}/two words", "wrong", 1, "a topic has no space"),
    "a tab": (f"reports/{SITE}/two\twords", "wrong", 1, "a topic has no space"),
    "a line's end": (f"reports/{SITE}/two\nwords", "wrong", 1, "a topic has no space"),
    "the character DEL": (f"reports/{SITE}/\x7f", "wrong", 1, "a topic has no space"),
    "a level that NATS takes for any": ("reports/*", "wrong", 1, "a topic has no space"),
    "a level that NATS takes for all": (f"reports/{SITE}/>", "wrong", 1, "a topic has no space"),
    "a space, of QoS 0": ("two words", "wrong", 0, "a topic has no space"),
    "a long topic": (f"reports/{SITE}/{'x' * 600}", "wrong", 1, "a topic has 512 bytes"),
    "a payload that is too large": (f"reports/{SITE}/photo", "x" * 270_000, 1, "max_payload"),
    "a payload that is much too large": (f"reports/{SITE}/photo", "x" * 5_000_000, 1, "max_payload"),
    "another topic": ("elsewhere/water", "wrong", 1, "only what is on reports/"),
    "another site's area, which the hub wouldn't draw": ("reports/647102/water", "wrong", 1, "and its slug"),
    "a topic of the server's own": ("$MQTT/msgs/intake/reports/x", "wrong", 1, "only what is on reports/"),
    "QoS 0": (f"reports/{SITE}/water", "wrong", 0, "QoS 0"),
    "QoS 2": (f"reports/{SITE}/water", "wrong", 2, "QoS 2"),
}


@pytest.mark.parametrize("what", WRONG)
def test_one_wrong_message_in_a_row_of_good_ones_is_refused_by_itself(city: City, what: str) -> None:
    leaf, (topic, payload, qos, reason) = city.leaves[SITE], WRONG[what]
    name = f"wrong-{list(WRONG).index(what)}"
    publisher = city.client(leaf, name)
    good = f"reports/{SITE}/{name}"
    sent = {**publisher.send(good, numbers(0, 20)), **publisher.send(topic, [payload], qos)}
    sent |= publisher.send(good, numbers(20, 40))
    wait(lambda: all(one.is_published() for one in sent.values()), "the acknowledgements")
    assert leaf.reports(good.replace("/", ".")) == numbers(0, 40)
    [refused] = [each for each in leaf.refused() if each["client"] == name]
    assert reason in refused["reason"]
    assert (refused["topic"], refused["qos"], refused["size"]) == (topic, qos, len(payload))
    assert publisher.cuts == 0
    assert publisher.is_connected()


@pytest.mark.parametrize("wildcard", ["+", "#"])
def test_a_wildcard_in_a_topic_is_refused_though_mqtt_would_have_the_connection_closed(
    city: City, wildcard: str
) -> None:
    leaf, topic = city.leaves[SITE], f"reports/{SITE}/{wildcard}"
    with knock(leaf) as client:
        client.sendall(publish(topic, 7))
        assert client.recv(4) == b"\x40\x02\x00\x07"  # PUBACK
        client.sendall(b"\xc0\x00")
        assert client.recv(2) == b"\xd0\x00"  # PINGRESP: the connection goes on
    assert topic in [each["topic"] for each in leaf.refused()]


def test_a_will_that_would_be_refused_keeps_nobody_out(city: City) -> None:
    leaf = city.leaves[SITE]
    publisher = city.client(leaf, "willing", will=("two words", "gone"))
    publisher.publish(f"reports/{SITE}/willing", ["here"])
    assert leaf.reports(f"reports.{SITE}.willing") == ["here"]
    assert [each["topic"] for each in leaf.refused() if each["client"] == "willing"] == ["two words"]


def test_a_report_to_be_retained_is_stored_like_any_other_and_its_client_told_once(city: City) -> None:
    leaf, topic = city.leaves[SITE], f"reports/{SITE}/retained"
    publisher = city.client(leaf, "retaining")
    sent = publisher.send(topic, numbers(0, 20), retain=True)
    wait(lambda: all(one.is_published() for one in sent.values()), "the acknowledgements")
    assert leaf.reports(topic.replace("/", ".")) == numbers(0, 20)
    [refused] = [each for each in leaf.refused() if each["client"] == "retaining"]
    assert "nothing is retained" in refused["reason"]


def test_nothing_is_kept_of_whom_the_server_does_not_let_in(city: City) -> None:
    leaf = city.leaves[SITE]
    with knock(leaf, "stranger", "not-the-password-at-all") as client:
        client.sendall(publish("two words", 7))
        while client.recv(4096):
            pass
    assert "stranger" not in [each["client"] for each in leaf.refused()]


@pytest.mark.parametrize("first", [b"GET / HTTP/1.1\r\n\r\n", b"\x10\xff\xff\xff\xff\x7f", b"\x30\x05\x00\x09abc"])
def test_what_is_no_mqtt_ends_its_own_connection_alone(city: City, first: bytes) -> None:
    leaf = city.leaves[SITE]
    with enter(leaf) as client:
        client.sendall(first)
        assert client.recv(4096) == b""
    city.client(leaf, "after-nonsense").publish(f"reports/{SITE}/after", ["good"])


def enter(server: Server) -> ssl.SSLSocket:
    plain = socket.create_connection(("127.0.0.1", server.ports["mqtt"]), timeout=20)
    return server.trust().wrap_socket(plain, server_hostname="127.0.0.1")


def knock(server: Server, name: str = "raw", password: str = PASSWORD) -> ssl.SSLSocket:
    """Say who comes, byte by byte, for what a client's library wouldn't send."""
    client = enter(server)
    body = b"\x00\x04MQTT\x04\xc2\x00\x3c" + b"".join(map(text, (name, "reporter", password)))
    client.sendall(bytes([0x10, len(body)]) + body)
    if password == PASSWORD:
        assert client.recv(4) == b"\x20\x02\x00\x00"  # CONNACK
    return client


def publish(topic: str, number: int) -> bytes:
    body = text(topic) + number.to_bytes(2, "big") + b"wrong"
    return bytes([0x32, len(body)]) + body


def text(value: str) -> bytes:
    return len(value).to_bytes(2, "big") + value.encode()


def test_the_refused_do_not_hide_from_a_reader_of_reports(city: City) -> None:
    listener = city.client(city.leaves[SITE], "listening")
    listener.subscribe("reports/#", 1)
    publisher = Client(city.leaves[SITE], "mixed").connect()
    publisher.publish("elsewhere", ["wrong"])
    publisher.publish(f"reports/{SITE}/mixed", ["good"])
    wait(lambda: "good" in listener.heard, "the good one")
    publisher.close()
    assert listener.heard == ["good"]
