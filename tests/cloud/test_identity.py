"""Names of the city's cloud resources."""

from __future__ import annotations

import re

from simpul.cloud.identity import Identity

BALIKPAPAN = Identity("6471", "64.71", "Balikpapan", "Diskominfo Balikpapan", "balikpapan")
ACCOUNT = "5123456789012345"


def test_a_name_of_the_world_tells_accounts_apart_and_shows_none() -> None:
    name, other = (BALIKPAPAN.world_name("audit", account) for account in (ACCOUNT, "5000000000000000"))
    assert re.fullmatch(r"simpul-6471-audit-[0-9a-f]{6}", name)
    assert name != other
    assert ACCOUNT not in name


def test_a_name_of_the_world_stays_within_its_length() -> None:
    names = {BALIKPAPAN.world_name(part * 90, ACCOUNT, 63) for part in "ab"}
    assert {len(name) for name in names} == {63}
    assert len(names) == 2
