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


def reports(server: Server, subject: str) -> list[str]:
    """Read what REPORTS holds on `subject`, in its order, as a public NATS client does."""
    return asyncio.run(_read(server, subject))


async def _read(server: Server, subject: str) -> list[str]:
    url = f"tls://127.0.0.1:{server.ports['nats']}"
    connection = await nats.connect(url, user="reporter", password=PASSWORD, tls=server.trust())
    try:
        unasked = ConsumerConfig(ack_policy=AckPolicy.NONE)
        reader = await connection.jetstream().pull_subscribe(subject, stream="REPORTS", config=unasked)
        total = (await reader.consumer_info()).num_pending
        read: list[str] = []
        while len(read) < total:
            read += [message.data.decode() for message in await reader.fetch(500, timeout=10)]
        return read
    finally:
        await connection.close()


def numbers(first: int, last: int) -> list[str]:
    return [str(number) for number in range(first, last)]


def test_every_report_arrives_once_and_in_order_when_the_uplink_was_gone(city: City) -> None:
    leaf, wire, before = city.leaves[SITE], city.wires[SITE], city.hub.stored()
    publisher = city.client(leaf, "cut")
    publisher.publish(f"reports/{SITE}/cut", numbers(0, 1000))
    wait(lambda: city.hub.stored() == before + 1000, "the first thousand")

    wire.cut()
    publisher.publish(f"reports/{SITE}/cut", numbers(1000, 2000))
    assert city.hub.stored() == before + 1000
    for server in (leaf, city.hub):
        server.end()
        server.start()
    wire.mend()
    wait(lambda: city.hub.stored() == before + 2000, "the second thousand")

    city.client(city.leaves[OTHER], "other").publish(f"reports/{OTHER}/cut", ["from the other site"])
    wait(lambda: city.hub.stored() == before + 2001, "a report from the other site")
    assert reports(city.hub, f"reports.{SITE}.cut") == numbers(0, 2000)
    assert reports(city.hub, f"reports.{OTHER}.cut") == ["from the other site"]


def test_what_was_acknowledged_before_the_leaf_was_killed_is_never_lost(city: City) -> None:
    leaf, before = city.leaves[SITE], city.leaves[SITE].stored()
    publisher = city.client(leaf, "killed")
    sent = publisher.send(f"reports/{SITE}/killed", numbers(0, 3000))
    wait(lambda: leaf.stored() >= before + 300, "the publisher to be in the middle")
    leaf.end()
    acknowledged = {payload for payload, one in sent.items() if one.is_published()}
    publisher.close()
    assert 0 < len(acknowledged) < 3000

    leaf.start()
    stored = reports(leaf, f"reports.{SITE}.killed")
    assert acknowledged <= set(stored)
    wait(lambda: reports(city.hub, f"reports.{SITE}.killed") == stored, "the hub to have what the leaf has")
    assert set(Counter(stored).values()) == {1}


def test_a_publisher_of_qos_2_is_stored_once_though_the_leaf_was_killed(city: City) -> None:
    leaf, before = city.leaves[SITE], city.leaves[SITE].stored()
    publisher = city.client(leaf, "exact", keep=True)
    sent = publisher.send(f"reports/{SITE}/exact", numbers(0, 1000), qos=2)
    wait(lambda: leaf.stored() >= before + 100, "the publisher to be in the middle")
    leaf.end()
    assert not all(one.is_published() for one in sent.values())
    leaf.start()  # the publisher comes back by itself, and goes on with its session
    wait(lambda: all(one.is_published() for one in sent.values()), "the acknowledgements")
    assert sorted(reports(leaf, f"reports.{SITE}.exact")) == sorted(numbers(0, 1000))


def test_what_no_stream_takes_is_not_acknowledged(city: City) -> None:
    leaf = city.leaves[SITE]
    publisher = city.client(leaf, "elsewhere")
    sent = publisher.send("elsewhere/water", ["one"])
    wait(lambda: not publisher.is_connected(), "the server to close the connection")
    assert not sent["one"].is_published()


def test_subscribers_in_the_cloud_hear_every_report_once_the_late_ones_too(city: City) -> None:
    topic, before = f"reports/{SITE}/late", city.hub.stored()
    listeners = {qos: city.client(city.hub, f"listener-{qos}") for qos in (0, 1, 2)}
    for qos, listener in listeners.items():
        listener.subscribe(topic, qos)
    away = city.client(city.hub, "away", keep=True)
    away.subscribe(topic, 1)
    away.close()
    publisher = city.client(city.leaves[SITE], "late")
    publisher.publish(topic, numbers(0, 100))
    wait(lambda: city.hub.stored() == before + 100, "the punctual ones")
    city.wires[SITE].cut()
    publisher.publish(topic, numbers(100, 150), qos=1)
    publisher.publish(topic, numbers(150, 200), qos=2)
    city.client(city.hub, "cloud").publish(topic, ["one of the cloud's own"])
    city.wires[SITE].mend()
    wait(lambda: city.hub.stored() == before + 201, "the late ones")

    # A last report behind the others: when it has been heard, nothing can still be on its way.
    publisher.publish(topic, ["end"])
    expected = sorted([*numbers(0, 200), "one of the cloud's own", "end"])
    for listener in (*listeners.values(), city.client(city.hub, "away", keep=True)):
        wait(lambda listener=listener: "end" in listener.heard, "the end")  # type: ignore[misc]
        assert sorted(listener.heard) == expected


def test_a_site_that_is_full_does_not_acknowledge(own_city: City) -> None:
    leaf = own_city.leaves[SITE]
    leaf.end()
    declared = json.loads((leaf.folder / "streams.json").read_text())
    declared[0]["stream"]["max_bytes"] = 64 * 1024
    (leaf.folder / "streams.json").write_text(json.dumps(declared))
    leaf.start()
    publisher = own_city.client(leaf, "publisher")
    sent = publisher.send(f"reports/{SITE}/photo", [f"{number}-{'x' * 4096}" for number in range(100)])
    wait(lambda: "maximum bytes exceeded" in (leaf.folder / "log").read_text(), "the leaf to be full")
    leaf.end()
    acknowledged = sum(one.is_published() for one in sent.values())
    leaf.start()
    assert 0 < acknowledged <= leaf.stored() < 100


def test_a_hub_that_lost_its_volume_is_sent_all_again(own_city: City) -> None:
    hub, leaves = own_city.hub, own_city.leaves
    publisher = own_city.client(leaves[OTHER], "publisher")
    publisher.publish(f"reports/{OTHER}/water", numbers(0, 100))
    wait(lambda: leaves[OTHER].confirmed() == 100, "the hub to confirm the reports")
    hub.end()
    (hub.folder / "data").rename(hub.folder / "lost")
    hub.start()
    publisher.publish(f"reports/{OTHER}/water", ["after the loss"])
    wait(lambda: hub.stored() == 1, "a report after the loss")

    for server in (hub, *leaves.values()):
        server.end()
        server.write({**server.values, "generation": 2})
        server.start()
    wait(lambda: hub.stored() == 102, "the reports, again")
    assert reports(hub, "reports.>") == ["after the loss", *numbers(0, 100), "after the loss"]
