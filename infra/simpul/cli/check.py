"""`simpul check`: say whether declarations hold, with no credentials and no network."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from simpul.city import load, plan
from simpul.errors import CityError, Problem
from simpul.project import ROOT


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE...]", type=click.Path(path_type=Path))
def check(files: tuple[Path, ...]) -> None:
    """Check declarations: those in FILE (Pulumi.CITY.yaml), or every one of this project."""
    problems: list[Problem] = []
    for file in files or sorted(ROOT.glob("Pulumi.*.yaml")):
        try:
            city = load(file)
            plan(city)
        except CityError as error:
            problems += [_placed(problem, file) for problem in error.problems]
        else:
            click.echo(f"{file}: {city.name} ({city.wilayah}), {len(city.sites)} sites: holds")
    if problems:
        raise CityError.of(problems)


def _placed(problem: Problem, file: Path) -> Problem:
    """Name the file too, where `problem` names but a place in it."""
    if problem.where.startswith(str(file)):
        return problem
    return replace(problem, where=f"{file}: {problem.where}")
