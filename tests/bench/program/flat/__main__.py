"""The same resources with nothing around them: no component, no rule, and nobody asks what is there already.

It imports of the vendor's SDK what one who writes the resources by hand would.
"""

from __future__ import annotations

import json
import os
from importlib import import_module
from pathlib import Path
from typing import Any

import pulumi

from bench.flat import fill

VERSIONS = {"alicloud": "3.105.0"}


class Raw(pulumi.CustomResource):
    """A resource of any type; the outputs that others take of it are its attributes."""


made: list[Raw] = []
for each in json.loads(Path(os.environ["SIMPUL_FLAT"]).read_text()):
    package, _, path = each["type"].partition(":")
    if package == "alicloud":
        import_module(f"pulumi_alicloud.{path.partition('/')[0]}")
    props: dict[str, Any] = {**dict.fromkeys(each["outputs"]), **fill(each["inputs"], made)}
    options = pulumi.ResourceOptions(
        depends_on=[made[number] for number in each["needs"]], version=VERSIONS.get(package)
    )
    made.append(Raw(each["type"], each["name"], props, options))
pulumi.export("vpc", made[0].id)
