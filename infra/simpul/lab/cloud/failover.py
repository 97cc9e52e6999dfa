"""What happens to a resource behind the program's back: its standby takes over, its disk grows.

In: the estate, a type and an id, and the properties. Out: nothing; the next read tells it, in the inputs too, which the
vendor's plugin reads from the same place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simpul.lab.cloud.estate import Estate


def exchange(estate: Estate, token: str, identity: str, one: str, other: str) -> None:
    """Exchange two properties, as zones are when the standby takes over."""
    record = estate.store.get(token, identity)
    if record is not None:
        change(estate, token, identity, **{one: record.outputs[other], other: record.outputs[one]})


def change(estate: Estate, token: str, identity: str, **values: Any) -> None:
    """Change properties."""
    with estate.store.change():
        record = estate.store.get(token, identity)
        if record is not None:
            record.outputs |= values
            record.inputs |= {name: value for name, value in values.items() if name in record.inputs}
            estate.store.put(record)
