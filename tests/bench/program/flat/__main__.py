"""The same resources with nothing around them: no component, no rule, and nobody asks what is there already.

The vendor's are made by its SDK's own classes, as one would write them by hand.
"""

from __future__ import annotations

import json
import os
from importlib import import_module
from pathlib import Path
from typing import Any

import pulumi

from bench.mark import fill, snake


class Raw(pulumi.CustomResource):
    """A resource of a type that has no SDK; the outputs that others take of it are its attributes."""


def make(each: dict[str, Any], options: pulumi.ResourceOptions) -> pulumi.CustomResource:
    """Make a resource."""
    package, _, path = each["type"].partition(":")
    inputs = fill(each["inputs"], made)
    if package != "alicloud":
        return Raw(each["type"], each["name"], {**dict.fromkeys(each["outputs"]), **inputs}, options)
    module, own = import_module(f"pulumi_alicloud.{path.partition('/')[0]}"), path.rpartition(":")[2]
    given = {snake(name): value for name, value in inputs.items()}
    resource: pulumi.CustomResource = getattr(module, own)(each["name"], opts=options, **given)
    return resource


made: list[pulumi.CustomResource] = []
for each in json.loads(Path(os.environ["SIMPUL_FLAT"]).read_text()):
    made.append(make(each, pulumi.ResourceOptions(depends_on=[made[number] for number in each["needs"]])))
pulumi.export("vpc", made[0].id)
