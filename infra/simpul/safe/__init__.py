"""The stack, saved for the day on which the operator's machine is lost: its state, its settings and its passphrase.

A stack enters `save`, a file leaves that only the holders of named keys can open (age); such a file enters `restore`,
and the stack is there again (docs/adr/0034-safe.md).
"""

from simpul.safe.recipient import identities, recipients
from simpul.safe.restore import Restored, restore
from simpul.safe.save import Saved, save

__all__ = ["Restored", "Saved", "identities", "recipients", "restore", "save"]
