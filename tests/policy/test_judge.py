"""What a judge says: findings by rule and place, waivers until their day, and secrets never."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from simpul.policy import Breach, Judge, Resource, Rule, Waiver, choice

TODAY = date(2026, 11, 24)
TOMORROW = TODAY + timedelta(days=1)


def check(resource: Resource) -> Iterator[Breach]:
    yield Breach("is wrong", resource.get("value"), "Mend it.")


RULE = Rule(
    id="test-rule",
    title="It is right",
    source=choice("tests need one"),
    looks_at="everything",
    english="Be right.",
    indonesian="Jadilah benar.",
    on=Resource,
    types=("a:*",),
    check=check,
)


def resource(name: str = "thing", *, secret: str = "") -> Resource:
    return Resource("a:b/c:D", name, {"value": "hello-password"}, secrets=frozenset({secret} if secret else ()))


def waiver(*, rule: str = "test-rule", where: str = "thing", ends: date = TODAY) -> Waiver:
    return Waiver(rule, where, "a reason for the test", "Diskominfo", ends)


def test_a_finding_says_rule_source_place_what_got_and_next() -> None:
    [finding] = Judge([RULE], (), TODAY).judge(resource())
    assert str(finding) == (
        "test-rule (engineering choice): D thing is wrong (got hello-password)\n    It is right\n    Mend it."
    )


def test_a_rule_looks_at_its_types_alone() -> None:
    assert Judge([RULE], (), TODAY).judge(Resource("x:b/c:D", "thing", {})) == []


def test_a_secret_is_never_shown() -> None:
    [finding] = Judge([RULE], (), TODAY).judge(resource(secret="password"))
    assert "password" not in str(finding)
    assert finding.got == "a secret"


def test_a_waiver_holds_to_the_end_of_its_day() -> None:
    found = Judge([RULE], [waiver()], TODAY).judge_all([resource(), resource("other")])
    assert [finding.name for finding in found.waived] == ["thing"]
    assert [finding.name for finding in found.errors] == ["other"]
    assert "waived until 2026-11-24 by Diskominfo: a reason for the test" in str(found.waived[0])


def test_a_waiver_stops_after_its_day_and_the_finding_says_so() -> None:
    found = Judge([RULE], [waiver()], TOMORROW).judge_all([resource()])
    assert found.waived == ()
    assert "its waiver ended on 2026-11-24" in str(found.errors[0])


def test_a_second_waiver_that_holds_takes_over_from_one_that_ended() -> None:
    found = Judge([RULE], [waiver(), waiver(where="th*", ends=TOMORROW)], TOMORROW).judge_all([resource()])
    assert [finding.waiver and finding.waiver.ends for finding in found.waived] == [TOMORROW]


def test_a_waiver_that_covers_nothing_is_told() -> None:
    spare = waiver(where="nothing-*")
    assert Judge([RULE], [spare], TODAY).judge_all([resource()]).unused == (spare,)
