"""Pydantic's errors in our words: a ValidationError enters, faults leave. The one place that does it."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from simpul.city.fault import Fault
from simpul.city.form import UNFIT
from simpul.city.model import City
from simpul.city.wording import Loc, choice, show

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pydantic_core import ErrorDetails


def explain(error: ValidationError) -> Iterator[Fault]:
    """Give a fault for each of pydantic's errors."""
    for details in error.errors(include_url=False):
        if not _is_false_alarm(details):
            make = _KINDS.get(details["type"], _other)
            yield make(details)


def _is_false_alarm(error: ErrorDetails) -> bool:
    """Tell whether a list is called too short only because pydantic doesn't count entries with faults."""
    return error["type"] == "too_short" and len(error["input"]) >= error.get("ctx", {})["min_length"]


def _missing(error: ErrorDetails) -> Fault:
    field = _field(error["loc"])
    return Fault(error["loc"], "is missing", None, f"Add it. {_describe(field)}")


def _unknown(error: ErrorDetails) -> Fault:
    *above, key = error["loc"]
    known = list(_model(tuple(above)).model_fields)
    near = get_close_matches(str(key), known, n=1)
    advice = f"Did you mean {near[0]}?" if near else f"The keys here are {choice(known, 'and')}."
    return Fault(error["loc"], "is an unknown key", None, advice)


def _not_a_key(error: ErrorDetails) -> Fault:
    known = _model(error["loc"][:-1]).model_fields
    return Fault(error["loc"][:-1], "has a key that isn't text", None, f"The keys here are {choice(known, 'and')}.")


def _unfit(error: ErrorDetails) -> Fault:
    context = error.get("ctx", {})
    got = context["got"] or show(error["input"])
    return Fault(error["loc"], context["what"], got, context["next"])


def _not_allowed(error: ErrorDetails) -> Fault:
    field = _field(error["loc"])
    allowed = [str(option) for option in _options(field)]
    near = get_close_matches(error["input"], allowed, n=1) if isinstance(error["input"], str) else []
    advice = f"Did you mean {near[0]}? " if near else ""
    what = f"must be {choice(allowed)}"
    return Fault(error["loc"], what, show(error["input"]), advice + _describe(field))


def _not_whole(error: ErrorDetails) -> Fault:
    value = error["input"]
    field = _field(error["loc"])
    low, high = _limits(field)
    digits = isinstance(value, str) and value.strip().isdecimal()
    advice = f"Write {value.strip()} without quotes." if digits else _describe(field)
    return Fault(error["loc"], f"must be a whole number from {low} to {high}", show(value), advice)


def _out_of_limits(error: ErrorDetails) -> Fault:
    field = _field(error["loc"])
    low, high = _limits(field)
    return Fault(error["loc"], f"must be from {low} to {high}", show(error["input"]), _describe(field))


def _not_text(error: ErrorDetails) -> Fault:
    value = error["input"]
    scalar = isinstance(value, int | float) and not isinstance(value, bool)
    advice = f'Write it in quotes: "{value}".' if scalar else _describe(_field(error["loc"]))
    return Fault(error["loc"], "must be text", show(value), advice)


def _not_a_mapping(error: ErrorDetails) -> Fault:
    known = _model(error["loc"]).model_fields
    return Fault(error["loc"], "must be a mapping", show(error["input"]), f"Its keys are {choice(known, 'and')}.")


def _not_a_list(error: ErrorDetails) -> Fault:
    advice = f"Begin each entry with a dash. {_describe(_field(error['loc']))}"
    return Fault(error["loc"], "must be a list", show(error["input"]), advice)


def _too_few(error: ErrorDetails) -> Fault:
    return Fault(error["loc"], "is empty", show(error["input"]), _describe(_field(error["loc"])))


def _too_many(error: ErrorDetails) -> Fault:
    most = error.get("ctx", {})["max_length"]
    what = f"has more than {most} entries"
    return Fault(error["loc"], what, show(error["input"]), f"Keep at most {most}.")


def _other(error: ErrorDetails) -> Fault:
    return Fault(error["loc"], error["msg"], show(error["input"]), _describe(_field(error["loc"])))


_KINDS: dict[str, Callable[[ErrorDetails], Fault]] = {
    UNFIT: _unfit,
    "missing": _missing,
    "extra_forbidden": _unknown,
    "invalid_key": _not_a_key,
    "literal_error": _not_allowed,
    "int_type": _not_whole,
    "greater_than_equal": _out_of_limits,
    "less_than_equal": _out_of_limits,
    "string_type": _not_text,
    "model_type": _not_a_mapping,
    "tuple_type": _not_a_list,
    "too_short": _too_few,
    "too_long": _too_many,
}


def _describe(field: FieldInfo | None) -> str:
    return (field.description if field else None) or "See the declaration's JSON Schema."


def _field(loc: Loc) -> FieldInfo | None:
    """Give the field at `loc`; that of the list, where `loc` is one of its entries."""
    keys = [step for step in loc if isinstance(step, str)]
    return _model(tuple(keys[:-1])).model_fields.get(keys[-1]) if keys else None


def _model(loc: Loc) -> type[BaseModel]:
    """Give the model at `loc`."""
    model: type[BaseModel] = City
    for step in loc:
        if isinstance(step, str):
            inner = _models(model.model_fields[step].annotation)
            model = next(inner, model)
    return model


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)


def _options(field: FieldInfo | None) -> tuple[Any, ...]:
    """Give what a field may be: its literals, one level deeper where it may be null."""
    literals = (
        [each for each in (field.annotation, *get_args(field.annotation)) if get_origin(each) is Literal]
        if field
        else []
    )
    return tuple(option for literal in literals for option in get_args(literal))


def _limits(field: FieldInfo | None) -> tuple[Any, Any]:
    return _bound(field, "ge"), _bound(field, "le")


def _bound(field: FieldInfo | None, name: str) -> Any:
    """Give a limit of a number's field: it stands in its metadata or, if it may be null, a level deeper."""
    if field is None:
        return None
    queue = [*field.metadata, *_metadata(field.annotation)]
    return next((getattr(entry, name) for entry in queue if hasattr(entry, name)), None)


def _metadata(annotation: Any) -> Iterator[Any]:
    for part in (annotation, *get_args(annotation)):
        inner = getattr(part, "__metadata__", ())
        for entry in inner:
            yield from entry.metadata if isinstance(entry, FieldInfo) else (entry,)
