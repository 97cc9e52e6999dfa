"""What the hub draws from a site when either of them is killed, set back, full, or has lost what it put down."""

from __future__ import annotations

import json
import shutil
import time

import pytest

from charts.messaging.conftest import City
from charts.messaging.server import Server, numbers, wait

pytestmark = pytest.mark.long

SITE = "647101"
TOPIC, MINE = f"reports/{SITE}/water", f"reports.{SITE}.water"


def test_a_hub_that_is_killed_again_and_again_has_each_report_once_and_in_order(own_city: City) -> None:
    hub = own_city.hub
    own_city.wires[SITE].cut()
    own_city.client(own_city.leaves[SITE], "publisher").publish(TOPIC, numbers(0, 3000))
    own_city.wires[SITE].mend()
    begun = 0
    while hub.count(MINE) < 3000:
        hub.end()
        hub.start()
        wait(lambda begun=begun: hub.count(MINE) > begun, "the hub to go on")  # type: ignore[misc]
        begun = hub.count(MINE)
    assert hub.reports(MINE) == numbers(0, 3000)


@pytest.mark.parametrize("spoil", ["lost", "torn", "old"])
def test_what_the_hub_put_down_may_be_lost_torn_or_old(own_city: City, spoil: str) -> None:
    hub, publisher = own_city.hub, own_city.client(own_city.leaves[SITE], "publisher")
    put_down = hub.folder / "data" / "drawn.json"
    old = put_down.read_text()
    publisher.publish(TOPIC, numbers(0, 100))
    wait(lambda: hub.count(MINE) == 100, "the first hundred")
    hub.end()
    put_down.unlink()
    if spoil != "lost":
        put_down.write_text(old if spoil == "old" else old[: len(old) // 2])
    hub.start()
    publisher.publish(TOPIC, numbers(100, 150))
    wait(lambda: hub.count(MINE) >= 150, "the rest")
    assert hub.reports(MINE) == numbers(0, 150)


def test_a_site_that_is_set_back_gives_numbers_again_and_nothing_of_it_is_lost_or_doubled(own_city: City) -> None:
    hub, leaf = own_city.hub, own_city.leaves[SITE]
    publish(own_city, 0, 50)
    wait(lambda: hub.count(MINE) == 50, "what was before the backup")
    leaf.end()
    shutil.copytree(leaf.folder / "data", leaf.folder / "backup")
    leaf.start()
    publish(own_city, 50, 100)
    wait(lambda: hub.count(MINE) == 100, "what was after it")

    restore(leaf)
    own_city.wires[SITE].cut()
    publish(own_city, 100, 180)  # the site goes beyond the number that the hub has last
    own_city.wires[SITE].mend()
    wait(lambda: hub.count(MINE) >= 180, "what was stored after the restoring")
    assert hub.reports(MINE) == numbers(0, 180)

    restore(leaf)
    publish(own_city, 180, 200)  # the site stays below it
    wait(lambda: hub.count(MINE) >= 200, "what was stored after it was restored again")
    assert hub.reports(MINE) == numbers(0, 200)
    wait(lambda: leaf.unsent() == 0, "the site to know")


def test_a_hub_that_is_full_takes_nothing_and_goes_on_when_it_has_room(own_city: City) -> None:
    hub, declared = own_city.hub, own_city.hub.folder / "streams.json"
    whole = declared.read_text()
    small = json.loads(whole)
    small[0]["max_bytes"] = 64 * 1024
    hub.end()
    declared.write_text(json.dumps(small))
    hub.start()
    photos = [f"{number}-{'x' * 4096}" for number in range(40)]
    own_city.client(own_city.leaves[SITE], "publisher").publish(TOPIC, photos)
    wait(lambda: "maximum bytes exceeded" in (hub.folder / "log").read_text(), "the hub to be full")
    assert hub.reports(MINE) == photos[: hub.count(MINE)]
    assert own_city.leaves[SITE].unsent() > 0
    hub.end()
    declared.write_text(whole)
    hub.start()
    wait(lambda: hub.count(MINE) == 40, "the rest")
    assert hub.reports(MINE) == photos


def publish(city: City, first: int, last: int) -> None:
    publisher = city.client(city.leaves[SITE], f"publisher-{time.monotonic_ns()}")
    publisher.publish(TOPIC, numbers(first, last))
    publisher.close()


def restore(leaf: Server) -> None:
    """Put the backup where the volume was."""
    leaf.end()
    shutil.rmtree(leaf.folder / "data")
    shutil.copytree(leaf.folder / "backup", leaf.folder / "data")
    leaf.start()
