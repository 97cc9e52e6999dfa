"""Every fact of the vendor's schema about the types that the estate uses, driven through the gRPC service.

The cases are made from the schema: a fact that the stand-in forgets fails here, and so does one that no case can be
made for. The count of each kind is in the output.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any, cast

import pytest
from pulumi.runtime.proto import provider_pb2 as pb

from lab.cloud.client import Client, urn
from lab.cloud.estate import BALANCER, GATEWAY
from lab.cloud.sample import COUNT, Sampler, Way, lay, pathname, ways
from lab.cloud.used import KNOWN, USED
from lab.cloud.value import breaking, suiting, unlike
from simpul.lab.cloud.limit import PROBE
from simpul.lab.cloud.product import rds
from simpul.lab.cloud.schema import Property
from simpul.provider.wire import Secret, pack, plain, unpack

PREPAID = {"period", "periodUnit", "autoRenew", "autoRenewPeriod"}
QUIET = {
    (GATEWAY, "specification"),
    (BALANCER, "bandwidth"),
    (BALANCER, "internetChargeType"),
    (rds.INSTANCE, "storageThreshold"),
    (rds.INSTANCE, "storageUpperBound"),
}
"""What the vendor's plugin says nothing about in an estate that pays as it goes and whose disks don't grow by
themselves; its own docs say which."""

PLAIN = {pb.PropertyDiff.ADD, pb.PropertyDiff.UPDATE, pb.PropertyDiff.DELETE}


class Facts:
    """The facts of one type, and inputs of a resource of it that there is."""

    def __init__(self, sampler: Sampler, token: str) -> None:
        """Take a resource of that type on the sampler's cloud."""
        self.cloud: Client = sampler.cloud
        self.token, self.base = token, sampler.made(token).inputs
        self.resource = self.cloud.estate.resource(token)
        self.ways = list(ways(self.resource.properties))
        self.settable = [way for way in self.ways if all(each.settable for each in way)]

    def failures(self, inputs: dict[str, Any]) -> list[str]:
        """Check inputs; give what the vendor says."""
        return self.cloud.check(self.token, inputs).failures

    def lay(self, way: Way, value: Any) -> dict[str, Any]:
        """Give inputs in which `value` stands where `way` leads."""
        return lay(self.resource, self.base, way, value)

    def refuses(self, way: Way, inputs: dict[str, Any], pattern: str, kind: str) -> None:
        """Expect a failure that says `pattern` and names the property."""
        COUNT[kind] += 1
        said = self.failures(inputs)
        place = re.escape(way[-1].name)
        fits = [each for each in said if re.search(pattern, each, re.DOTALL) and re.search(rf"\b{place}\b", each)]
        assert fits, f"{pathname(way)} {kind}: {said}"

    def accepts(self, way: Way, inputs: dict[str, Any]) -> None:
        """Expect no failure."""
        assert self.failures(inputs) == [], pathname(way)

    def find(self, path: str) -> Way:
        """Give the way that the vendor's path means."""
        names = self.resource.resolve(path)
        [way] = [each for each in self.ways if tuple(fact.name for fact in each) == names]
        return way


def level(inputs: dict[str, Any], way: Way) -> dict[str, Any]:
    """Give the object of `inputs` that the property at the end of `way` lies in."""
    found: Any = inputs
    for each in way[:-1]:
        found = found[each.name] if each.shape == "object" else found[each.name][0]
    return cast("dict[str, Any]", found)


@pytest.fixture(params=KNOWN, ids=lambda token: token.removeprefix("alicloud:").partition(":")[0])
def facts(sampler: Sampler, request: pytest.FixtureRequest) -> Facts:
    return Facts(sampler, request.param)


def each_of(drive: Callable[[Facts, Way], None]) -> Callable[[Facts], None]:
    """Make a test that drives every settable property, and tells of all that fail."""

    def test(facts: Facts) -> None:
        wrong = []
        for way in facts.settable:
            try:
                drive(facts, way)
            except (AssertionError, KeyError, TypeError, ValueError) as error:
                wrong.append(f"{pathname(way)}: {error!r}")
        assert wrong == []

    test.__doc__ = drive.__doc__
    return test


def test_the_estate_uses_types() -> None:
    assert len(USED) > 10


@each_of
def test_an_input_that_is_required_is_missed(facts: Facts, way: Way) -> None:
    if way[-1].required:
        inputs = facts.lay(way, suiting(way[-1]))
        del level(inputs, way)[way[-1].name]
        if len(way) == 1 and way[0].name == "name":
            COUNT["named by itself"] += 1
            facts.accepts(way, inputs)
            assert facts.cloud.check(facts.token, inputs).inputs["name"].startswith("it-")
        else:
            facts.refuses(way, inputs, "Missing required argument", "required")


@each_of
def test_only_allowed_values_pass(facts: Facts, way: Way) -> None:
    fact = way[-1]
    if fact.enum:
        many = fact.shape in ("list", "set")
        wrong: Any = -12345 if "int" in (fact.shape, fact.elem) else "no-such-value"
        facts.refuses(way, facts.lay(way, [wrong] if many else wrong), "to be one of", "allowed values")
        for value in fact.enum:
            COUNT["allowed value"] += 1
            facts.accepts(way, facts.lay(way, [value] if many else value))


@each_of
def test_what_a_validator_refuses_is_refused_in_its_words(facts: Facts, way: Way) -> None:
    fact = way[-1]
    if fact.check:
        said = fact.check.replace("FIELD", fact.tf).partition("[NOTE]")[0].partition(", got")[0].strip()
        words = ".*".join(re.escape(part) for part in PROBE.split(said))
        facts.refuses(way, facts.lay(way, breaking(fact)), words, "check")
        facts.accepts(way, facts.lay(way, suiting(fact)))


@each_of
def test_what_conflicts_is_refused(facts: Facts, way: Way) -> None:
    for other in way[-1].conflicts:
        peer = facts.find(other)
        inputs = facts.lay(way, suiting(way[-1]))
        inputs[peer[0].name] = facts.lay(peer, suiting(peer[-1]))[peer[0].name]
        facts.refuses(way, inputs, f"conflicts with {re.escape(other)}", "conflict")


@each_of
def test_of_a_group_one_is_chosen(facts: Facts, way: Way) -> None:
    fact, base = way[-1], facts.base
    if fact.exactly_one or fact.at_least_one:
        group = [facts.find(each)[0] for each in fact.exactly_one or fact.at_least_one]
        none = {name: value for name, value in base.items() if name not in {each.name for each in group}}
        kind = "exactly one" if fact.exactly_one else "at least one"
        facts.refuses(way, none, "one of `.*` must be specified", kind)
        if fact.exactly_one:
            two = none | {each.name: suiting(each) for each in group[:2]}
            facts.refuses(way, two, "only one of `.*` can be specified", kind)


@each_of
def test_a_list_has_as_many_items_as_it_may(facts: Facts, way: Way) -> None:
    fact = way[-1]
    if fact.shape in ("list", "set") and fact.max_items:
        many = facts.lay(way, (suiting(fact) * (fact.max_items + 1))[: fact.max_items + 1])
        facts.refuses(way, many, "Too many list items", "most items")
    if fact.shape in ("list", "set") and fact.min_items:
        facts.refuses(way, facts.lay(way, []), "Not enough list items", "least items")


def test_what_the_vendor_decides_or_has_removed_cannot_be_set(facts: Facts) -> None:
    for way in facts.ways:
        fact, above = way[-1], way[:-1]
        if all(each.settable for each in above) and not fact.settable:
            kind, words = ("removed", r"\[REMOVED\]") if fact.removed else ("computed", "unconfigurable attribute")
            facts.refuses(way, facts.lay(way, suiting(fact)), words, kind)


@each_of
def test_a_deprecated_input_warns(facts: Facts, way: Way) -> None:
    if way[-1].deprecated:
        COUNT["deprecated"] += 1
        facts.cloud.log.lines.clear()
        facts.accepts(way, facts.lay(way, suiting(way[-1])))
        assert any(str(way[-1].deprecated) in each for each in facts.cloud.log.lines)


@each_of
def test_a_default_is_filled_in(facts: Facts, way: Way) -> None:
    fact = way[-1]
    if fact.default is not None and not fact.deprecated:
        COUNT["default"] += 1
        given = facts.lay(way, fact.default)
        del level(given, way)[fact.name]
        filled = facts.cloud.check(facts.token, given).inputs
        taken = any(facts.resource.resolve(each)[0] in filled for each in fact.conflicts)
        assert level(filled, way).get(fact.name) == (None if taken else fact.default)


@each_of
def test_a_secret_input_stays_one(facts: Facts, way: Way) -> None:
    if way[-1].sensitive:
        COUNT["sensitive"] += 1
        inputs = facts.lay(way, suiting(way[-1]))
        answer = facts.cloud.stub.Check(pb.CheckRequest(urn=urn(facts.token), news=pack(inputs)))
        assert isinstance(level(unpack(answer.inputs), way)[way[-1].name], Secret)


@each_of
def test_a_change_replaces_where_the_vendor_makes_anew_and_updates_elsewhere(facts: Facts, way: Way) -> None:
    for kind, old, new in changes(facts, way):
        answer = facts.cloud.diff(facts.token, old, new)
        quiet = (facts.token, way[0].name) in QUIET or way[-1].name in PREPAID
        if way[-1].diff_suppress and quiet:
            COUNT["suppressed"] += 1
            assert not answer.diffs
            continue
        anew = way[-1].force_new or (kind == "comes" and _comes_anew(way))
        COUNT["force new" if anew else "update"] += 1
        assert list(answer.diffs) == [way[0].name], kind
        assert list(answer.replaces) == ([way[0].name] if anew else []), kind
        assert all((each.kind in PLAIN) != anew for each in answer.detailedDiff.values()), kind


def changes(facts: Facts, way: Way) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Give states and inputs that differ in one property: it comes; where it is a single value, it changes."""
    fact = way[-1]
    value = suiting(fact, 1)
    if not fact.fields:
        before = {"key": unlike(fact)} if fact.shape == "map" else unlike(fact)
        yield "changes", facts.lay(way, not value if fact.shape == "bool" else before), facts.lay(way, value)
    else:
        new = facts.lay(way, value)
        level(new, way).update(_company(way))
        old = deepcopy(new)
        del level(old, way)[fact.name]
        yield "comes", old, new


def _company(way: Way) -> dict[str, Any]:
    """Give something else for the object that a property lies in, without which that object would come with it."""
    beside = way[-2].fields.values() if len(way) > 1 else ()
    others = [each for each in beside if each.settable and each.name != way[-1].name and not each.deprecated]
    return {each.name: suiting(each) for each in others[:1]}


def _comes_anew(way: Way) -> bool:
    """Say whether something that comes is made of what forces a replacement, or brings an object that does."""
    given = suiting(way[-1])
    inner = any(_forces(way[-1], each) for each in (given if isinstance(given, list) else [given]))
    return inner or (len(way) > 1 and not _company(way) and way[-2].force_new)


def _forces(fact: Property, value: Any) -> bool:
    inner = value.items() if isinstance(value, dict) and fact.fields else ()
    return any(fact.fields[name].force_new or _forces(fact.fields[name], each) for name, each in inner)


def test_what_is_left_to_the_vendor_is_no_change(facts: Facts) -> None:
    for fact in facts.resource.properties.values():
        if fact.settable and fact.computed:
            COUNT["left to the vendor"] += 1
            old = facts.lay((fact,), suiting(fact))
            new = {name: value for name, value in old.items() if name != fact.name}
            assert not facts.cloud.diff(facts.token, old, new).diffs, fact.name


def test_outputs_are_all_there_and_of_their_type(sampler: Sampler, facts: Facts) -> None:
    outputs = sampler.made(facts.token).outputs
    for fact in facts.resource.properties.values():
        if fact.computed and not fact.removed:
            COUNT["output"] += 1
            kinds = {"string": str, "int": int, "float": (int, float), "bool": bool, "map": dict, "object": dict}
            assert isinstance(outputs.get(fact.name), kinds.get(fact.shape, list)), fact.name


def test_a_resource_reads_back_as_it_was_made(sampler: Sampler, facts: Facts) -> None:
    COUNT["read back"] += 1
    made = sampler.made(facts.token)
    answer = facts.cloud.read(facts.token, made.id)
    assert answer is not None
    unread = facts.cloud.estate.kind(facts.token).unread
    assert answer.inputs == {name: value for name, value in made.inputs.items() if name not in unread}
    assert set(facts.cloud.diff(facts.token, answer.outputs, plain(made.inputs)).diffs) <= unread


def test_an_unknown_input_is_refused_with_the_nearest(facts: Facts) -> None:
    COUNT["unknown"] += 1
    name = max((way[0].name for way in facts.settable), key=len)
    [said] = [each for each in facts.failures({**facts.base, f"{name}z": "x"}) if "unknown key" in each]
    assert f"Did you mean `{name}`?" in said


def test_a_value_of_the_wrong_type_is_refused(facts: Facts) -> None:
    for way in facts.settable:
        if len(way) == 1 and way[0].shape in ("string", "int", "bool", "float"):
            facts.refuses(way, facts.lay(way, ["x"]), "got unconvertible type 'list'", "type")
