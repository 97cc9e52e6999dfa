"""Whether all who read a YAML file read the same: its nodes enter, problems leave.

`simpul check` reads a declaration by Python's YAML, Pulumi by Go's, and an editor by a third. What they would read
differently is refused where it stands; below `root` by value, elsewhere only what Pulumi can't read at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from simpul.city import scalar
from simpul.city.wording import Loc, choice, show, where
from simpul.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXT_TAG, MERGE_TAG = "tag:yaml.org,2002:str", "tag:yaml.org,2002:merge"


def find_unlike(document: yaml.Node, root: Loc) -> list[Problem]:
    """Give a problem for each value below `root` that isn't read alike, and take it for text from here on."""
    declared = _descend(document, root)
    found = list(_values(declared, (), set())) if declared else []
    return [*found, *_keys(document, declared, (), set())]


def _descend(node: yaml.Node, path: Loc) -> yaml.Node | None:
    for step in path:
        entries = node.value if isinstance(node, yaml.MappingNode) else []
        inner = [value for key, value in entries if key.value == step]
        if not inner:
            return None
        node = inner[-1]
    return node


def _values(node: yaml.Node, loc: Loc, seen: set[int]) -> Iterator[Problem]:
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.ScalarNode):
        yield from _value(node, loc)
    elif isinstance(node, yaml.SequenceNode):
        for at, entry in enumerate(node.value):
            yield from _values(entry, (*loc, at), seen)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _values(value, loc if key.tag == MERGE_TAG else (*loc, str(key.value)), seen)


def _value(node: yaml.ScalarNode, loc: Loc) -> Iterator[Problem]:
    text: str = node.value
    if node.style is None and not scalar.same(text):
        node.tag = TEXT_TAG
        alike = len(set(scalar.readings(text).values())) == 1
        what = "isn't a number in plain digits" if alike else "isn't the same to all who read YAML"
        yield Problem(where(loc), f"{what}, in {_line(node)}", text if alike else _tell(text), _advise(text))
    elif any("\ud800" <= letter <= "\udfff" for letter in text):
        yield Problem(where(loc), f"has half a character, in {_line(node)}", show(text), "Write the whole one.")


def _tell(text: str) -> str:
    by_reading: dict[str, list[str]] = {}
    for reader, reading in scalar.readings(text).items():
        by_reading.setdefault(reading, []).append(reader)
    told = [f"{reading} to {choice(readers, 'and')}" for reading, readers in by_reading.items()]
    return f"{text}: {choice(told, 'and')}"


def _advise(text: str) -> str:
    """Say how to write what may be meant: a truth value, a number in plain digits, else text in quotes."""
    quoted, found = f'"{text}" in quotes', set(scalar.readings(text).values())
    if found & {"true", "false"}:
        return f"Write {'true' if 'true' in found else 'false'} for a truth value, {quoted} for text."
    if scalar.TIME in found:
        return f"Write {quoted}."
    digits = text.replace("_", "").removesuffix(".0").lstrip("+-0")
    if digits.isdecimal() and scalar.same(digits):
        return f"Write {digits} for the number, {quoted} for text."
    return f"Write {quoted}; numbers in plain digits."


def _keys(node: yaml.Node, declared: yaml.Node | None, loc: Loc, seen: set[int]) -> Iterator[Problem]:
    """Find keys that Pulumi stops at, outside of the city: of its own keys the models know each."""
    if node is declared or id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for at, entry in enumerate(node.value):
            yield from _keys(entry, declared, (*loc, at), seen)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.style is None and key.tag != MERGE_TAG and scalar.read_pulumi(str(key.value)) != scalar.TEXT:
                place = where(loc, root="") or "the file"
                yield Problem(place, f"has a key that isn't text, in {_line(key)}", key.value, "Write it in quotes.")
            yield from _keys(value, declared, (*loc, str(key.value)), seen)


def _line(node: yaml.Node) -> str:
    return f"line {node.start_mark.line + 1}"
