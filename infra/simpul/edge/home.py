"""Where a site's volumes lie, and what is lost when that place changes.

A volume at a site is a folder on one host's disk: whoever takes the host out, or gives another host the volumes, takes
away what is in it. In: the city, the volumes of which the stack's state tells, and the day. Out: the hosts whose
volumes the declaration lets go by name.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from operator import attrgetter

from simpul.city import City
from simpul.cloud.found import Kept
from simpul.cloud.guard import released
from simpul.errors import CityError, Problem

_HOST = attrgetter("host")


def give_up(city: City, volumes: Iterable[Kept], today: date) -> tuple[str, ...]:
    """Return the hosts among those of `volumes` that `city` lets go on the day `today`, in order.

    Raises CityError with each host that is to go, or isn't the home of its site's volumes any more, without its name
    in `cloud.replace`.
    """
    named = released(city, today)
    at = {host: list(kept) for host, kept in groupby(sorted(volumes, key=_HOST), key=_HOST)}
    homes = {site.home.name for site in city.sites}
    if problems := [_problem(city, host, kept) for host, kept in at.items() if host not in homes | named]:
        raise CityError.of(problems)
    return tuple(host for host in at if host in named)


def _problem(city: City, host: str, volumes: list[Kept]) -> Problem:
    """Say which volumes would go with `host`, and how to keep them or to let them go."""
    site = next((site for site in city.sites if host in (each.name for each in site.hosts)), None)
    if site is None:
        what, keep = "would be taken out, and with it what is on its disk", "Declare it as it was"
    else:
        what = f"would lose the volumes of {site.code} to {site.home.name}, and with them what is in them"
        keep = f"Write volumes: true on {host}, and on no other host of {site.code}"
    size = ", ".join(f"{each.claim} of {each.gib} GiB" for each in volumes)
    consent = f'cloud.replace: [{{name: {host}, reason: "...", ends: "YYYY-MM-DD"}}]'
    then = f"{keep}. Or let it go by name; what it hasn't sent is sent first, if it runs:\n      {consent}"
    return Problem(f"host {host}", what, size, then)
