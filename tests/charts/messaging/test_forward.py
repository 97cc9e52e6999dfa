"""Store and forward: what a site has acknowledged reaches the hub once, whatever is cut or killed meanwhile."""

from __future__ import annotations

import asyncio
import json
from collections import Counter

import nats
from nats.js.api import AckPolicy, ConsumerConfig

from charts.messaging.conftest import City
from charts.messaging.server import PASSWORD, Server, wait

SITE, OTHER = "647101", "647102"


def reports(server: Server) -> list[str]:
    """Read the whole of REPORTS in its order, as a public NATS client does."""
    return asyncio.run(_read(server))


async def _read(server: Server) -> list[str]:
    url = f"tls://127.0.0.1:{server.ports['nats']}"
    connection = await nats.connect(url, user="reporter", password=PASSWORD, tls=server.trust())
    try:
        stream = connection.jetstream()
        total = (await stream.stream_info("REPORTS")).state.messages
        unasked = ConsumerConfig(ack_policy=AckPolicy.NONE)
        reader = await stream.pull_subscribe("reports.>", stream="REPORTS", config=unasked)
        read: list[str] = []
        while len(read) < total:
            read += [message.data.decode() for message in await reader.fetch(500, timeout=10)]
        return read
    finally:
        await connection.close()


def numbers(first: int, last: int) -> list[str]:
    return [str(number) for number in range(first, last)]


def test_every_report_arrives_once_and_in_order_when_the_uplink_was_gone(city: City) -> None:
    leaf, wire = city.leaves[SITE], city.wires[SITE]
    publisher = city.client(leaf, "publisher")
    publisher.publish(f"reports/{SITE}/water", numbers(0, 1000))
    wait(lambda: city.hub.stored() == 1000, "the first thousand")

    wire.cut()
    publisher.publish(f"reports/{SITE}/water", numbers(1000, 2000))
    assert (leaf.stored(), city.hub.stored()) == (2000, 1000)
    for server in (leaf, city.hub):
        server.end()
        server.start()
    wire.mend()
    wait(lambda: city.hub.stored() == 2000, "the second thousand")

    city.client(city.leaves[OTHER], "other").publish(f"reports/{OTHER}/fire", ["the last"])
    wait(lambda: city.hub.stored() == 2001, "a report from the other site")
    assert reports(city.hub) == [*numbers(0, 2000), "the last"]


def test_what_was_acknowledged_before_the_leaf_was_killed_is_never_lost(city: City) -> None:
    leaf = city.leaves[SITE]
    publisher = city.client(leaf, "publisher", keep=True)
    sent = publisher.send(f"reports/{SITE}/water", numbers(0, 3000))
    wait(lambda: leaf.stored() >= 300, "the publisher to be in the middle")
    leaf.end()
    acknowledged = {payload for payload, one in sent.items() if one.is_published()}
    assert 0 < len(acknowledged) < 3000

    publisher.close()
    leaf.start()
    wait(lambda: city.hub.stored() == leaf.stored(), "the hub to have what the leaf has")
    arrived = Counter(reports(city.hub))
    assert acknowledged <= arrived.keys()
    assert set(arrived.values()) == {1}


def test_subscribers_in_the_cloud_hear_every_report_once_the_late_ones_too(city: City) -> None:
    listeners = {qos: city.client(city.hub, f"listener-{qos}") for qos in (0, 1, 2)}
    for qos, listener in listeners.items():
        listener.subscribe("reports/#", qos)
    away = city.client(city.hub, "away", keep=True)
    away.subscribe("reports/#", 1)
    away.close()
    publisher = city.client(city.leaves[SITE], "publisher")
    publisher.publish(f"reports/{SITE}/water", numbers(0, 100))
    wait(lambda: city.hub.stored() == 100, "the punctual ones")
    city.wires[SITE].cut()
    publisher.publish(f"reports/{SITE}/water", numbers(100, 150), qos=1)
    publisher.publish(f"reports/{SITE}/water", numbers(150, 200), qos=2)
    city.wires[SITE].mend()
    city.client(city.hub, "cloud").publish("reports/cloud", ["one of the cloud's own"])
    wait(lambda: city.hub.stored() == 201, "the late ones")

    # A last report behind the others: when it has been heard, nothing can still be on its way.
    publisher.publish(f"reports/{SITE}/water", ["end"])
    expected = sorted([*numbers(0, 200), "one of the cloud's own", "end"])
    for qos, listener in listeners.items():
        wait(lambda listener=listener: "end" in listener.heard, f"the end with QoS {qos}")  # type: ignore[misc]
        assert sorted(listener.heard) == expected
    back = city.client(city.hub, "away", keep=True)
    wait(lambda: "end" in back.heard, "what the one who was away had missed")
    assert sorted(back.heard) == expected


def test_a_site_that_is_full_does_not_acknowledge(city: City) -> None:
    leaf = city.leaves[SITE]
    leaf.end()
    declared = json.loads((leaf.folder / "streams.json").read_text())
    declared[0]["stream"]["max_bytes"] = 64 * 1024
    (leaf.folder / "streams.json").write_text(json.dumps(declared))
    leaf.start()
    publisher = city.client(leaf, "publisher")
    sent = publisher.send(f"reports/{SITE}/photo", [f"{number}-{'x' * 4096}" for number in range(100)])
    wait(lambda: "maximum bytes exceeded" in (leaf.folder / "log").read_text(), "the leaf to be full")
    leaf.end()
    acknowledged = sum(one.is_published() for one in sent.values())
    leaf.start()
    assert 0 < acknowledged <= leaf.stored() < 100


def test_a_hub_that_lost_its_volume_is_sent_all_again(city: City) -> None:
    city.client(city.leaves[SITE], "publisher").publish(f"reports/{SITE}/water", numbers(0, 100))
    wait(lambda: city.hub.stored() == 100, "the reports")
    city.hub.end()
    (city.hub.folder / "data").rename(city.hub.folder / "lost")
    city.hub.start()
    leaf = city.leaves[SITE]
    declared = json.loads((leaf.folder / "streams.json").read_text())
    declared[0]["consumers"][0]["metadata"]["resend"] = "1"
    (leaf.folder / "streams.json").write_text(json.dumps(declared))
    leaf.end()
    leaf.start()
    wait(lambda: city.hub.stored() == 100, "the reports, again")
    city.client(leaf, "publisher").publish(f"reports/{SITE}/water", ["new"])
    wait(lambda: city.hub.stored() == 101, "the new report")
    assert reports(city.hub) == [*numbers(0, 100), "new"]
