"""Blocks of code in the pages: found, and told apart by their form. What has the form of nothing that is known fails.

In: the pages. Out: each block with its place and its kind: a declaration, a part of one, commands for a shell, or what
a program says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import yaml

from simpul.city import City
from simpul.project import ROOT

Kind = Literal["declaration", "part", "shell", "said"]

MADE = {"docs/rules.md": "simpul.policy.page", "docs/constraints.md": "simpul.constraint.page"}
"""Pages that a program writes, each with a test that it is current: their blocks are cases, which have tests."""

COMMANDS = frozenset(
    {"make", "simpul", "pulumi", "kubectl", "jq", "buildah", "eval", "source", "chmod", "export", "cp"}
)
"""What a page may have a shell do; each has its stand-in, or is the real one, in session.py."""

SAID = re.compile(r"unable to replace resource .*")
"""What a program says, by its first words; test_block.py has the program say it."""


@dataclass(frozen=True)
class Block:
    """A block of code: its page, its first line's number there, and its text."""

    page: str
    line: int
    text: str
    section: str = ""
    """The heading of the second order that it stands below."""

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def kind(self) -> Kind:
        """Tell what it is. Raises ValueError for what has no form that is known."""
        lines = [line for line in self.text.splitlines() if line.strip()]
        if lines and all(is_command(line) for line in lines):
            return "shell"
        if SAID.fullmatch(lines[0]):
            return "said"
        data = self.data()
        if isinstance(data, dict) and "config" in data:
            return "declaration"
        if isinstance(data, dict) and data.keys() <= City.model_fields.keys():
            return "part"
        message = f"{self} is neither a declaration nor a part of one, nor commands, nor what a program says"
        raise ValueError(message)

    def data(self) -> Any:
        """Give what it is as YAML; None if it is none."""
        try:
            return yaml.safe_load(self.text)
        except yaml.YAMLError:
            return None


def is_command(line: str) -> bool:
    """Tell whether a line is a shell's: it begins with a command that is known, or keeps what one says."""
    words = re.match(r"(?:\w+=\$\()?([\w./-]+)(?=\s|$)", line)
    return bool(words) and words[1] in COMMANDS


def pages() -> list[str]:
    """List the project's pages, wherever they are."""
    parts = ("docs", "charts", "infra", "playbooks", "policies", "tests")
    found = [*ROOT.glob("*.md"), *(page for part in parts for page in ROOT.glob(f"{part}/**/*.md"))]
    return sorted(str(page.relative_to(ROOT)) for page in found)


def blocks(page: str) -> list[Block]:
    """List the blocks of a page, those in fences and those that are indented."""
    return list(_blocks(page, (ROOT / page).read_text("utf-8").splitlines()))


def _blocks(page: str, lines: list[str]) -> Iterator[Block]:
    at, section = 0, ""
    while at < len(lines):
        section = lines[at].removeprefix("## ") if lines[at].startswith("## ") else section
        fence = re.match(r" {0,3}(```+|~~~+)", lines[at])
        if fence:
            end = next(n for n in range(at + 1, len(lines)) if lines[n].strip().startswith(fence[1]))
            yield Block(page, at + 2, "\n".join(lines[at + 1 : end]) + "\n", section)
            at = end + 1
        elif _indented(lines[at]) and (at == 0 or not lines[at - 1].strip()) and not _in_a_list(lines[:at]):
            end = at
            while end < len(lines) and (_indented(lines[end]) or not lines[end].strip()):
                end += 1
            yield Block(page, at + 1, "\n".join(line[4:] for line in lines[at:end]).rstrip() + "\n", section)
            at = end
        else:
            at += 1


def _indented(line: str) -> bool:
    return line.startswith(("    ", "\t")) and bool(line.strip())


def _in_a_list(before: list[str]) -> bool:
    """Tell whether what is indented goes on with a list's entry, which isn't code."""
    last = next((line for line in reversed(before) if line.strip() and not _indented(line)), "")
    return bool(re.match(r" {0,3}([-*+]|\d+[.)]) ", last))
