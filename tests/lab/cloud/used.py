"""The types of the vendor's that have to be right: those that the program can register, and those of product files."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import simpul.cloud
from simpul.lab.cloud import product, schema

CODE: Final = Path(simpul.cloud.__file__).parent
FACTS: Final = schema.load()


def registered() -> tuple[str, ...]:
    """Give the tokens of the resource types that the code of the cloud side names, whatever a city declares."""
    found = {call for path in CODE.rglob("*.py") for call in _calls(path)}
    return tuple(sorted(token for module, name in found if (token := _token(module, name))))


def asked() -> tuple[str, ...]:
    """Give the tokens of the data sources that the code of the cloud side asks."""
    sources = {call for path in CODE.rglob("*.py") for call in _sources(path)}
    known = {(token.split(":")[1].partition("/")[0], _plain(token.rpartition(":")[2])): token for token in FACTS}
    return tuple(sorted(known[module, _plain(name.removesuffix("_output"))] for module, name in sources))


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _sources(path: Path) -> Iterator[tuple[str, str]]:
    """Go through what is called as `alicloud.MODULE.get_NAME(...)` or `alicloud.get_NAME(...)`."""
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Attribute(value=ast.Name(id="alicloud"), attr=module), attr=name)
            ) if name.startswith("get_"):
                yield module, name
            case ast.Call(func=ast.Attribute(value=ast.Name(id="alicloud"), attr=name)) if name.startswith("get_"):
                yield "index", name


def _calls(path: Path) -> Iterator[tuple[str, str]]:
    """Go through what is called as `alicloud.MODULE.NAME(...)`."""
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Attribute(value=ast.Name(id="alicloud"), attr=module), attr=name)
            ):
                yield module, name


def _token(module: str, name: str) -> str | None:
    """Give the token of a resource's class, None for a data source or an argument's; the SDK would take a second."""
    if name.startswith("get_") or name.endswith("Args"):
        return None
    token = f"alicloud:{module}/{name[:1].lower()}{name[1:]}:{name}"
    assert FACTS.get(token) is not None, f"alicloud.{module}.{name} isn't called {token} by the vendor"
    return token


USED: Final = registered()
KNOWN: Final = tuple(sorted({*USED, *product.kinds()}))
