"""The project's rules: a folder enters, its rules leave, or what is wrong with their files.

A rule is `policies/<group>/<rule>.py`, whose `RULE` is a `Rule`; its cases stand beside it in `<rule>.yaml`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from simpul.errors import OutsideError, Problem
from simpul.policy.rule import Rule
from simpul.project import POLICIES


@dataclass(frozen=True)
class RuleFile:
    """A rule and where it stands."""

    rule: Rule
    path: Path

    @property
    def group(self) -> str:
        """The folder, which groups rules by what they are about."""
        return self.path.parent.name

    @property
    def cases(self) -> Path:
        """The file of its cases."""
        return self.path.with_suffix(".yaml")


def load(folder: Path = POLICIES) -> tuple[Rule, ...]:
    """Give the rules below `folder`, by id. OutsideError with everything that is wrong with their files."""
    return tuple(file.rule for file in find(folder))


@cache
def find(folder: Path = POLICIES) -> tuple[RuleFile, ...]:
    """Give the rules below `folder` with their files, by id."""
    files: dict[str, RuleFile] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*/*.py")):
        try:
            file = RuleFile(_read(path), path)
        except OutsideError as error:
            problems += error.problems
            continue
        problems += _faults(file, files)
        files[file.rule.id] = file
    if problems:
        raise OutsideError(*problems)
    return tuple(files[id_] for id_ in sorted(files))


def _read(path: Path) -> Rule:
    try:
        rule = _run(path).RULE
    except AttributeError as error:
        raise OutsideError.at(str(path), "has no RULE", str(error), "set RULE to a simpul.policy.Rule") from error
    except Exception as error:
        got = f"{type(error).__name__}: {error}"
        raise OutsideError.at(str(path), "is a rule file that can't be run", got, "mend it") from error
    if not isinstance(rule, Rule):
        raise OutsideError.at(str(path), "its RULE isn't a rule", type(rule).__name__, "make it a simpul.policy.Rule")
    return rule


def _run(path: Path) -> ModuleType:
    """Run the file as a module of its own name, so that two of one name don't meet."""
    name = f"{path.parent.parent.name}.{path.parent.name}.{path.stem}"
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        message = "no loader takes it"
        raise ImportError(message)
    module = module_from_spec(spec)
    sys.modules[name] = module  # where a dataclass of the file looks for its own module
    spec.loader.exec_module(module)
    return module


def _faults(file: RuleFile, known: dict[str, RuleFile]) -> Iterator[Problem]:
    for fault in file.rule.faults():
        yield Problem(str(file.path), fault)
    if file.rule.id in known:
        yield Problem(
            str(file.path), f"has the id of {known[file.rule.id].path}", file.rule.id, "give it one of its own"
        )
    if not file.cases.is_file():
        yield Problem(str(file.path), "has no cases", None, f"write {file.cases.name} beside it, with pass and fail")
