"""Passwords."""

from __future__ import annotations

import bcrypt
import pytest

from provider.recorder import request
from simpul.provider.kind import Change
from simpul.provider.password import Password
from simpul.provider.wire import UNKNOWN, Secret

KIND = Password()


def test_it_is_random_and_a_secret() -> None:
    results = [KIND.create(request(inputs={"length": 40}))[1]["result"] for _ in range(2)]
    assert all(isinstance(result, Secret) and len(result.value) == 40 and result.value.isalnum() for result in results)
    assert results[0] != results[1]


def test_it_has_letters_of_both_kinds_and_digits() -> None:
    for _ in range(2000):  # one in 16 of this length has no digit where nobody looks after it
        result = KIND.create(request(inputs={"length": 16}))[1]["result"].value
        assert {each.islower() for each in result if each.isalpha()} == {True, False}
        assert any(each.isdigit() for each in result)


def test_its_hash_is_a_secret_and_the_same_in_every_run() -> None:
    _, made = KIND.create(request(inputs={"length": 72}))
    known = {name: made[name].value for name in ("result", "hash")}
    assert bcrypt.checkpw(known["result"].encode(), known["hash"].encode())
    assert KIND.read(request(inputs={}, state=known)) == {"result": made["result"], "hash": made["hash"]}


def test_a_preview_makes_none() -> None:
    assert KIND.create(request(inputs={"length": 40}, preview=True)) == (
        "",
        {"result": Secret(UNKNOWN), "hash": Secret(UNKNOWN)},
    )


def test_length_and_keepers_make_a_new_one() -> None:
    old = {"length": 32, "keepers": {"year": "2026"}}
    assert KIND.diff(request(inputs=old, old=old)) == []
    found = KIND.diff(request(inputs={"length": 40, "keepers": {"year": "2027"}}, old=old))
    assert found == [Change("length", replace=True), Change("keepers.year", replace=True)]


def test_it_tells_what_it_was_made_for_whatever_a_later_run_would_make_it_for() -> None:
    made = {"length": 32, "keepers": {"login": "first"}}
    _, state = KIND.create(request(inputs=made))
    assert state["keepers"] == {"login": "first"}
    known = {**state, "result": state["result"].value, "hash": state["hash"].value}
    assert KIND.read(request(inputs=made, old=made, state=known))["keepers"] == {"login": "first"}
    assert KIND.create(request(inputs=made, preview=True))[1]["keepers"] == {"login": "first"}


@pytest.mark.parametrize("length", [15, 73])
def test_a_length_that_won_t_do(length: int) -> None:
    [failure] = KIND.check({"length": length}, marked={})
    assert failure.property == "length"
