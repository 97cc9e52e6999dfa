"""`simpul image`: the city's own images, for its registry."""

from __future__ import annotations

from pathlib import Path

import click

from simpul.city import load
from simpul.image.build import build
from simpul.project import CHARTS


@click.group()
def image() -> None:
    """Build the city's images."""


@image.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
def push(file: Path) -> None:
    """Build every chart's image and push it to the registry that FILE declares (root; `buildah login` first)."""
    registry = load(file).registry.address
    for recipe in sorted(CHARTS.glob("*/image")):
        click.echo(build(recipe, registry=registry, progress=lambda text: click.echo(text, err=True), plain=False))
