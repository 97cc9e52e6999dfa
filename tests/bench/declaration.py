"""Reading a declaration, each time in a process of its own, beside PyYAML's plain load of the same file.

The plain load knows nothing of a city: it is what any reading costs at least.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from bench.measure import Row, measure
from simpul.city.area import Level, inside
from simpul.project import ROOT

RUNS = 7
SITES = 128
SURABAYA = "35.78"

PLAIN = "import sys, yaml; yaml.safe_load(open(sys.argv[1]))"
WHOLE = "import sys, pathlib, simpul.city as c; c.plan(c.load(pathlib.Path(sys.argv[1])))"
SIMPUL = str(Path(sys.executable).with_name("simpul"))


def compare_reading() -> Iterator[Row]:
    """Measure the project's own city and one of SITES sites."""
    balikpapan = ROOT / "Pulumi.balikpapan.yaml"
    yield _cold("Balikpapan, 6 sites: check", "`simpul check`", [SIMPUL, "check", str(balikpapan)])
    yield _cold("Balikpapan, 6 sites: load", "PyYAML alone", [sys.executable, "-c", PLAIN, str(balikpapan)])
    with tempfile.TemporaryDirectory() as folder:
        surabaya = Path(folder) / "Pulumi.surabaya.yaml"
        surabaya.write_text(yaml.safe_dump(_declare(balikpapan), sort_keys=False))
        what = f"Surabaya, {SITES} sites"
        yield _cold(f"{what}: check", "`simpul check`", [SIMPUL, "check", str(surabaya)])
        yield _cold(f"{what}: parse and plan", "`simpul.city`", [sys.executable, "-c", WHOLE, str(surabaya)])
        yield _cold(f"{what}: load", "PyYAML alone", [sys.executable, "-c", PLAIN, str(surabaya)])


def _cold(what: str, by: str, command: list[str]) -> Row:
    return measure(what, by, lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL), RUNS)


def _declare(sample: Path) -> dict[str, Any]:
    """Declare a city with a site in SITES of its kelurahan, otherwise as `sample` does."""
    document: dict[str, Any] = yaml.safe_load(sample.read_text())
    city = document["config"]["simpul:city"]
    city.update(name="Surabaya", wilayah=SURABAYA, timezone="Asia/Jakarta")
    city["registry"]["address"] = "simpul-3578-surabaya-registry-vpc.ap-southeast-5.cr.aliyuncs.com/surabaya"
    city["sites"] = [
        {
            "code": area.code,
            "number": number,
            "link": {"kind": "internet", "ranges": ["36.66.0.0/16"], "offline_days": 7},
            "hosts": [{"name": f"sby-{number}-1", "address": f"10.30.{number}.11", "role": "server"}],
        }
        for number, area in enumerate(inside(SURABAYA, Level.KELURAHAN)[:SITES], start=1)
    ]
    return document
