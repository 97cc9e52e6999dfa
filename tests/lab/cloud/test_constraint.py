"""The vendor's words about its API, driven through the stand-in: each example is taken or refused as they say.

What they refuse is refused by themselves, by the provider's schema before them, or by a product's program that speaks
of the same input. How many there are of each, and how many operations and inputs there are, is in the output.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import grpc
import pytest

from lab.cloud.sample import COUNT, Sampler, Way, lay, references, wrap
from simpul import constraint
from simpul.constraint import Constraints, page
from simpul.lab.cloud.schema import Resource

TYPES = constraint.every()
CONSTRAINED = [each for each in TYPES if each.together or any(one.schema for one in each.inputs.values())]
TYPE = pytest.mark.parametrize("known", CONSTRAINED, ids=[each.token.partition(":")[2] for each in CONSTRAINED])

BESIDE: Mapping[tuple[str, Any], Mapping[str, Any]] = {
    ("alicloud:ecs/securityGroupRule:SecurityGroupRule portRange", "-1/-1"): {"ipProtocol": "all"},
    ("alicloud:expressconnect/virtualBorderRouter:VirtualBorderRouter localGatewayIp", "172.31.255.1"): {
        "peerGatewayIp": "172.31.255.2"
    },
    ("alicloud:expressconnect/virtualBorderRouter:VirtualBorderRouter peerGatewayIp", "172.31.255.2"): {
        "localGatewayIp": "172.31.255.1"
    },
    ("alicloud:rds/instance:Instance caType", "custom"): {"serverCert": "a certificate", "serverKey": "a key"},
}
"""What some values need beside them, by input and value."""

AROUND: Mapping[tuple[str, str], Any] = {
    ("alicloud:vpn/connection:Connection", "tunnelOptionsSpecifications"): [{"role": "master"}, {"role": "slave"}]
}
"""What an input is within, by type and name, where resources can be without."""

UNTRIED = (("alicloud:rds/instance:Instance", {"encryptionKey": "ServiceKey"}),)
"""What the stand-in doesn't take although the vendor does: RDS's own key, which nothing has and it doesn't know."""

Who = Literal["the provider's schema", "a product's program", "themselves"]


@dataclass(frozen=True)
class Case:
    """An example: what it is about, the words about it, and inputs with it."""

    about: str
    value: Any
    says: str
    inputs: Mapping[str, Any]

    def is_told(self, told: str) -> bool:
        """Tell whether `told` speaks of what the example is about: of an input by its name or by its value."""
        parts = self.value if isinstance(self.value, Mapping) else {self.about.rpartition(".")[2]: self.value}
        plain = _plain(told)
        return any(_plain(each) in plain for name, value in parts.items() for each in (name, value) if each)


@TYPE
def test_the_stand_in_takes_what_the_vendor_does(sampler: Sampler, known: Constraints) -> None:
    for case in _cases(sampler, known, "accepts"):
        told = _told(sampler, known.token, case.inputs)
        assert told is None, (case.about, case.value, told)
        COUNT["words accepted"] += 1


@TYPE
def test_the_stand_in_refuses_what_the_vendor_does(sampler: Sampler, known: Constraints) -> None:
    for case in _cases(sampler, known, "refuses"):
        told = _told(sampler, known.token, case.inputs)
        assert told, (case.about, case.value)
        who, text = told
        if case.says in text:
            who = "themselves"
        else:
            assert case.is_told(text), (case.about, case.value, text)
        COUNT[f"words refused by {who}"] += 1


def test_how_much_of_the_vendors_api_was_gone_through() -> None:
    counts = page.counts(TYPES)
    COUNT.update({"operations of the API": counts["operations"], "inputs": counts["inputs"]})
    COUNT["inputs held to words"] += counts["words"]
    assert counts["inputs"] > 500


def _cases(sampler: Sampler, known: Constraints, which: Literal["accepts", "refuses"]) -> Iterator[Case]:
    resource = sampler.cloud.estate.resource(known.token)
    for path, each in known.inputs.items():
        for value in getattr(each, which) if each.schema is not None else ():
            yield Case(path, value, each.says, _set(sampler, resource, path, value))
    for rule in known.together:
        for patch in getattr(rule, which):
            if not any(known.token == token and part.items() <= patch.items() for token, part in UNTRIED):
                yield Case("several inputs", patch, rule.says, _laid(sampler, known.token, patch))


def _told(sampler: Sampler, token: str, inputs: Mapping[str, Any]) -> tuple[Who, str] | None:
    """Return who says what against `inputs`, at the plugin's check or when they are made; None if they are taken."""
    checked = sampler.cloud.check(token, inputs)
    if checked.failures:
        return "the provider's schema", "; ".join(checked.failures)
    try:
        sampler.cloud.push(token, checked.inputs)
    except grpc.RpcError as error:
        return "a product's program", str(error.details()).partition("Code: ")[2]
    return None


def _set(sampler: Sampler, resource: Resource, path: str, value: Any) -> dict[str, Any]:
    """Return inputs that suit the resource, with `value` at `path`, in what stands there already."""
    base, way = sampler.inputs(resource.token), _way(resource, path)
    there = base.get(way[0].name, AROUND.get((resource.token, way[0].name)))
    laid = (
        {**base, way[0].name: _within(there, way[1:], value)} if there and way[1:] else lay(resource, base, way, value)
    )
    key = f"{resource.token} {path}"
    return {**laid, **next((more for (name, one), more in BESIDE.items() if (name, one) == (key, value)), {})}


def _within(there: Any, way: Way, value: Any) -> Any:
    if isinstance(there, list):
        return [_within(each, way, value) for each in there]
    name, below = way[0].name, way[1:]
    inner = there.get(name)
    return {**there, name: _within(inner, below, value) if inner and below else wrap(way, value)}


def _laid(sampler: Sampler, token: str, patch: Mapping[str, Any]) -> dict[str, Any]:
    """Return inputs that suit the resource with `patch` over them, whose references lead to what is there."""
    known = references(sampler.cloud, token)
    laid = {
        name: sampler.reference(known[name]) if isinstance(value, str) and name in known else value
        for name, value in patch.items()
    }
    return {name: value for name, value in {**sampler.inputs(token), **laid}.items() if value is not None}


def _plain(text: Any) -> str:
    """Return a text as it is compared: `securityIps` is told as "security IP"."""
    return "".join(sign for sign in str(text).casefold() if sign.isalnum()).removesuffix("s")


def _way(resource: Resource, path: str) -> Way:
    way: Way = ()
    facts = resource.properties
    for step in path.split("."):
        way = (*way, facts[step])
        facts = facts[step].fields
    return way
