"""Every fact of the vendor's schema about the types that the program uses, driven through the gRPC service.

The cases are made from the schema, so a fact that the stand-in forgets fails here; the count is in the output.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from lab.cloud.client import Client, serve
from lab.cloud.estate import ADDRESS, BALANCER, GATEWAY, POOL, USED, build
from lab.cloud.sample import COUNT, Way, lay, pathname, suiting, ways
from simpul.lab.cloud import schema

QUIET = {
    (GATEWAY, "period"), (GATEWAY, "specification"), (BALANCER, "period"), (BALANCER, "bandwidth"),
    (BALANCER, "internetChargeType"), (POOL, "period"), (POOL, "periodUnit"), (POOL, "autoRenew"),
    (POOL, "autoRenewPeriod"),
}  # fmt: skip
"""What the vendor's plugin says nothing about in an estate that pays as it goes and looks inward."""


class Facts:
    """The facts of one type, and a resource of it to drive them with."""

    def __init__(self, cloud: Client, base: dict[str, Any], token: str) -> None:
        """Take `base`, the inputs of a resource of that type that `cloud` has."""
        resource = schema.load().get(token)
        assert resource is not None
        self.cloud, self.base, self.token, self.resource = cloud, base, token, resource
        self.ways = list(ways(resource.properties))

    def failures(self, inputs: dict[str, Any]) -> list[str]:
        """Check inputs; give what the vendor says."""
        return self.cloud.check(self.token, inputs).failures

    def refuses(self, way: Way, inputs: dict[str, Any], pattern: str, kind: str) -> None:
        """Expect a failure that says `pattern` and names the property."""
        COUNT[kind] += 1
        said = self.failures(inputs)
        place = re.escape(way[-1].name)
        fits = [each for each in said if re.search(pattern, each, re.DOTALL) and re.search(rf"\b{place}\b", each)]
        assert fits, f"{pathname(way)} {kind}: {said}"

    def settable(self) -> list[Way]:
        """Give the properties that a program may set."""
        return [way for way in self.ways if all(each.settable for each in way)]


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Client, dict[str, Any]]]:
    with serve(tmp_path_factory.mktemp("cloud")) as cloud:
        yield cloud, build(cloud)


@pytest.fixture(params=USED, ids=lambda token: token.rpartition(":")[2])
def facts(estate: tuple[Client, dict[str, Any]], request: pytest.FixtureRequest) -> Facts:
    cloud, made = estate
    return Facts(cloud, made[request.param].inputs, request.param)


def test_an_input_that_is_required_is_missed(facts: Facts) -> None:
    for way in facts.settable():
        if way[-1].required:
            inputs = lay(facts.resource, facts.base, way, suiting(way[-1]))
            level: Any = inputs
            for each in way[:-1]:
                level = level[each.name] if each.shape == "object" else level[each.name][0]
            del level[way[-1].name]
            facts.refuses(way, inputs, "Missing required argument", "required")


def test_only_allowed_values_pass(facts: Facts) -> None:
    for way in facts.settable():
        fact = way[-1]
        if fact.enum:
            wrong: Any = -12345 if fact.shape == "int" else "no-such-value"
            given = [wrong] if fact.shape in ("list", "set") else wrong
            facts.refuses(way, lay(facts.resource, facts.base, way, given), "to be one of", "enum")
            for value in fact.enum:
                allowed = [value] if fact.shape in ("list", "set") else value
                assert facts.failures(lay(facts.resource, facts.base, way, allowed)) == []


def test_what_a_validator_refuses_is_refused_in_its_words(facts: Facts) -> None:
    for way in facts.settable():
        fact = way[-1]
        if fact.check:
            wrong: Any = -987654321 if fact.shape in ("int", "float") else "\x01zz"
            words = re.escape(fact.check.replace("FIELD", fact.tf).partition("[NOTE]")[0].partition(", got")[0].strip())
            facts.refuses(way, lay(facts.resource, facts.base, way, wrong), words, "check")
            assert facts.failures(lay(facts.resource, facts.base, way, suiting(fact))) == []


def test_what_conflicts_is_refused(facts: Facts) -> None:
    for way in facts.settable():
        for other in way[-1].conflicts:
            path = facts.resource.resolve(other)
            peer = facts.resource.properties[path[0]]
            inputs = lay(facts.resource, facts.base, way, suiting(way[-1]))
            if len(path) == 1 and peer.settable:
                inputs[peer.name] = suiting(peer)
                facts.refuses(way, inputs, f"conflicts with {other}", "conflict")


def test_of_a_group_one_is_chosen(facts: Facts) -> None:
    for fact in facts.resource.properties.values():
        group = [facts.resource.properties[facts.resource.resolve(each)[0]] for each in fact.exactly_one]
        least = [facts.resource.properties[facts.resource.resolve(each)[0]] for each in fact.at_least_one]
        none = {name: value for name, value in facts.base.items() if name not in {each.name for each in group + least}}
        if group:
            facts.refuses((fact,), none, "one of `.*` must be specified", "exactly one")
            two = none | {each.name: suiting(each) for each in group[:2]}
            facts.refuses((fact,), two, "only one of `.*` can be specified", "exactly one")
        if least:
            facts.refuses((fact,), none, "one of `.*` must be specified", "at least one")


def test_a_list_has_as_many_items_as_it_may(facts: Facts) -> None:
    for way in facts.settable():
        fact = way[-1]
        item = suiting(fact)
        if fact.shape not in ("list", "set"):
            continue
        if fact.max_items:
            many = lay(facts.resource, facts.base, way, item * (fact.max_items + 1))
            facts.refuses(way, many, "Too many list items", "most items")
        if fact.min_items:
            facts.refuses(way, lay(facts.resource, facts.base, way, []), "Not enough list items", "least items")


def test_what_the_vendor_decides_or_has_removed_cannot_be_set(facts: Facts) -> None:
    for way in facts.ways:
        fact, above = way[-1], way[:-1]
        if not all(each.settable for each in above) or fact.settable:
            continue
        inputs = lay(facts.resource, facts.base, way, suiting(fact))
        kind, words = ("removed", r"\[REMOVED\]") if fact.removed else ("computed", "unconfigurable attribute")
        facts.refuses(way, inputs, words, kind)


def test_a_deprecated_input_warns(facts: Facts) -> None:
    for way in facts.settable():
        if way[-1].deprecated:
            COUNT["deprecated"] += 1
            facts.cloud.log.lines.clear()
            assert facts.failures(lay(facts.resource, facts.base, way, suiting(way[-1]))) == []
            assert any(str(way[-1].deprecated) in each for each in facts.cloud.log.lines)


def test_a_default_is_filled_in(facts: Facts) -> None:
    for fact in facts.resource.properties.values():
        if fact.default is not None and fact.settable and not fact.deprecated:
            COUNT["default"] += 1
            base = lay(facts.resource, facts.base, (fact,), fact.default)
            del base[fact.name]
            filled = facts.cloud.check(facts.token, base).inputs
            taken = any(facts.resource.resolve(each)[0] in filled for each in fact.conflicts)
            assert filled.get(fact.name) == (None if taken else fact.default), fact.name


def test_a_change_replaces_where_the_vendor_makes_anew_and_updates_elsewhere(facts: Facts) -> None:
    for way in facts.settable():
        fact = way[-1]
        if suiting(fact, 1) == suiting(fact, 2):
            continue
        old, new = (lay(facts.resource, facts.base, way, suiting(fact, which)) for which in (1, 2))
        answer = facts.cloud.diff(facts.token, old, new)
        if (facts.token, pathname(way)) in QUIET:
            COUNT["suppressed"] += 1
            assert not answer.diffs
            continue
        COUNT["force new" if fact.force_new else "update"] += 1
        assert list(answer.diffs) == [way[0].name], pathname(way)
        assert list(answer.replaces) == ([way[0].name] if fact.force_new else []), pathname(way)


def test_what_is_left_to_the_vendor_is_no_change(facts: Facts) -> None:
    for fact in facts.resource.properties.values():
        if fact.settable and fact.computed:
            COUNT["left to the vendor"] += 1
            old = lay(facts.resource, facts.base, (fact,), suiting(fact))
            new = {name: value for name, value in old.items() if name != fact.name}
            assert not facts.cloud.diff(facts.token, old, new).diffs, fact.name


def test_an_unknown_input_is_refused_with_the_nearest(cloud: Client) -> None:
    [said] = cloud.check(ADDRESS, {"adressName": "x"}).failures
    assert "Invalid or unknown key. Did you mean `addressName`?" in said


def test_a_value_of_the_wrong_type_is_refused(cloud: Client) -> None:
    [said] = cloud.check(ADDRESS, {"addressName": ["x"]}).failures
    assert "expected type 'string', got unconvertible type 'list'" in said
