"""What a site still owes its hub: the number by which its volume may be given up."""

from __future__ import annotations

import pytest

from charts.messaging.conftest import City
from charts.messaging.server import numbers, wait

SITE = "647101"

pytestmark = pytest.mark.long


def test_a_leaf_tells_how_many_reports_the_hub_does_not_have_also_after_it_was_killed(own_city: City) -> None:
    leaf, wire = own_city.leaves[SITE], own_city.wires[SITE]
    publisher = own_city.client(leaf, "publisher")
    publisher.publish(f"reports/{SITE}/water", numbers(0, 50))
    wait(lambda: leaf.unsent() == 0, "all to be sent")
    assert own_city.hub.count("reports.>") == 50

    wire.cut()
    publisher.publish(f"reports/{SITE}/water", numbers(50, 80))
    assert leaf.unsent() == 30
    leaf.end()
    leaf.start()
    assert leaf.unsent() == 30

    wire.mend()
    wait(lambda: leaf.unsent() == 0, "the rest to be sent")
    assert own_city.hub.reports("reports.>") == numbers(0, 80)


def test_all_is_unsent_where_no_hub_ever_came(own_city: City) -> None:
    leaf = own_city.leaves["647102"]
    own_city.hub.end()
    leaf.end()
    (leaf.folder / "data").rename(leaf.folder / "lost")
    leaf.start()
    own_city.client(leaf, "publisher").publish("reports/647102/water", numbers(0, 5))
    assert leaf.unsent() == 5


def test_a_server_that_does_not_answer_is_no_zero(own_city: City) -> None:
    leaf = own_city.leaves[SITE]
    leaf.end()
    with pytest.raises(AssertionError, match="connection refused"):
        leaf.unsent()
