"""`simpul image`: the city's own images, for its registry."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from simpul.city import City, load
from simpul.cloud.profile import size
from simpul.cloud.registry import ENTERPRISE
from simpul.errors import CityError
from simpul.image.build import archive, build
from simpul.image.door import reachable
from simpul.image.recipe import reference
from simpul.image.registry import Login
from simpul.project import CARRIED, CHARTS, NAMES, ROOT
from simpul.status.stack import image_registry


@click.group()
def image() -> None:
    """Build the city's images."""


@image.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
def push(file: Path) -> None:
    """Build every chart's image and push it to the registry of the city that FILE, Pulumi.STACK.yaml, declares (root).

    The registry is reached by its name in the city's VPC where that answers, else by the one for the internet, from a
    range in cloud.api.allow. The login is the stack's output image_registry, so a registry of the city's own has to be
    made before. For another that the stack has no login of, `buildah login` comes first.
    """
    city = load(file)
    address, login = _registry(city, file.name.removeprefix("Pulumi.").removesuffix(".yaml"))
    for recipe in sorted(CHARTS.glob("*/image")):
        click.echo(build(recipe, registry=address, progress=_tell, plain=False, login=login))


def _tell(text: str) -> None:
    click.echo(text, err=True)


@image.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
def carry(file: Path) -> None:
    """Build every chart's image into the folder that `bundle` in FILE names, for offices that reach no registry (root).

    Their hosts get the images from the operator's machine, with k3s. Run it again after a chart or a recipe changed.
    """
    city = load(file)
    folder = ROOT / city.bundle
    folder.mkdir(parents=True, exist_ok=True)
    recipes = sorted(CHARTS.glob("*/image"))
    called = partial(_called, city.registry.address)
    names = archive(recipes, folder / CARRIED, _tell, called)
    (folder / NAMES).write_text("".join(f"{name}\n" for name in names))


def _called(address: str, recipe: Path) -> str:
    return reference(recipe.parent.name, address)


def _registry(city: City, stack: str) -> tuple[str, Login | None]:
    """Return where images are pushed to, and by whom."""
    made = image_registry(stack)
    if made is not None:
        return reachable(made["address"]), Login(made["username"], made["password"])
    if size(city.cloud).registry == ENTERPRISE:
        what = "has no registry yet, to which images could be pushed"
        then = f"make the city's cloud first: see docs/run-a-city.md, then simpul image push Pulumi.{stack}.yaml"
        raise CityError.at(f"stack {stack}", what, next=then)
    return reachable(city.registry.address), None
