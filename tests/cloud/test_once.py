"""What the vendor lets be there only once goes before a new one comes: another router or line changes in one run.

The stand-in refuses what the vendor refuses: a second tunnel to one network, a second route to one range.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from cloud import change
from cloud.engine import declare, make, open_stack, removable, run
from cloud.test_preview import steps
from lab.cloud.client import serve
from lab.cloud.fake import FakeBacking
from simpul.city import City

TUNNEL, LINE = 1, 4
"""Places of two sites in the declaration, one with a tunnel and one with a line."""


def town(changed: dict[str, str]) -> City:
    """Return a city with one tunnel and one line, with what is `changed` of them."""
    city = removable(change.declare({"cloud.stores": [], **changed}))
    return city.model_copy(update={"sites": (city.sites[TUNNEL], city.sites[LINE])})


@pytest.mark.engine
def test_another_router_or_line_of_an_office_changes_in_one_run(tmp_path: Path) -> None:
    with serve(tmp_path / "cloud", FakeBacking()) as cloud:
        stack = open_stack(cloud, tmp_path, town({}))
        make(stack)
        moved = {
            f"sites.{TUNNEL}.link.gateway": "203.0.113.12",
            f"sites.{LINE}.link.line.connection": "pc-k1a6balikpapan",
        }
        stack.workspace.program = declare(town(moved))
        course = run(stack.up)
        assert course.said == []
        anew = {each.partition(" ")[0] for each, step in steps(course.steps).items() if step == "replace"}
        assert anew == {
            "cen.TransitRouterRouteEntry",
            "cen.TransitRouterRouteTableAssociation",
            "cen.TransitRouterVbrAttachment",
            "expressconnect.VirtualBorderRouter",
            "vpc.BgpGroup",
            "vpc.BgpPeer",
            "vpn.Connection",
            "vpn.CustomerGateway",
            "vpn.RouteEntry",
        }
        again = run(stack.up)
        assert (again.said, again.done) == ([], {"same"})
