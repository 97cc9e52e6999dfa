"""A kode wilayah: it enters with its dots or without them and leaves with them.

Whether there is such an area is a question for `rule/`, which knows the city.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from simpul.city import area
from simpul.city.form.unfit import unfit
from simpul.city.wording import choice

_EXAMPLE = 'Write it like "64.71" (a city), "64.71.01" (a kecamatan) or "64.71.01.1001" (a kelurahan), in quotes.'
_BELOW_CITY = (area.Level.CITY, area.Level.KECAMATAN, area.Level.KELURAHAN)


def check_code(value: Any) -> str:
    """Give the dotted code that `value` stands for.

    Raises pydantic's custom error if it is a number, which YAML makes of an unquoted code, or no code at all.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise unfit("is a number to YAML, and a code is text", _quoted(value))
    if not isinstance(value, str):
        raise unfit("must be an area code (kode wilayah)", _EXAMPLE)
    code = area.normalise(value)
    if code is None:
        same = area.named(value, _BELOW_CITY)
        raise unfit("isn't an area code (kode wilayah)", f"Areas of that name: {choice(same)}." if same else _EXAMPLE)
    return code


def _quoted(value: float) -> str:
    text = f"{value:.2f}" if isinstance(value, float) else str(value)
    code = area.normalise(text)
    return f'Write it in quotes: "{code}".' if code else _EXAMPLE


Code = Annotated[str, BeforeValidator(check_code), WithJsonSchema({"type": "string", "pattern": area.SHAPE})]
