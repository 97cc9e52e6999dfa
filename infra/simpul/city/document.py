"""A YAML file: its path enters; its data, and what isn't safe in it, leave, or why it can't be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from simpul.city.alike import find_unlike
from simpul.city.wording import Loc, choice, where
from simpul.errors import CityError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_TAB = "found character '\\t' that cannot start any token"
_QUOTE = "Write it without a tag; text that looks like one, a date or a number in quotes."


def read_document(path: Path, root: Loc) -> tuple[Any, list[Problem]]:
    """Give the data of the file at `path`, and a problem for every key that is there twice or value not read alike.

    What lies below `root` is shown as below `city`. CityError if the file can't be read as YAML.
    """
    name = str(path)
    try:
        loader = _Loader(_read_text(path))
        node = loader.get_single_node()
        # Before the data is made: making it puts merged keys among a mapping's own.
        problems = [*_find_twice(node, root, (), set()), *find_unlike(node, root)] if node else []
        return loader.construct_document(node) if node else None, problems
    except yaml.MarkedYAMLError as error:
        raise CityError(_explain(name, error)) from None
    except yaml.YAMLError:
        what = "has a character that YAML doesn't allow"
        raise CityError(Problem(name, what, None, "Remove its control characters.")) from None
    except RecursionError:
        raise CityError(Problem(name, "is nested too deeply", None, "A city needs seven levels.")) from None


class _Loader(yaml.SafeLoader):
    """PyYAML's without tags, which not all know, and with a line for a value of the wrong form."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]  # PyYAML's own
        if getattr(event, "tag", None) is not None:
            raise yaml.constructor.ConstructorError(None, None, f"the tag {event.tag}", event.start_mark)
        return super().compose_node(parent, index)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:  # noqa: FBT001, FBT002 PyYAML's own
        try:
            return super().construct_object(node, deep)
        except (ValueError, LookupError, AttributeError) as error:
            raise yaml.constructor.ConstructorError(None, None, str(error), node.start_mark) from None


def _read_text(path: Path) -> str:
    name = str(path)
    try:
        return path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise CityError(Problem(name, "doesn't exist", None, _advise_file(path.parent))) from None
    except IsADirectoryError:
        raise CityError(Problem(name, "is a folder", None, _advise_file(path))) from None
    except OSError as error:
        raise CityError(Problem(name, "can't be read", error.strerror, "Check its permissions.")) from None
    except UnicodeDecodeError as error:
        got = f"byte 0x{error.object[error.start]:02x} at offset {error.start}"
        raise CityError(Problem(name, "isn't UTF-8 text", got, "Save it as UTF-8.")) from None


def _advise_file(folder: Path) -> str:
    found = sorted(str(near) for near in folder.glob("Pulumi.*.yaml"))
    if not found:
        return "Give the path of a Pulumi.<stack>.yaml."
    return f"The stacks' files there: {choice(found, 'and')}."


def _explain(name: str, error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    place = f"{name}:{mark.line + 1}" if mark else name
    said = error.problem or "something else"
    if said == _TAB:
        return Problem(place, "has a tab where YAML wants spaces", None, "Indent with spaces alone.")
    if isinstance(error, yaml.constructor.ConstructorError):
        return Problem(place, "has a value that YAML can't read", said, _QUOTE)
    if isinstance(error, yaml.composer.ComposerError):
        what = "isn't one whole document of YAML"
        return Problem(place, what, said, "Look for `---`, and for `*` without its `&`.")
    start = error.context_mark
    since = f" {error.context} that begins in line {start.line + 1}" if start else ""
    advice = "Look for a missing colon, bracket or quotation mark, and at the indentation."
    return Problem(place, "isn't YAML", said + since, advice)


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
            what = f"is there twice, in lines {lines[name]} and {line}"
            yield Problem(_where((*loc, name), root), what, None, "Keep one of them; YAML takes the last.")
        lines[name] = line
        yield from _find_twice(value, root, (*loc, name), seen)


def _where(loc: Loc, root: Loc) -> str:
    return where(loc[len(root) :]) if loc[: len(root)] == root else where(loc, root="")
