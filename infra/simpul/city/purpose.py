"""What a thing in the cloud is for, where rules and access ask for it.

It is a word of a type, written as a tag on what it is about: never read out of a name, in which a store's may be.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Purpose(StrEnum):
    """What a bucket keeps, for whom a role is, whom a security group lets in."""

    DATA = "data"
    """The files of a store's workload."""

    BACKUP = "backup"
    """What sites write, to have it again when they lose it."""

    AUDIT = "audit"
    """The record of who did what."""

    OPERATOR = "operator"
    """People of the city."""

    PREVIEW = "preview"
    """A pipeline, which says what would change."""

    VENDOR = "vendor"
    """A company that works for the city."""

    GATEWAY = "gateway"
    """Where the world comes in: a security group that lets it."""

    WORKLOAD = "workload"
    """A store's workload in the cluster."""


PURPOSE: Final = "simpul:purpose"
"""The tag that says it."""
