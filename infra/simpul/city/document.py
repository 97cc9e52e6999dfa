"""A YAML file: its path enters, its data and the keys that are there twice leave, or why it can't be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from simpul.city.wording import Loc, choice, where
from simpul.errors import CityError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_TAB = "found character '\\t' that cannot start any token"


def read_document(path: Path, root: Loc) -> tuple[Any, list[Problem]]:
    """Give the data of the file at `path` and a problem for every key that is there twice.

    What lies below `root` is shown as below `city`. CityError if the file can't be read as YAML.
    """
    loader = yaml.SafeLoader(_read_text(path))
    try:
        node = loader.get_single_node()
        data = loader.construct_document(node) if node else None
        problems = list(_find_twice(node, root, (), set())) if node else []
    except yaml.MarkedYAMLError as error:
        raise CityError(_explain(path, error)) from None
    except RecursionError:
        raise CityError(
            Problem(str(path), "is nested too deeply", None, "A city needs seven levels.")
        ) from None
    except (yaml.YAMLError, ValueError, LookupError, AttributeError) as error:
        # PyYAML lets through whatever a value's own constructor raises, such as for the 99th of a month.
        raise CityError(Problem(str(path), "has a value that YAML can't read", str(error), _QUOTE)) from None
    finally:
        loader.dispose()
    return data, problems


_QUOTE = "Write text that looks like a date, a number or a tag in quotes."


def _read_text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise CityError(Problem(str(path), "doesn't exist", None, _advise_file(path))) from None
    except IsADirectoryError:
        raise CityError(Problem(str(path), "is a folder", None, _advise_file(path))) from None
    except OSError as error:
        raise CityError(
            Problem(str(path), "can't be read", error.strerror, "Check the file's rights.")
        ) from None
    except UnicodeDecodeError as error:
        got = f"byte 0x{error.object[error.start]:02x} at offset {error.start}"
        raise CityError(Problem(str(path), "isn't UTF-8 text", got, "Save it as UTF-8.")) from None


def _advise_file(path: Path) -> str:
    folder = path if path.is_dir() else path.parent
    found = sorted(str(near) for near in folder.glob("Pulumi.*.yaml"))
    return (
        f"The stacks' files there: {choice(found, 'and')}."
        if found
        else "Give the path of a Pulumi.<stack>.yaml."
    )


def _explain(path: Path, error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    line = f":{mark.line + 1}" if mark else ""
    said = error.problem or "isn't YAML"
    if said == _TAB:
        return Problem(
            f"{path}{line}", "has a tab where YAML wants spaces", None, "Indent with spaces alone."
        )
    if isinstance(error, yaml.constructor.ConstructorError):
        return Problem(f"{path}{line}", "has a value that YAML can't read", said, _QUOTE)
    column = f" in column {mark.column + 1}" if mark else ""
    advice = "Look at this line and the one before it: the indentation, a missing colon or quotation mark."
    return Problem(f"{path}{line}", f"isn't YAML{column}", said, advice)


def _find_twice(node: yaml.Node, root: Loc, loc: Loc, seen: set[int]) -> Iterator[Problem]:
    if id(node) in seen:  # an alias: its anchor was looked at
        return
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for at, entry in enumerate(node.value):
            yield from _find_twice(entry, root, (*loc, at), seen)
    elif isinstance(node, yaml.MappingNode):
        yield from _find_twice_in_mapping(node, root, loc, seen)


def _find_twice_in_mapping(node: yaml.MappingNode, root: Loc, loc: Loc, seen: set[int]) -> Iterator[Problem]:
    lines: dict[str, int] = {}
    for key, value in node.value:
        name = str(key.value)
        line = key.start_mark.line + 1
        if name in lines:
            what = f"is there twice, in the lines {lines[name]} and {line}"
            yield Problem(_where((*loc, name), root), what, None, "Keep one of them; YAML takes the last.")
        lines[name] = line
        yield from _find_twice(value, root, (*loc, name), seen)


def _where(loc: Loc, root: Loc) -> str:
    return where(loc[len(root) :]) if loc[: len(root)] == root else where(loc, root="")
