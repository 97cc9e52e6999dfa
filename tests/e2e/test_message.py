"""What an office publishes is read in the cloud: all of it, once, also when the uplink was gone."""

from __future__ import annotations

import asyncio
import ssl
import threading
import time
from typing import Any

import nats
import paho.mqtt.client as mqtt
import pytest
from nats.js.api import AckPolicy, ConsumerConfig

from e2e.rehearsal import Lab

pytestmark = pytest.mark.e2e

SITE = "64.71.01"
TOPIC = "reports/647101/drill"
STREAM = "REPORTS"
READER = "reader"
BATCH = 1000
OUTAGE_SECONDS = 60


def test_reports_of_an_office_reach_the_hub_once_also_after_an_outage(lab: Lab) -> None:
    before = len(stored(lab))
    publish(lab, 0, BATCH)
    assert wait_for(lab, before + BATCH)[before:] == [f"report {number}" for number in range(BATCH)]

    lab.run("simpul", "lab", "cut", SITE)
    cut = time.monotonic()
    try:
        publish(lab, BATCH, 2 * BATCH)
        time.sleep(max(0.0, OUTAGE_SECONDS - (time.monotonic() - cut)))
        assert len(stored(lab)) == before + BATCH
    finally:
        lab.run("simpul", "lab", "join", SITE)
    assert wait_for(lab, before + 2 * BATCH)[before:] == [f"report {number}" for number in range(2 * BATCH)]


def test_a_client_without_the_password_is_refused(lab: Lab) -> None:
    refused = threading.Event()
    client = connectable(endpoint(lab, SITE, "mqtts"), password="not-the-password")
    client.on_connect = lambda *arguments: refused.set() if arguments[3].is_failure else None
    host, port = place(endpoint(lab, SITE, "mqtts"))
    client.connect(host, port)
    client.loop_start()
    assert refused.wait(20)
    client.loop_stop()
    client.disconnect()


def endpoint(lab: Lab, site: str | None, scheme: str) -> dict[str, Any]:
    username = {"mqtts": "report", "tls": READER}[scheme]
    [found] = [each for each in lab.endpoints() if each["site"] == site and each["username"] == username]
    return found


def place(endpoint: dict[str, Any]) -> tuple[str, int]:
    host, _, port = endpoint["url"].partition("://")[2].partition(":")
    return host, int(port)


def trust(endpoint: dict[str, Any]) -> ssl.SSLContext:
    return ssl.create_default_context(cadata=endpoint["ca_pem"])


def connectable(endpoint: dict[str, Any], password: str) -> mqtt.Client:
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="drill", clean_session=True)
    client.username_pw_set(endpoint["username"], password)
    client.tls_set_context(trust(endpoint))
    return client


def publish(lab: Lab, first: int, last: int) -> None:
    """Publish the reports `first` to `last`, each acknowledged before this returns."""
    target = endpoint(lab, SITE, "mqtts")
    client = connectable(target, target["password"])
    client.max_inflight_messages_set(100)
    client.connect(*place(target))
    client.loop_start()
    try:
        sent = [client.publish(TOPIC, f"report {number}", qos=1) for number in range(first, last)]
        for each in sent:
            each.wait_for_publish(60)
            assert each.is_published()
    finally:
        client.disconnect()
        client.loop_stop()


def stored(lab: Lab) -> list[str]:
    """Read all reports that the hub has of the drill, in their order."""
    return asyncio.run(_stored(endpoint(lab, None, "tls")))


async def _stored(target: dict[str, Any]) -> list[str]:
    connection = await nats.connect(
        target["url"],
        user=target["username"],
        password=target["password"],
        tls=trust(target),
        inbox_prefix=f"_INBOX.{READER}".encode(),
        connect_timeout=10,
    )
    try:
        stream = connection.jetstream()
        wanted = ConsumerConfig(name=READER, filter_subject=TOPIC.replace("/", "."), ack_policy=AckPolicy.NONE)
        total = (await stream.add_consumer(STREAM, wanted)).num_pending or 0
        reader = await stream.pull_subscribe_bind(READER, STREAM)
        messages: list[str] = []
        while len(messages) < total:
            messages += [message.data.decode() for message in await reader.fetch(500, timeout=10)]
        await stream.delete_consumer(STREAM, READER)
        return messages
    finally:
        await connection.close()


def wait_for(lab: Lab, count: int) -> list[str]:
    """Wait until the hub has `count` reports, then a little for one too many; give them all."""
    deadline = time.monotonic() + 120  # a leaf may notice only after 50 s that its connection was cut
    while len(reports := stored(lab)) < count and time.monotonic() < deadline:
        time.sleep(1)
    time.sleep(3)
    assert len(reports) == len(stored(lab))
    return reports
