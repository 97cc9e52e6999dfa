"""What differs between two property values, as paths in Pulumi's notation.

In go the old and the new inputs, out come `Change`s: one for each deepest property that differs. A value that
isn't known yet counts as changed, because it may be.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from simpul.provider.kind import Change
from simpul.provider.wire import UNKNOWN

_PLAIN = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


def join(base: str, key: str | int) -> str:
    """Append `key` to the path `base`."""
    if isinstance(key, int):
        return f"{base}[{key}]"
    if not _PLAIN.fullmatch(key):
        return f"{base}[{json.dumps(key)}]"
    return f"{base}.{key}" if base else key


def changes(
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    *,
    properties: Collection[str],
    replace: Collection[str] = (),
) -> list[Change]:
    """Compare the given `properties`; a difference in one of `replace` forces a replacement."""
    return [
        Change(path, kind, replace=name in replace)
        for name in properties
        for path, kind in _walk(name, old.get(name), new.get(name))
    ]


def _walk(path: str, old: Any, new: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted(old.keys() | new.keys()):
            yield from _walk(join(path, key), old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            left = old[index] if index < len(old) else None
            right = new[index] if index < len(new) else None
            yield from _walk(join(path, index), left, right)
    elif new is UNKNOWN or old != new:
        yield path, "add" if old is None else "delete" if new is None else "update"
