"""What is saved of a stack, as one JSON document: it is encrypted before it reaches a disk, and read back whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from simpul.errors import OutsideError

FORM = 1


@dataclass(frozen=True)
class Content:
    """A stack: its name, its settings (the text of Pulumi.STACK.yaml), its exported state and its passphrase.

    In `state` secrets are ciphertext, which the passphrase opens. `saved` is the moment, `version` Simpul's own.
    """

    stack: str
    saved: str
    version: str
    settings: str
    passphrase: str
    state: Mapping[str, Any]

    def __repr__(self) -> str:
        return f"Content({self.stack!r}, saved {self.saved})"

    @property
    def resources(self) -> int:
        """How many resources the state has."""
        return len(self.state["deployment"].get("resources") or ())

    def to_bytes(self) -> bytes:
        """Write it down."""
        return json.dumps({"form": FORM, **asdict(self)}, ensure_ascii=False).encode()

    @classmethod
    def from_bytes(cls, text: bytes, where: str) -> Content:
        """Read what was written down. OutsideError, naming `where` it is from, for anything else."""
        try:
            data = json.loads(text)
            form = data.pop("form")
            content = cls(**data)
            _ = content.resources
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            message = "isn't a stack that was saved, though a key opens it"
            raise OutsideError.at(where, message, type(error).__name__, "simpul stack save makes such files") from None
        if form != FORM:
            raise OutsideError.at(where, "is of a form that this version doesn't know", str(form), "use a newer one")
        return content
