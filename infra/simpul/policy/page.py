"""`python -m simpul.policy.page`: write docs/rules.md, the page of every rule.

The project's rules and their cases enter, Markdown leaves. A test says whether the page is current.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

import yaml

from simpul.policy.case import Case, read
from simpul.policy.load import RuleFile, find
from simpul.policy.rule import Rule
from simpul.policy.subject import UNKNOWN
from simpul.project import ROOT

PAGE = ROOT / "docs" / "rules.md"
WIDTH = 116

_HEAD = """\
# Rules

Made by `make generate` from `policies/`; what is written here by hand is lost. Not legal advice: an article is the
reason for a rule as it was read, and where no number stands in the law, the city declares one.

The same rules run in three places: in the program (`pulumi preview` fails at an error, and an update makes nothing
that breaks one), over files (`simpul check`, with no account and no network), and as a policy pack (`pulumi preview
--policy-pack policies`). A value that a preview doesn't know is judged by the update, which does.
[Run a city](run-a-city.md#when-a-rule-is-broken) says how to waive a rule, [decision 20](adr/0020-rules-at-the-door.md)
how rules run.
"""


class _Dumper(yaml.SafeDumper):
    """PyYAML's, with `!unknown`, and without anchors: a reader sees each case whole."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 PyYAML's own signature
        return True


_Dumper.add_representer(type(UNKNOWN), lambda dumper, _: dumper.represent_scalar("!unknown", ""))


def make() -> str:
    """Give the page's text."""
    files = sorted(find(), key=lambda file: (file.group, file.rule.id))
    groups = [(group, list(listed)) for group, listed in groupby(files, key=lambda file: file.group)]
    return (
        "\n".join([_HEAD, *_index(groups), *(line for _, listed in groups for line in _group(listed))]).rstrip() + "\n"
    )


def _index(groups: Iterable[tuple[str, list[RuleFile]]]) -> Iterator[str]:
    groups = list(groups)
    severities = Counter(file.rule.severity for _, listed in groups for file in listed)
    total = sum(severities.values())
    never = sum(bool(file.rule.unwaivable) for _, listed in groups for file in listed)
    yield (
        f"{total} rules; {severities['error']} of them stop a run, the others are told as warnings. "
        f"{never} may never be waived, marked by ‡.\n"
    )
    yield "| group | rules |"
    yield "|---|---|"
    for group, listed in groups:
        yield f"| {group} | {', '.join(map(_entry, listed))} |"
    yield ""


def _entry(file: RuleFile) -> str:
    return f"[{file.rule.id}](#{file.rule.id}){'‡' if file.rule.unwaivable else ''}"


def _group(listed: list[RuleFile]) -> Iterator[str]:
    yield f"## {listed[0].group.capitalize()}\n"
    for file in listed:
        yield from _rule(file)


def _rule(file: RuleFile) -> Iterator[str]:
    rule, cases = file.rule, read(file)
    yield f"### {rule.id}\n"
    yield f"{rule.title}. **{rule.severity.capitalize()}**, {rule.source}.\n"
    yield f"Looks at {rule.looks_at}."
    if rule.protective:
        yield "Not held where `cloud.protect: false` counts, nor for what `cloud.replace` names."
    yield _waiving(rule)
    yield ""
    yield f"- English: {rule.english}"
    yield f"- Bahasa Indonesia: {rule.indonesian}\n"
    yield f"Fails ({cases.failing[0].name}), passes ({cases.passing[0].name}):\n"
    yield from _block(cases.failing[0])
    yield "    ---"
    yield from _block(cases.passing[0])
    yield ""


def _waiving(rule: Rule) -> str:
    if rule.unwaivable:
        return f"**Nobody may waive it**: {rule.unwaivable}."
    return f"May be waived, for {rule.longest.days} days at most."


def _block(case: Case) -> Iterator[str]:
    written: Mapping[str, Any] = case.written
    text = yaml.dump(dict(written), Dumper=_Dumper, sort_keys=False, width=WIDTH, allow_unicode=True)
    yield from (f"    {line}" for line in text.rstrip().splitlines())


if __name__ == "__main__":
    PAGE.write_text(make(), "utf-8")
