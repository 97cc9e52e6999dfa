"""The vendor's words about its API, driven through the stand-in: each example is taken or refused as they say.

How many operations and inputs there are, and how many are held to the words, is in the output.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import grpc
import pytest

from lab.cloud.sample import COUNT, Sampler, Way, lay
from simpul import constraint
from simpul.constraint import Constraints, page
from simpul.lab.cloud.schema import Resource

TYPES = constraint.every()
CONSTRAINED = [each for each in TYPES if each.together or any(one.schema for one in each.inputs.values())]
TYPE = pytest.mark.parametrize("known", CONSTRAINED, ids=[each.token.partition(":")[2] for each in CONSTRAINED])


@TYPE
def test_the_stand_in_takes_and_refuses_what_the_vendor_does(sampler: Sampler, known: Constraints) -> None:
    resource = sampler.cloud.estate.resource(known.token)
    for path, each in known.inputs.items():
        if each.schema is not None:
            way = _way(resource, path)
            for value in each.accepts:
                COUNT["words accepted"] += 1
                taken = lay(resource, sampler.inputs(known.token), way, value)
                assert each.says not in _told(sampler, known.token, taken), (path, value)
            for value in each.refuses:
                COUNT["words refused"] += 1
                refused = lay(resource, sampler.inputs(known.token), way, value)
                assert _told(sampler, known.token, refused), (path, value)
    for rule in known.together:
        for patch in rule.accepts:
            COUNT["words accepted"] += 1
            assert rule.says not in _told(sampler, known.token, _laid(sampler, known.token, patch)), patch
        for patch in rule.refuses:
            COUNT["words refused"] += 1
            assert _told(sampler, known.token, _laid(sampler, known.token, patch)), patch


def test_how_much_of_the_vendors_api_was_gone_through() -> None:
    counts = page.counts(TYPES)
    COUNT.update({"operations of the API": counts["operations"], "inputs": counts["inputs"]})
    COUNT["inputs held to words"] += counts["words"]
    assert counts["inputs"] > 500


def _told(sampler: Sampler, token: str, inputs: Mapping[str, Any]) -> str:
    """Return what the plugin says against `inputs`, at its check or when they are to be made; "" if it takes them."""
    checked = sampler.cloud.check(token, inputs)
    if checked.failures:
        return "; ".join(checked.failures)
    try:
        sampler.cloud.push(token, checked.inputs)
    except grpc.RpcError as error:
        return str(error.details())
    return ""


def _laid(sampler: Sampler, token: str, patch: Mapping[str, Any]) -> dict[str, Any]:
    laid = {**sampler.inputs(token), **patch}
    return {name: value for name, value in laid.items() if value is not None}


def _way(resource: Resource, path: str) -> Way:
    way: Way = ()
    facts = resource.properties
    for step in path.split("."):
        way = (*way, facts[step])
        facts = facts[step].fields
    return way
