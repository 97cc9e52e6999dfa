"""A refusal of a single value: what is wrong and what would do enter, pydantic's own kind of error leaves."""

from __future__ import annotations

from pydantic_core import PydanticCustomError

UNFIT = "unfit"
"""The type of these errors, by which `problem.py` knows them."""


def unfit(what: str, next: str, got: str = "") -> PydanticCustomError:  # noqa: A002 Problem's word for it
    """Make the error of a value that doesn't fit; `got` stands for a value that mustn't be shown."""
    return PydanticCustomError(UNFIT, "{what}", {"what": what, "next": next, "got": got})
