"""How often Python looks for garbage in a process that keeps nearly all that it makes, and soon ends.

A city that is registered, and the classes of the vendor's SDK, stay to the end: Python's usual thresholds let it look
through all of them again and again, for a quarter of what a recording of Balikpapan takes of the processor's time.
"""

from __future__ import annotations

import gc

NEW = 50_000
"""Objects more than before that let Python look through the new ones; its own number is 700."""

AGES = (20, 20)
"""Looks at younger ones before one at older ones."""


def look_seldom() -> None:
    """Look for garbage seldom from here on, in this process."""
    gc.set_threshold(NEW, *AGES)
