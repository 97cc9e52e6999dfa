"""Every rule of the project, by its cases: what keeps it and what breaks it."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from simpul.policy import UNKNOWN, Judge, Resource, Rule
from simpul.policy.case import Case, read
from simpul.policy.load import RuleFile, find
from simpul.project import POLICIES, ROOT

FILES = find()
TODAY = date(2026, 11, 24)
PASSING = [(file, case) for file in FILES for case in read(file).passing]
FAILING = [(file, case) for file in FILES for case in read(file).failing]


def name(value: object) -> str | None:
    if isinstance(value, RuleFile):
        return value.rule.id
    return value.name if isinstance(value, Case) else None


def breaches(rule: Rule, case: Case) -> list[str]:
    return [str(finding) for finding in Judge([rule], (), TODAY).judge(case.subject)]


@pytest.mark.parametrize(("file", "case"), PASSING, ids=name)
def test_what_keeps_a_rule_passes(file: RuleFile, case: Case) -> None:
    assert file.rule.looks(case.subject), "the rule doesn't look at its own case"
    assert breaches(file.rule, case) == []


@pytest.mark.parametrize(("file", "case"), FAILING, ids=name)
def test_what_breaks_a_rule_fails_and_is_told_with_id_source_and_next_step(file: RuleFile, case: Case) -> None:
    found = Judge([file.rule], (), TODAY).judge(case.subject)
    assert found
    for finding in found:
        assert file.rule.id in str(finding)
        assert file.rule.source.cited in str(finding)
        assert finding.next


@pytest.mark.parametrize("file", FILES, ids=name)
def test_a_rule_has_cases_of_both_kinds(file: RuleFile) -> None:
    cases = read(file)
    assert cases.passing
    assert cases.failing


@pytest.mark.parametrize(
    ("file", "case"), [pair for pair in FAILING if isinstance(pair[1].subject, Resource)], ids=name
)
def test_what_is_not_known_yet_is_not_judged(file: RuleFile, case: Case) -> None:
    subject = case.subject
    assert isinstance(subject, Resource)
    unknown = replace(subject, props=dict.fromkeys(subject.props, UNKNOWN))
    with_unknown = Judge([file.rule], (), TODAY).judge(unknown)
    absent = Judge([file.rule], (), TODAY).judge(replace(subject, props={}))
    # What is missing altogether may be found still; a value that will come is no reason for anything more.
    assert {finding.what for finding in with_unknown} <= {finding.what for finding in absent}


def test_there_are_at_least_42_rules_over_resources_manifests_and_hosts() -> None:
    kinds = Counter(file.rule.on.__name__ for file in FILES)
    assert len(FILES) >= 42
    assert {"Resource", "Estate", "Manifest", "Namespace", "Machine", "Declaration", "Stack"} <= set(kinds)


@pytest.mark.parametrize("file", FILES, ids=name)
def test_a_rule_is_told_in_two_languages(file: RuleFile) -> None:
    assert file.rule.english != file.rule.indonesian


def schema() -> Mapping[str, Any]:
    path = ROOT / "infra" / "simpul" / "lab" / "cloud" / "alicloud-schema.json.gz"
    resources = json.loads(gzip.decompress(path.read_bytes()))["resources"].values()
    return {resource["token"]: {prop["name"]: prop for prop in resource["properties"]} for resource in resources}


def test_every_type_and_property_of_a_case_is_the_vendors_own() -> None:
    known = schema()
    strange = [
        f"{file.rule.id}: {resource.type} {path}"
        for file, case in PASSING + FAILING
        for resource in getattr(case.subject, "resources", (case.subject,))
        if isinstance(resource, Resource) and resource.type.startswith("alicloud:")
        for path in unknown(resource.props, known.get(resource.type, {}))
    ]
    assert strange == []


def unknown(value: Any, known: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """Give the paths in `value` that the vendor's schema hasn't; what has no fields there may hold anything."""
    if isinstance(value, list):
        for each in value:
            yield from unknown(each, known, path)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            if name not in known:
                yield f"{path}.{name}"
            elif known[name].get("fields"):
                yield from unknown(inner, {field["name"]: field for field in known[name]["fields"]}, f"{path}.{name}")


def test_the_list_of_what_can_have_tags_is_the_vendors() -> None:
    tags = (
        token
        for token, properties in schema().items()
        if "/get" not in token
        and properties.get("tags", {}).get("type") == "map"
        and "deprecated" not in properties["tags"]
    )
    assert (POLICIES / "tag" / "taggable.txt").read_text().split() == sorted(tags)
