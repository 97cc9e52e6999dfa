"""What the models of a declaration have in common."""

from pydantic import BaseModel, ConfigDict, Field


class Declared(BaseModel):
    """A part of the declaration: it can't be changed, and knows all its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


def whole(low: int, high: int) -> object:
    """Make a whole number's limits: strict, so that no text, fraction or truth value passes for one."""
    return Field(strict=True, ge=low, le=high)
