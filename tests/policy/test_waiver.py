"""Waivers: of a rule that may be waived, for what is named, for half a year at most, with who answers for it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import yaml

from simpul.city import City, parse
from simpul.errors import CityError, Problem
from simpul.policy import Judge, Rule, Waiver, load
from simpul.policy.case import EXAMPLE, read
from simpul.policy.load import find
from simpul.policy.waiver import problems

TODAY = date(2026, 11, 24)
LAST = TODAY + timedelta(days=180)
FILES = find()


def declared(**changes: Any) -> City:
    """Give Balikpapan with a waiver that is right but for `changes`."""
    waiver = {
        "rule": "exposure-bucket-acl",
        "where": "simpul-6471-data-maps",
        "reason": "open map data, moves in January",
        "by": "Diskominfo Balikpapan",
        "ends": str(LAST),
    }
    city = yaml.safe_load(EXAMPLE.read_text())["config"]["simpul:city"]
    wanted = {key: value for key, value in {**waiver, **changes}.items() if value is not None}
    return parse({**city, "waivers": [wanted]})


def told(**changes: Any) -> list[Problem]:
    return problems(declared(**changes), load(), TODAY)


def test_half_a_year_from_today_is_the_longest() -> None:
    assert told() == []
    [problem] = told(ends=str(LAST + timedelta(days=1)))
    assert problem.where == "city.waivers[0].ends"
    assert "further off than the 180 days for which exposure-bucket-acl is waived at most" in problem.what
    assert str(LAST) in str(problem.next)


def test_all_rules_waived_everywhere_for_ever_holds_nowhere() -> None:
    """All of them were waived by `*` until 9999-12-31, and the city held."""
    for rule in load():
        found = {problem.where for problem in told(rule=rule.id, where="*", ends="9999-12-31")}
        assert {"city.waivers[0].where", "city.waivers[0].ends"} <= found


def test_nobody_answers_for_it() -> None:
    with pytest.raises(CityError, match=r"city\.waivers\[0\]\.by: is missing"):
        declared(by=None)
    with pytest.raises(CityError, match=r"city\.waivers\[0\]\.by: isn't a name"):
        declared(by="  ")


@pytest.mark.parametrize(
    "where",
    ["*", "**", "*/*", "?*", "[!q]*", "*-*", "[a-z]*", "???*", "s*", "simpul-*", "simpul-6471-*", "simpul-6471*",
     "simpul-6471-?*", "simpul-6471-[!q]*", "simpul-6471-d*", "*-data-maps", "*/Deployment/*", "b*", "bpn-*", "*1"],
)  # fmt: skip
def test_a_pattern_that_names_nothing_is_refused(where: str) -> None:
    [problem] = told(where=where)
    assert (problem.where, problem.got) == ("city.waivers[0].where", f'"{where}"')


@pytest.mark.parametrize(
    "where",
    ["city", "simpul-6471", "simpul-6471-data-maps", "simpul-6471-data-*", "simpul-6471/messaging-hub/*",
     "simpul-647101/*", "bpn-timur-*", "bpn-timur-1"],
)  # fmt: skip
def test_what_is_named_may_be_waived(where: str) -> None:
    assert told(where=where) == []


def test_a_waiver_of_no_rule_is_a_problem_with_the_nearest() -> None:
    [problem] = told(rule="exposure-bucket-acls")
    assert str(problem) == (
        'city.waivers[0].rule: is no rule\'s id (got "exposure-bucket-acls")\n    Did you mean exposure-bucket-acl?'
    )


def never() -> list[Rule]:
    return [rule for rule in load() if rule.unwaivable]


def test_where_data_is_whose_data_it_is_and_locks_of_backups_are_never_waived() -> None:
    groups = {file.rule.id: file.group for file in FILES}
    ids = {rule.id for rule in never()}
    assert {id_ for id_, group in groups.items() if group in ("residency", "personal")} < ids
    assert {"backup-worm", "backup-vault"} < ids
    [problem] = told(rule="residency-region")
    assert "nobody may waive" in problem.what


@pytest.mark.parametrize("file", [file for file in FILES if file.rule.unwaivable], ids=lambda file: file.rule.id)
def test_what_is_never_waived_is_found_though_a_waiver_names_it(file: Any) -> None:
    """Whoever judges without asking what is wrong with the waivers isn't taken in."""
    case = read(file).failing[0]
    for where in [getattr(each, "name", "") for each in (case.subject, *getattr(case.subject, "resources", ()))]:
        waiver = Waiver(file.rule.id, where, "a reason for the test", "Diskominfo", TODAY)
        assert all(each.is_error for each in Judge([file.rule], [waiver], TODAY).judge(case.subject))


def test_a_waiver_that_is_too_long_or_for_all_covers_nothing() -> None:
    [file] = [file for file in FILES if file.rule.id == "exposure-bucket-acl"]
    subject = read(file).failing[0].subject
    for where, ends, holds in (
        (subject.name, LAST, True),
        (subject.name, LAST + timedelta(1), False),
        ("*", LAST, False),
    ):
        waiver = Waiver(file.rule.id, where, "a reason for the test", "Diskominfo", ends)
        [finding] = Judge([file.rule], [waiver], TODAY).judge(subject)
        assert finding.is_error is not holds
