"""The types of the vendor's that have to be right: those that the program can register, and those of product files."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pulumi

import simpul.cloud
from simpul.lab.cloud import product

CODE: Final = Path(simpul.cloud.__file__).parent


def registered() -> tuple[str, ...]:
    """Give the tokens of the resource types that the code of the cloud side names, whatever a city declares."""
    found = {call for path in CODE.rglob("*.py") for call in _calls(path)}
    return tuple(sorted(token for module, name in found if (token := _token(module, name))))


def _calls(path: Path) -> Iterator[tuple[str, str]]:
    """Go through what is called as `alicloud.MODULE.NAME(...)`."""
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Attribute(value=ast.Name(id="alicloud"), attr=module), attr=name)
            ):
                yield module, name


def _token(module: str, name: str) -> str | None:
    made = getattr(importlib.import_module(f"pulumi_alicloud.{module}"), name)
    is_resource = isinstance(made, type) and issubclass(made, pulumi.CustomResource)
    return str(made.pulumi_type) if is_resource else None  # type: ignore[attr-defined]  # each class of the SDK has it


USED: Final = registered()
KNOWN: Final = tuple(sorted({*USED, *product.kinds()}))
