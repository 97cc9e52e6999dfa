"""Every block of every page holds: declarations are checked, commands run as they stand, and what is said is said."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from cloud.test_cities import left
from docs.account import Account
from docs.block import MADE, Block, blocks, pages
from docs.session import EXAMPLE, Session
from lab.cloud.client import serve
from lab.cloud.fake import FakeBacking
from provider.engine import Engine
from provider.fakecluster import fake_cluster
from simpul.city.document import read_document
from simpul.project import ROOT
from simpul.provider.resource import Password, PasswordArgs
from simpul.review import review

TODAY = date(2026, 11, 24)
WRITTEN = [page for page in pages() if page not in MADE]
BLOCKS = [block for page in WRITTEN for block in blocks(page)]
DECLARED = [block for block in BLOCKS if block.kind in ("declaration", "part")]
IN_SHELLS = sorted({block.page for block in BLOCKS if block.kind == "shell"})
RUN = "docs/run-a-city.md"
OPERATED = [block for block in BLOCKS if block.page == RUN and block.section[:2] in ("4.", "5.", "6.")]
"""What is done with an account, from the first login to the taking away."""


def test_no_block_is_left_out() -> None:
    kinds = {str(block): block.kind for block in BLOCKS}
    assert len(kinds) == len(BLOCKS) > 10
    assert {block.page for block in BLOCKS} >= {
        "README.md",
        "CONTRIBUTING.md",
        "docs/run-a-city.md",
        "docs/add-a-city.md",
    }


@pytest.mark.parametrize("page", MADE)
def test_a_page_that_is_made_is_current(page: str) -> None:
    assert (ROOT / page).read_text("utf-8") == import_module(MADE[page]).make(), "make generate"


@pytest.mark.parametrize("text", ["brew install pulumi\n", "name: simpul\nruntime: python\n", "{", "a text\n"])
def test_a_block_of_no_known_kind_is_no_block(text: str) -> None:
    with pytest.raises(ValueError, match="neither a declaration"):
        _ = Block("docs/x.md", 7, text).kind


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Words.\n\n    make lab\n    make test\n\nWords.\n", ["make lab\nmake test\n"]),
        ("```sh\nmake lab\n```\n", ["make lab\n"]),
        ("- an entry\n\n    goes on\n", []),
        ("Words\n    go on\n", []),
        ("~~~\na\n\nb\n~~~\n\n    c\n\n    d\n", ["a\n\nb\n", "c\n\nd\n"]),
    ],
)
def test_blocks_are_found_as_markdown_has_them(text: str, found: list[str], tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(text)
    assert [block.text for block in blocks(str(page))] == found


@pytest.mark.parametrize("block", DECLARED, ids=str)
def test_a_declaration_holds_and_breaks_no_rule(block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", "file:///state")
    file = tmp_path / "Pulumi.balikpapan.yaml"
    file.write_text(block.text)
    assert read_document(file, root=())[1] == [], "it is read alike by all"
    file.write_text(block.text if block.kind == "declaration" else _whole(block))
    found = review(file, TODAY)
    assert (found.problems, found.findings.errors) == ((), ())
    assert found.city is not None


def _whole(block: Block) -> str:
    """Put a part into the last declaration before it on its page, or into the project's own city."""
    before = [each for each in BLOCKS if each.page == block.page and each.line < block.line]
    around = next((each.text for each in reversed(before) if each.kind == "declaration"), EXAMPLE.read_text())
    document = yaml.safe_load(around)
    document["config"]["simpul:city"] = _merge(document["config"]["simpul:city"], block.data())
    return yaml.safe_dump(document, sort_keys=False)


def _merge(base: Any, part: Any) -> Any:
    if not isinstance(base, dict) or not isinstance(part, dict):
        return part
    return base | {key: _merge(base.get(key), value) for key, value in part.items()}


@pytest.mark.engine
@pytest.mark.parametrize("page", IN_SHELLS)
def test_a_page_s_commands_run_one_after_the_other(page: str, tmp_path: Path) -> None:
    session = Session(tmp_path)
    for block in BLOCKS:
        if block.page == page and block.kind == "shell" and block not in OPERATED:
            session.run(block.text)
            if "pulumi destroy" in block.text:
                session.run("pulumi up")  # a page goes on with a city that is there


@pytest.mark.engine
def test_a_city_comes_and_goes_by_the_page_as_it_stands(tmp_path: Path) -> None:
    with serve(tmp_path / "cloud", FakeBacking()) as cloud, fake_cluster() as cluster:
        operator = Account(tmp_path / "operator", cloud, cluster)
        said = {}
        for block in OPERATED:
            if block.kind == "shell":
                said[block.text] = operator.run(block.text)
            else:
                operator.declare(partial(_soon, block))
            if "simpul:part cloud" in block.text:
                assert cluster.namespaces == {}, "the cloud comes alone"
            elif "config rm" in block.text:
                assert set(cluster.namespaces) == {"messaging", "storage"}, "and the rest on top"
        [pushed] = [each for text, each in said.items() if "image push" in text]
        assert "simpul-6471-balikpapan-registry.ap-southeast-5.cr.aliyuncs.com/balikpapan/messaging by " in pushed
        stays = json.loads((operator.folder / "stays.json").read_text())
        assert left(cloud) == {(each["type"], each["id"]) for each in stays} != set()
        assert cluster.namespaces == {}


def _soon(block: Block, document: dict[str, Any]) -> dict[str, Any]:
    """Put a part into a city's document; what it waives ends on a day soon."""
    part = block.data()
    for waiver in part.get("waivers", ()):
        waiver["ends"] = (datetime.now(UTC).date() + timedelta(days=30)).isoformat()
    city = _merge(document["config"]["simpul:city"], part)
    return {**document, "config": {**document["config"], "simpul:city": city}}


@pytest.mark.engine
def test_commands_that_are_wrong_fail(tmp_path: Path) -> None:
    session = Session(tmp_path)
    for text in (
        "make everything",
        "simpul lab cut",
        "simpul check --fast",
        "simpul lab mend 64.71.01",
        "pulumi stack output nothing",
        "pulumi previews",
        "pulumi stack output tunnels | jq -r '.[0].none.at_all[0]'",
        "kubectl get nodes",
        "make lab <folder>",
    ):
        with pytest.raises(AssertionError):
            session.run(text)


@pytest.mark.engine
def test_what_a_program_says_it_says(tmp_path: Path) -> None:
    [block] = [block for block in BLOCKS if block.kind == "said"]
    name = re.findall(r"::([\w-]+)", block.text)[0]

    def keep(round_: str) -> None:
        Password(name, PasswordArgs(keepers={"round": round_}), opts=pulumi.ResourceOptions(protect=True))

    engine = Engine(tmp_path)
    engine.up(lambda: keep("1"))
    said = " ".join(engine.refuse(lambda: keep("2")).split())
    assert re.search(re.escape(" ".join(block.text.split())).replace("…", ".*"), said), said
