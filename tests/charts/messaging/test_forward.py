"""Store and forward: what a site has acknowledged reaches the hub once, whatever is cut or killed meanwhile."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from charts.messaging.conftest import City
from charts.messaging.server import numbers, wait

pytestmark = pytest.mark.long

SITE, OTHER = "647101", "647102"


def test_every_report_arrives_once_and_in_order_when_the_uplink_was_gone(city: City) -> None:
    leaf, wire, mine = city.leaves[SITE], city.wires[SITE], f"reports.{SITE}.cut"
    publisher = city.client(leaf, "cut")
    publisher.publish(f"reports/{SITE}/cut", numbers(0, 1000))
    wait(lambda: city.hub.count(mine) == 1000, "the first thousand")

    wire.cut()
    publisher.publish(f"reports/{SITE}/cut", numbers(1000, 2000))
    assert city.hub.count(mine) == 1000
    for server in (leaf, city.hub):
        server.end()
        server.start()
    wire.mend()
    wait(lambda: city.hub.count(mine) == 2000, "the second thousand")

    city.client(city.leaves[OTHER], "other").publish(f"reports/{OTHER}/cut", ["from the other site"])
    wait(lambda: city.hub.count(f"reports.{OTHER}.cut") == 1, "a report from the other site")
    assert city.hub.reports(mine) == numbers(0, 2000)
    assert city.hub.reports(f"reports.{OTHER}.cut") == ["from the other site"]


def test_what_was_acknowledged_before_the_leaf_was_killed_is_never_lost(city: City) -> None:
    leaf, mine = city.leaves[SITE], f"reports.{SITE}.killed"
    publisher = city.client(leaf, "killed")
    sent = publisher.send(f"reports/{SITE}/killed", numbers(0, 3000))
    wait(lambda: leaf.count(mine) >= 300, "the publisher to be in the middle")
    leaf.end()
    acknowledged = {payload for payload, one in sent.items() if one.is_published()}
    publisher.close()
    assert 0 < len(acknowledged) < 3000

    leaf.start()
    stored = leaf.reports(mine)
    assert acknowledged <= set(stored)
    wait(lambda: city.hub.reports(mine) == stored, "the hub to have what the leaf has")
    assert set(Counter(stored).values()) == {1}


def test_a_publisher_comes_back_by_itself_after_the_leaf_was_killed_and_all_it_sends_is_stored(city: City) -> None:
    leaf, mine = city.leaves[SITE], f"reports.{SITE}.again"
    publisher = city.client(leaf, "again", keep=True)
    sent = publisher.send(f"reports/{SITE}/again", numbers(0, 1000))
    wait(lambda: leaf.count(mine) >= 100, "the publisher to be in the middle")
    leaf.end()
    assert not all(one.is_published() for one in sent.values())
    leaf.start()
    wait(lambda: all(one.is_published() for one in sent.values()), "the acknowledgements")
    assert set(leaf.reports(mine)) == set(numbers(0, 1000))


def test_subscribers_in_the_cloud_hear_every_report_once_the_late_ones_too(city: City) -> None:
    topic, mine = f"reports/{SITE}/late", f"reports.{SITE}.late"
    listeners = {qos: city.client(city.hub, f"listener-{qos}") for qos in (0, 1, 2)}
    for qos, listener in listeners.items():
        listener.subscribe(topic, qos)
    away = city.client(city.hub, "away", keep=True)
    away.subscribe(topic, 1)
    away.close()
    publisher = city.client(city.leaves[SITE], "late")
    publisher.publish(topic, numbers(0, 100))
    wait(lambda: city.hub.count(mine) == 100, "the punctual ones")
    city.wires[SITE].cut()
    publisher.publish(topic, numbers(100, 200))
    city.client(city.hub, "cloud").publish(topic, ["one of the cloud's own"])
    city.wires[SITE].mend()
    wait(lambda: city.hub.count(mine) == 201, "the late ones")

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
    declared[0]["max_bytes"] = 64 * 1024
    (leaf.folder / "streams.json").write_text(json.dumps(declared))
    leaf.start()
    publisher = own_city.client(leaf, "publisher")
    sent = publisher.send(f"reports/{SITE}/photo", [f"{number}-{'x' * 4096}" for number in range(100)])
    wait(lambda: "maximum bytes exceeded" in (leaf.folder / "log").read_text(), "the leaf to be full")
    leaf.end()
    acknowledged = sum(one.is_published() for one in sent.values())
    leaf.start()
    assert 0 < acknowledged <= leaf.count("reports.>") < 100
