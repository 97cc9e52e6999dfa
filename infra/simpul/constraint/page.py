"""`python -m simpul.constraint.page`: write docs/constraints.md, what of the vendor's API is called and held to.

The data enters, Markdown leaves. A test says whether the page is current.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

from simpul.constraint.load import HELD, Constraints, Input, every, listings
from simpul.project import ROOT

PAGE = ROOT / "docs" / "constraints.md"

_HEAD = """\
# What the vendor's API takes

Made by `make generate` from `infra/simpul/constraint/alicloud/`; what is written here by hand is lost.

The schema of the vendor's provider lets through what its API refuses. Every operation of the API that a city's cloud
calls is listed here, with every input that Simpul sends to it, and who holds that input to the vendor's words:

- **words**: the vendor's documentation of the parameter, as data. The lab's cloud refuses what breaks it, and so do
  `pulumi preview` and `simpul check`, by the rule [vendor-constraint](rules.md#vendor-constraint).
- **schema**: the schema of the vendor's provider says as much.
- **reference**: it names another resource, which has to be there.
- **product**: a program of the stand-in's holds it, as it depends on more than the inputs.
- **provider**: the vendor's provider uses it itself and doesn't send it.
- **free**: the vendor names no limit.
"""

WORDS = "words"


def make() -> str:
    """Return the page's text."""
    types = (line for each in every() for line in _type(each))
    return "\n".join([_HEAD, *_index(every()), *types, *_listings()]).rstrip() + "\n"


def counts(known: Iterable[Constraints]) -> Counter[str]:
    """Return how many types, operations and inputs there are, and how many inputs are held by whom."""
    counted: Counter[str] = Counter()
    for each in known:
        counted.update(types=1, operations=len(each.operations), inputs=len(each.inputs), together=len(each.together))
        counted.update(_held(one) for one in each.inputs.values())
    return counted


def _index(known: Iterable[Constraints]) -> Iterator[str]:
    known = list(known)
    total, asked = counts(known), listings()
    yield (
        f"{total['types']} types of resources call {total['operations']} operations, and {len(asked)} data sources "
        f"{sum(len(each.operations) for each in asked)}. Of {total['inputs']} inputs "
        f"{total[WORDS]} are held to the vendor's words; {total['together']} more rules hold between inputs.\n"
    )
    yield f"| module | types | operations | inputs | {WORDS} | {' | '.join(HELD)} | together |"
    yield f"|---|{'---|' * (5 + len(HELD))}"
    for module, types in groupby(known, key=_module):
        of = counts(types)
        held = " | ".join(str(of[each]) for each in HELD)
        row = f"{of['types']} | {of['operations']} | {of['inputs']} | {of[WORDS]} | {held} | {of['together']}"
        yield f"| [{module}](#{module}) | {row} |"
    yield ""


def _type(constraints: Constraints) -> Iterator[str]:
    first = next(each for each in every() if _module(each) == _module(constraints))
    if constraints is first:
        yield f"## {_module(constraints)}\n"
    yield f"### {constraints.token.rpartition(':')[2]} (`{constraints.token}`)\n"
    yield f"Read in {_list(constraints.sdk)}; what is sent, in {_list(f'`{each}`' for each in constraints.provider)}.\n"
    yield "| operation | inputs | held to words |"
    yield "|---|---|---|"
    for operation in constraints.operations:
        sent = [each for each in constraints.inputs.values() if _goes_to(each, operation)]
        words = sum(_held(each) == WORDS for each in sent)
        yield f"| {operation} | {len(sent) or ''} | {words or ''} |"
    yield ""
    yield "| input | parameter | held by | what it takes |"
    yield "|---|---|---|---|"
    for each in constraints.inputs.values():
        source = f" ({each.doc})" if each.doc else ""
        yield f"| {each.path} | {_list(each.parameters)} | {_held(each)} | {_cell(each.says)}{_cell(source)} |"
    for rule in constraints.together:
        source = f" ({rule.doc})" if rule.doc else ""
        yield f"| together | {_list(rule.parameters)} | {WORDS} | {_cell(rule.says)}{_cell(source)} |"
    yield ""


def _listings() -> Iterator[str]:
    yield "## What is asked\n"
    yield "Before it makes anything, the program asks what is there already (data sources; they only read).\n"
    yield "| data source | operations | read in |"
    yield "|---|---|---|"
    for each in listings():
        yield f"| `{each.token}` | {_list(each.operations)} | `{each.provider}` |"


def _module(constraints: Constraints) -> str:
    return constraints.token.split(":")[1].partition("/")[0]


def _held(known: Input) -> str:
    return known.held or WORDS


def _goes_to(known: Input, operation: str) -> bool:
    return any(parameter.partition(".")[0] == operation for parameter in known.parameters)


def _list(words: Iterable[str]) -> str:
    return ", ".join(words)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    PAGE.write_text(make(), "utf-8")
