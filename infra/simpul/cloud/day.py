"""When a declared day ends: the last second of it where the city is, as the vendor's policies write a time."""

from __future__ import annotations

from datetime import date

OFFSETS = {"Asia/Jakarta": 7, "Asia/Pontianak": 7, "Asia/Makassar": 8, "Asia/Jayapura": 9}
"""Hours from UTC: WIB, WITA, WIT. Indonesia has no summer time, and not every machine has the table of all zones."""


def end(day: date, timezone: str) -> str:
    """Give the last second of `day`, such as 2027-12-31T23:59:59+08:00."""
    return f"{day.isoformat()}T23:59:59+{OFFSETS[timezone]:02}:00"
