"""What the cloud holds, in SQLite, so that it outlives the daemon.

In: records of resources. Out: the same, found by token and id. One process writes; `change` makes several steps one.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Condition
from typing import Any

TABLE = """
create table if not exists resource (
  token text not null, id text not null, state text not null, owner text not null,
  inputs text not null, outputs text not null, behind text not null,
  primary key (token, id)
)
"""
CREATING, READY, DELETING, RETIRED = "creating", "ready", "deleting", "retired"
"""`RETIRED` is what was deleted and waits for its end, as a key does: it is gone but for the lists that show it."""


@dataclass
class Record:
    """A resource that the cloud holds.

    `owner` is the id of the resource that the vendor made it for ("" if a program asked for it). `behind` is what
    stands behind it in the lab, which no program sees: machines, their addresses.
    """

    token: str
    id: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]
    state: str = CREATING
    owner: str = ""
    behind: dict[str, Any] = field(default_factory=dict)


class Store:
    """The cloud's memory."""

    def __init__(self, folder: Path) -> None:
        """Open `folder`/cloud.sqlite, made for its owner alone: outputs hold secrets."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / "cloud.sqlite"
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        self._changed = Condition()  # its lock is reentrant
        self._depth = 0
        self._leaving = False
        self._base = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._base.execute("pragma journal_mode = wal")
        self._base.execute("pragma synchronous = normal")  # enough for a process that is killed
        self._base.execute(TABLE)

    @contextmanager
    def change(self) -> Iterator[None]:
        """Make all steps of the block one; those of another thread wait."""
        with self._changed:
            if self._depth == 0:
                self._base.execute("begin immediate")
            self._depth += 1
            try:
                yield
            except BaseException:
                if self._depth == 1:
                    self._base.execute("rollback")
                raise
            else:
                if self._depth == 1:
                    self._base.execute("commit")
            finally:
                self._depth -= 1
                self._changed.notify_all()

    def put(self, record: Record) -> None:
        """Keep a record, in place of the one with its token and id."""
        texts = [json.dumps(each) for each in (record.inputs, record.outputs, record.behind)]
        with self.change():
            self._base.execute(
                "insert or replace into resource (token, id, state, owner, inputs, outputs, behind) "
                "values (?, ?, ?, ?, ?, ?, ?)",
                (record.token, record.id, record.state, record.owner, *texts),
            )

    def remove(self, record: Record) -> None:
        """Forget a record."""
        with self.change():
            self._base.execute("delete from resource where token = ? and id = ?", (record.token, record.id))

    def get(self, token: str, identity: str) -> Record | None:
        """Give the record of that type and id."""
        return next(iter(self._select("where token = ? and id = ?", token, identity)), None)

    def find(self, identity: str) -> Record | None:
        """Give the record of that id, whatever its type."""
        return next(iter(self._select("where id = ?", identity)), None)

    def all(self, token: str = "") -> list[Record]:
        """Give all records of a type, or all, in the order in which they were made."""
        return self._select("where token = ?", token) if token else self._select("where true")

    def retired(self, token: str) -> list[Record]:
        """Give the records of a type that wait for their end."""
        return self._rows("where token = ? and state = ?", token, RETIRED)

    def mention(self, text: str) -> list[Record]:
        """Give the records whose outputs have `text` somewhere in them."""
        return self._select("where instr(outputs, ?) > 0", text)

    def owned(self, identity: str) -> list[Record]:
        """Give what the vendor made for the resource of that id."""
        return self._select("where owner = ?", identity)

    def wait(self, token: str, identity: str, seconds: float) -> Record | None:
        """Give the record once it isn't being made any more, or after `seconds` or `leave` as it then is."""
        with self._changed:
            self._changed.wait_for(lambda: self._leaving or not self._is_made(token, identity), timeout=seconds)
            return self.get(token, identity)

    def _is_made(self, token: str, identity: str) -> bool:
        record = self.get(token, identity)
        return record is not None and record.state == CREATING

    def leave(self) -> None:
        """Let nobody wait any longer."""
        with self._changed:
            self._leaving = True
            self._changed.notify_all()

    def close(self) -> None:
        """End; what is written stays."""
        with self._changed:
            self._base.close()

    def _select(self, where: str, *values: str) -> list[Record]:
        return self._rows(f"{where} and state != ?", *values, RETIRED)

    def _rows(self, where: str, *values: str) -> list[Record]:
        query = f"select token, id, state, owner, inputs, outputs, behind from resource {where} order by rowid"  # noqa: S608 `where` is this module's own
        with self._changed:
            rows = self._base.execute(query, values).fetchall()
        return [
            Record(token, identity, json.loads(inputs), json.loads(outputs), state, owner, json.loads(behind))
            for token, identity, state, owner, inputs, outputs, behind in rows
        ]
