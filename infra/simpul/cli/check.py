"""`simpul check`: look cities through, with no credentials and no network."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from simpul.cli import verdict
from simpul.errors import CityError, OutsideError, Problem, UsageError
from simpul.project import ROOT
from simpul.review import Review, review


@click.command()
@click.argument("cities", nargs=-1, metavar="[CITY...]")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="For people or programs.")
@click.pass_context
def check(ctx: click.Context, cities: tuple[str, ...], form: str) -> None:
    """Check cities: their declarations, and the rules over all that the program would make of them.

    CITY is a stack's name or the path of a file, Pulumi.CITY.yaml; without any, every one of this project is checked.
    The program runs under mocks, releases are rendered by helm on this machine, and nothing is asked of a cloud.
    docs/rules.md explains the rules. Exit code 0: every city holds; 1: one doesn't; 3: something couldn't be looked at.
    """
    reviews = [review(file) for file in _files(cities)]
    if form == "json":
        click.echo(json.dumps(verdict.to_data(reviews), indent=2, ensure_ascii=False))
        ctx.exit(_code(reviews))
    for each in reviews:
        for line in verdict.to_lines(each):
            click.echo(line)
    _raise(reviews)
    ctx.exit(_code(reviews))


def _files(cities: tuple[str, ...]) -> list[Path]:
    return [_file(city) for city in cities] or sorted(ROOT.glob("Pulumi.*.yaml"))


def _file(city: str) -> Path:
    """Give the file that `city` names: itself, or the file of the stack of that name."""
    path = Path(city)
    if path.suffix in (".yaml", ".yml") or path.exists():
        return path
    named = ROOT / f"Pulumi.{city}.yaml"
    if not named.exists():
        known = [file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in sorted(ROOT.glob("Pulumi.*.yaml"))]
        advice = f"The stacks with files here: {', '.join(known) or 'none'}."
        raise UsageError.at(f"CITY {city}", "is neither a file nor a stack with one", None, advice)
    return named


def _raise(reviews: Sequence[Review]) -> None:
    """Raise what is told as an error: all problems of declarations, else what couldn't be looked at."""
    problems = [_placed(problem, each.file) for each in reviews for problem in each.problems]
    if problems:
        raise CityError.of(problems)
    lacks: dict[str, Problem] = {str(lack): lack for each in reviews for lack in each.lacks}
    if lacks and all(each.holds for each in reviews):
        raise OutsideError(*lacks.values())


def _code(reviews: Sequence[Review]) -> int:
    if not all(each.holds for each in reviews):
        return CityError.exit_code
    return OutsideError.exit_code if any(each.lacks for each in reviews) else 0


def _placed(problem: Problem, file: Path) -> Problem:
    """Name the file too, where `problem` names but a place in it."""
    if problem.where.startswith(str(file)):
        return problem
    return replace(problem, where=f"{file}: {problem.where}")
