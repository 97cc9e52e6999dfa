"""The Pulumi program: read the city, let all of it pass the rules, ask the cloud what it holds, compose the rest."""

from __future__ import annotations

import pulumi

from simpul.city import parse
from simpul.cloud import find
from simpul.errors import SimpulError
from simpul.garbage import look_seldom
from simpul.policy.transform import apply
from simpul.program import choose, compose, confirm, verify

look_seldom()
try:
    config = pulumi.Config("simpul")
    city = parse(config.require_object("city"))
    verify(city, pulumi.get_stack())
    apply(city)
    there = find(city)
    confirm(city, there)
    for name, value in compose(city, there, choose(config.get("part"), there)).items():
        pulumi.export(name, value)
except SimpulError as error:
    # A problem of the city is told in its own words, without the trace of the program that found it.
    raise pulumi.RunError(str(error)) from None
