"""Tags: what the rule wants of a product that takes few, or other letters, is what the program gives to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

import pytest

from cloud.change import declare
from simpul.city import PURPOSE
from simpul.policy import Frame, Judge, Resource
from simpul.policy.load import find
from simpul.review import register

[RULE] = [each.rule for each in find() if each.rule.id == "tag-complete"]
TODAY = date(2026, 11, 24)


@cache
def resources() -> tuple[Resource, ...]:
    city = declare({"cloud.stores.1.cache": True})
    return register(city, "balikpapan", Frame.of(city))


def lacking(resource: Resource, tags: dict[str, str]) -> list[str]:
    """Give what the rule says of the resource with `tags` alone."""
    changed = replace(resource, props={**resource.props, "tags": tags})
    return [str(each) for each in Judge([RULE], (), TODAY).judge(changed)]


@pytest.mark.parametrize(
    ("kind", "count"),
    [
        ("alicloud:cms/monitorGroup:MonitorGroup", 3),
        ("alicloud:redis/tairInstance:TairInstance", 5),
        ("alicloud:dns/alidnsDomain:AlidnsDomain", 8),
        ("alicloud:vpc/network:Network", 8),
        ("alicloud:oss/bucket:Bucket", 9),
    ],
)
def test_the_rule_wants_all_the_tags_that_the_program_gives_and_no_other(kind: str, count: int) -> None:
    resource = next(each for each in resources() if each.type == kind)
    tags = dict(resource.get("tags"))
    assert len(tags) == count
    assert lacking(resource, tags) == []
    for tag in tags:
        [said] = lacking(resource, {name: value for name, value in tags.items() if name != tag})
        assert tag in said


def test_every_tagged_resource_of_the_program_has_what_the_rule_wants() -> None:
    tagged = [each for each in resources() if each.get("tags")]
    assert len(tagged) > 20
    assert [said for each in tagged for said in lacking(each, dict(each.get("tags")))] == []
    assert any(PURPOSE in each.get("tags") for each in tagged)
