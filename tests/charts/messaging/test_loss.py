"""A volume is lost: reports go on, and what is still somewhere is at the hub again, once."""

from __future__ import annotations

import pytest

from charts.messaging.conftest import City
from charts.messaging.server import Server, numbers, wait

SITE = "647101"


@pytest.mark.long
def test_reports_go_on_when_a_site_and_then_the_hub_lost_its_volume(own_city: City) -> None:
    hub, leaf, mine = own_city.hub, own_city.leaves[SITE], f"reports.{SITE}.water"
    own_city.client(leaf, "before").publish(f"reports/{SITE}/water", numbers(0, 100))
    wait(lambda: hub.count(mine) == 100, "the reports")
    lose(leaf)
    own_city.client(leaf, "after").publish(f"reports/{SITE}/water", numbers(100, 150))
    wait(lambda: hub.count(mine) == 150, "what came after the site's loss")
    assert hub.reports("reports.>") == numbers(0, 150)

    lose(hub)
    own_city.client(leaf, "later").publish(f"reports/{SITE}/water", numbers(150, 160))
    wait(lambda: hub.count(mine) == 60, "what the site keeps")
    assert hub.reports("reports.>") == numbers(100, 160)


def lose(server: Server) -> None:
    server.end()
    (server.folder / "data").rename(server.folder / "lost")
    server.start()
