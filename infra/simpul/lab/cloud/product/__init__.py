"""What the stand-in knows better about single products: a file a product, found in this folder.

In: nothing. Out: every `Kind` and `Source` that the files define, by token.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

from simpul.lab.cloud.kind import Kind, Source


def kinds() -> dict[str, Kind]:
    """Give the behaviour of the resource types that have one of their own."""
    return {
        each.token: each() for each in _values() if isinstance(each, type) and issubclass(each, Kind) and each.token
    }


def sources() -> dict[str, Source]:
    """Give the data sources that aren't lists of one type."""
    return {
        each.token: each() for each in _values() if isinstance(each, type) and issubclass(each, Source) and each.token
    }


def _values() -> Iterator[Any]:
    for found in pkgutil.iter_modules(__path__):
        yield from vars(importlib.import_module(f"{__name__}.{found.name}")).values()
