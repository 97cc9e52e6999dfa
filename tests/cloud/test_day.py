"""When a declared day ends."""

from __future__ import annotations

from datetime import date
from typing import get_args

from simpul.city.model import Timezone
from simpul.cloud import day


def test_a_day_ends_where_the_city_is() -> None:
    ends = {zone: day.end(date(2027, 12, 31), zone)[-6:] for zone in get_args(Timezone)}
    assert ends == {
        "Asia/Jakarta": "+07:00",
        "Asia/Pontianak": "+07:00",
        "Asia/Makassar": "+08:00",
        "Asia/Jayapura": "+09:00",
    }
    assert day.end(date(2027, 12, 31), "Asia/Makassar") == "2027-12-31T23:59:59+08:00"
