"""What holds clients apart: sessions, areas, passwords, and how much each may have."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import nats
import pytest

from charts.messaging.conftest import City
from charts.messaging.server import PASSWORD, Client, Server, numbers, wait

SITE = "647101"
FLOOD = 1100
LIMIT_KIB = 512 * 1024
"""The memory's limit in values.yaml."""


def test_a_client_does_not_take_over_another_s_session(city: City) -> None:
    leaf = city.leaves[SITE]
    first = city.client(leaf, "same", keep=True)
    first.subscribe(f"reports/{SITE}/session", 1)
    second = city.client(leaf, "same", keep=True, user="neighbour")
    city.client(leaf, "session").publish(f"reports/{SITE}/session", ["one"])
    wait(lambda: first.heard == ["one"], "the report")
    assert (first.cuts, second.heard) == (0, [])


def test_a_session_stays_its_client_s_when_the_password_is_changed(city: City) -> None:
    leaf, topic = city.leaves[SITE], f"reports/{SITE}/changed"
    before = city.client(leaf, "changed", keep=True)
    before.subscribe(topic, 1)
    before.close()
    city.client(leaf, "meanwhile").publish(topic, ["one"])
    after = city.client(leaf, "changed", keep=True, user="reporter.2")
    wait(lambda: after.heard == ["one"], "what was missed")


def test_what_is_subscribed_outside_of_a_client_s_own_is_refused(own_city: City) -> None:
    leaf = own_city.leaves[SITE]
    leaf.values["clients"]["neighbour"]["subscribe"] = [f"reports.{SITE}.air.>"]
    restart(leaf)
    client = Client(leaf, "nosy", user="neighbour").connect()
    granted: list[object] = []
    client._mqtt.on_subscribe = lambda _client, _data, _number, codes, _properties: granted.extend(codes)
    for topic in ("reports/#", f"reports/{SITE}/water", "#", "$MQTT/sess/#", f"reports/{SITE}/air/#"):
        client._mqtt.subscribe(topic, 1)
    wait(lambda: len(granted) == 5, "the answers")
    client.close()
    assert [code.is_failure for code in granted] == [True, True, True, True, False]


def test_a_hub_takes_nothing_from_a_site_that_speaks_for_another(own_city: City) -> None:
    leaf, hub = own_city.leaves[SITE], own_city.hub
    leaf.values["clients"]["reporter"]["publish"] = ["reports.>"]
    restart(leaf)
    asyncio.run(forge(leaf, "reports.647102.water"))
    own_city.client(leaf, "honest").publish(f"reports/{SITE}/water", ["own"])
    wait(lambda: hub.count("reports.>") == 1, "the site's own")
    assert hub.reports("reports.>") == ["own"]


async def forge(leaf: Server, subject: str) -> None:
    """Put a report into the site's own stream, as who has the site's machine can."""
    text = (leaf.folder / "nats.conf").read_text()
    first = json.dumps(leaf.values["clients"]["neighbour"]["users"]["neighbour"]["hash"])
    root = f'{{user: "root", password: {first}}}'
    (leaf.folder / "nats.conf").write_text(text.replace("users: [", f"users: [{root}", 1))
    leaf.end()
    leaf.start()
    url = f"tls://127.0.0.1:{leaf.ports['nats']}"
    async with await nats.connect(url, user="root", password=PASSWORD, tls=leaf.trust()) as connection:
        await connection.jetstream().publish(f"$MQTT.msgs.intake.{subject}", b"forged")


def test_one_client_that_fills_its_part_leaves_the_others_theirs_also_after_a_restart(own_city: City) -> None:
    leaf = own_city.leaves[SITE]
    limits = json.loads((leaf.folder / "quota.json").read_text())
    leaf.end()
    (leaf.folder / "quota.json").write_text(json.dumps({**limits, "bytes": 200_000}))
    leaf.start()
    greedy = own_city.client(leaf, "greedy")
    sent = greedy.send(f"reports/{SITE}/flood", [f"{number}-{'x' * 2000}" for number in range(200)])
    wait(lambda: "has used up what it may store" in (leaf.folder / "log").read_text(), "the client to be stopped")
    greedy.close()
    acknowledged = sum(one.is_published() for one in sent.values())
    assert 0 < acknowledged <= 200_000 // 2000
    own_city.client(leaf, "modest", user="neighbour").publish(f"reports/{SITE}/modest", numbers(0, 20))

    leaf.end()
    leaf.start()
    again = own_city.client(leaf, "greedy-again", user="reporter.2")
    sent = again.send(f"reports/{SITE}/flood", ["more" * 1000])
    wait(lambda: again.cuts > 0, "the client to be stopped again")
    assert not any(one.is_published() for one in sent.values())


def test_what_a_client_used_comes_back_to_it_in_the_time_after_which_reports_go(own_city: City) -> None:
    leaf = own_city.leaves[SITE]
    leaf.end()
    limits = {"bytes": 100_000, "seconds": 20, "connections": 250}
    (leaf.folder / "quota.json").write_text(json.dumps(limits))
    leaf.start()
    client = own_city.client(leaf, "patient", keep=True)
    client.publish(f"reports/{SITE}/patient", [f"{number}-{'x' * 2000}" for number in range(100)])
    assert leaf.count(f"reports.{SITE}.patient") >= 100


def test_a_client_has_no_more_connections_than_it_may(own_city: City) -> None:
    leaf = own_city.leaves[SITE]
    limits = json.loads((leaf.folder / "quota.json").read_text())
    leaf.end()
    (leaf.folder / "quota.json").write_text(json.dumps({**limits, "connections": 2}))
    leaf.start()
    mine = [own_city.client(leaf, f"mine-{number}") for number in range(2)]
    third = Client(leaf, "mine-3", user="reporter.2")
    third._mqtt.connect("127.0.0.1", leaf.ports["mqtt"])
    third._mqtt.loop_start()
    wait(lambda: "as many connections as it may have" in (leaf.folder / "log").read_text(), "the third to be refused")
    third.close()
    own_city.client(leaf, "theirs", user="neighbour").publish(f"reports/{SITE}/theirs", ["one"])
    mine[0].close()
    own_city.client(leaf, "mine-4").publish(f"reports/{SITE}/mine", ["one"])


@pytest.mark.long
def test_a_flood_of_retained_messages_stays_within_the_memory_and_keeps_nobody_out(own_city: City) -> None:
    leaf = own_city.leaves[SITE]
    client = own_city.client(leaf, "flood")
    for number in range(FLOOD):
        client._mqtt.publish(f"reports/{SITE}/retained/{number}", bytes(100_000), 1, retain=True)
        if number % 50 == 49:
            client.publish(f"reports/{SITE}/barrier", [str(number)])
    assert peak_kib(leaf) < LIMIT_KIB
    own_city.client(leaf, "others", user="neighbour").publish(f"reports/{SITE}/others", ["one"])
    leaf.end()
    leaf.start()
    own_city.client(leaf, "later", user="neighbour").publish(f"reports/{SITE}/others", ["two"])
    assert peak_kib(leaf) < LIMIT_KIB
    assert sizes(leaf)["$MQTT_rmsgs"] == 0


def test_every_stream_has_a_bound(city: City) -> None:
    city.client(city.leaves[SITE], "somebody").subscribe(f"reports/{SITE}/#", 2)
    for server in (city.hub, city.leaves[SITE]):
        [account] = server.monitor("jsz?config=true&streams=true")["account_details"]
        found = {each["name"]: each["config"] for each in account["stream_detail"]}
        assert {name for name, made in found.items() if made["max_bytes"] <= 0} == set()
        assert found.keys() >= {"REPORTS", "REFUSED", "$MQTT_msgs", "$MQTT_sess", "$MQTT_rmsgs", "$MQTT_out"}


def test_an_administrator_sees_what_is_stored_and_takes_it_out(own_city: City) -> None:
    leaf = own_city.leaves[SITE]
    client = own_city.client(leaf, "clutter")
    client.publish(f"reports/{SITE}/clutter", numbers(0, 10))
    client.publish(f"reports/{SITE}/water", numbers(0, 5))
    assert sizes(leaf)["REPORTS"] == 15
    asyncio.run(purge(leaf, "REPORTS", f"reports.{SITE}.clutter"))
    assert leaf.reports("reports.>") == numbers(0, 5)


def sizes(server: Server) -> dict[str, int]:
    """Give how many messages each stream has, as the administrator is told."""

    async def ask() -> dict[str, int]:
        async with await administer(server) as connection:
            return {each.config.name: each.state.messages for each in await connection.jetstream().streams_info()}

    return asyncio.run(ask())


async def purge(server: Server, stream: str, subject: str) -> None:
    async with await administer(server) as connection:
        await connection.jetstream().purge_stream(stream, subject=subject)


async def administer(server: Server) -> nats.NATS:
    url, user = f"tls://127.0.0.1:{server.ports['nats']}", "administrator"
    return await nats.connect(
        url, user=user, password=PASSWORD, tls=server.trust(), inbox_prefix=f"_INBOX.{user}".encode()
    )


def peak_kib(server: Server) -> int:
    """Give the most memory that the server ever had."""
    assert server.process is not None
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    [line] = [each for each in status.splitlines() if each.startswith("VmHWM:")]
    return int(line.split()[1])


def restart(server: Server) -> None:
    server.end()
    server.write(server.values)
    server.start()
