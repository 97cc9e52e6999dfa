"""A resource's name as the engine gives it: `urn:pulumi:STACK::PROJECT::PARENTS$TYPE::NAME`."""

from __future__ import annotations


def type_of(urn: str) -> str:
    """Give the type of the resource `urn`, without those of its parents."""
    return urn.split("::")[2].rpartition("$")[2]
