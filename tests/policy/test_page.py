"""docs/rules.md is made of the rules, and is current."""

from __future__ import annotations

from simpul.policy import load
from simpul.policy.page import PAGE, make


def test_the_page_is_current() -> None:
    assert PAGE.read_text("utf-8") == make(), "make generate writes it anew"


def test_every_rule_has_its_place() -> None:
    text = make()
    for rule in load():
        assert f"\n### {rule.id}\n" in text
        for said in (rule.title, str(rule.source), rule.looks_at, rule.english, rule.indonesian):
            assert said in text
