"""A day of the calendar, as ISO 8601 writes it."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from simpul.city.form.unfit import unfit

_DAY = r"^\d{4}-\d{2}-\d{2}$"


def check_day(value: Any) -> date:
    """Give the day that ISO 8601 writes so, or that is one already; in a stack's file it stands in quotes."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value if re.fullmatch(_DAY, str(value)) else "")
    except (TypeError, ValueError):
        raise unfit("isn't a day", 'Write year, month and day in quotes, such as "2027-06-30".') from None


Day = Annotated[date, BeforeValidator(check_day), WithJsonSchema({"type": "string", "format": "date"})]
