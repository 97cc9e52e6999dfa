"""What an image is made of, and so what it is called: the city's own images, one recipe a folder.

A recipe's folder goes in; its digest, its tag and the reference that a chart is given come out. Nothing is
built and nothing is asked here, so a preview knows an image's name before the image exists.

    image.yaml      name, version (or the Go module whose version it is), Debian packages that it takes files from
    Containerfile   how the parts are put together; bin/ holds the Go tools, debian/ the unpacked packages
    go.mod, go.sum  the Go tools: each `tool` line is one program
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from simpul import digest as files
from simpul.errors import CityError, Problem
from simpul.project import CHARTS

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([._/-][a-z0-9]+)*$")]
Version = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$")]
Package = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9+.-]+$")]


class Recipe(BaseModel):
    """What `image.yaml` says: exactly one of `version` and `module` (a module that go.mod requires)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    version: Version | None = None
    module: str | None = None
    debian: tuple[Package, ...] = ()


def read(folder: Path) -> Recipe:
    """Read the recipe in `folder`; CityError with all that is wrong with its image.yaml."""
    where = str(folder / "image.yaml")
    try:
        recipe = Recipe.model_validate(yaml.safe_load((folder / "image.yaml").read_text()))
    except FileNotFoundError:
        raise CityError.at(where, "there is no such recipe", next="name a folder that has one") from None
    except yaml.YAMLError as error:
        raise CityError.at(where, "isn't YAML", got=str(error)) from None
    except ValidationError as error:
        raise CityError.of(
            Problem(f"{where}: {'.'.join(map(str, line['loc']))}", line["msg"], repr(line["input"]))
            for line in error.errors()
        ) from None
    if (recipe.version is None) == (recipe.module is None):
        raise CityError.at(where, "needs either version or module", next="give one of the two")
    return recipe


def digest(folder: Path) -> str:
    """Give the digest of all that the recipe in `folder` consists of: each file's path and content."""
    return files.of(files.whole(folder), folder)[: files.SHORT]


def version(folder: Path) -> str:
    """Give the version of what the image carries, read from go.mod where the recipe names a module."""
    recipe = read(folder)
    if recipe.version is not None:
        return recipe.version
    required = re.search(rf"^\s*(?:require )?{re.escape(recipe.module or '')} v(\S+)", _go_mod(folder), re.MULTILINE)
    if required is None:
        raise CityError.at(str(folder / "go.mod"), f"doesn't require {recipe.module}", next="see image.yaml's module")
    return required[1].replace("+", "_")


def tag(folder: Path) -> str:
    """Give the tag of the image that the recipe in `folder` makes: it changes whenever the recipe does."""
    return f"{version(folder)}-{digest(folder)}"


def reference(chart: str, registry_address: str) -> str:
    """Give the full name of `chart`'s own image in the registry at `registry_address`."""
    folder = CHARTS / chart / "image"
    return f"{registry_address}/{read(folder).name}:{tag(folder)}"


def _go_mod(folder: Path) -> str:
    path = folder / "go.mod"
    return path.read_text() if path.is_file() else ""
