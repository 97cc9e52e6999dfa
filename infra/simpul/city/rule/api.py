"""The cluster's API: open to the internet only for those who are named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simpul.city.fault import Fault
from simpul.city.wording import show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simpul.city.rule.draft import Draft


def check_allow(draft: Draft) -> Iterator[Fault]:
    """Find a public API that is open to all, and a list of who may come in where nobody can."""
    for spot in draft.find("cloud", "api"):
        public, allow = draft.get(*spot.loc, "public"), draft.get(*spot.loc, "allow")
        place = (*spot.loc, "allow")
        if public is True and not allow and place not in draft.unfit:
            what = "is missing: a public API is never open to all"
            yield Fault(place, what, None, 'Add the ranges that its users come from, such as ["203.0.113.0/28"].')
        elif public is not True and allow:
            yield Fault(
                place, "isn't for an API without a public address", show(allow), "Add public: true, or take it out."
            )
