"""The cloud side of a city, beside a program of the same raw resources; and what holding all rules against it costs.

Both programs run as a user's do: the pulumi command, a Python of their own, the stand-in of the cloud in a process of
its own. Each round has a new stack and a new cloud, and the programs take turns. What Simpul's program takes more is
the median of the rounds' proportions: what else slows the machine down slows both programs of a round.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from statistics import median

from bench.flat import flatten
from bench.measure import Row, measure
from simpul.city import load, plan
from simpul.cloud import Cloud, Found
from simpul.command import run
from simpul.lab.cloud import region
from simpul.policy import Estate, Frame, Resource, check
from simpul.project import ROOT
from simpul.recording import ANSWERS, record

STACK = ROOT / "Pulumi.balikpapan.yaml"
ROUNDS = 7
RULE_RUNS = 15
RESOURCES = 1000
PROGRAMS = Path(__file__).with_name("program")
STEPS = {
    "preview": ["preview", "--non-interactive"],
    "up": ["up", "--yes", "--skip-preview", "--non-interactive"],
    "up, nothing to change": ["up", "--yes", "--skip-preview", "--non-interactive"],
}
ACCOUNT = "alicloud:index/getAccount:getAccount"


def compare_programs() -> Iterator[Row]:
    """Preview and make the cloud side with Simpul's program and with one of raw resources."""
    city = load(STACK)
    answers = {**ANSWERS, ACCOUNT: {"id": region.ACCOUNT}}
    raw = flatten(lambda: Cloud(city, plan(city), Found()), answers)
    seconds: dict[tuple[str, str], list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        flat = Path(folder) / "flat.json"
        flat.write_text(json.dumps(raw))
        for number in range(ROUNDS):
            for program in ("estate", "flat") if number % 2 else ("flat", "estate"):
                for step, taken in _round(Path(folder) / f"{number}-{program}", program, flat):
                    seconds[step, program].append(taken)
    for step in STEPS:
        ours, plain = (seconds[step, program] for program in ("estate", "flat"))
        more = 100 * (median(one / other for one, other in zip(ours, plain, strict=True)) - 1)
        what = f"{len(raw)} resources of a city's cloud side: {step}"
        yield Row(what, f"Simpul's program: {more:+.0f} %", tuple(ours))
        yield Row(what, "the same resources, raw", tuple(plain))


def compare_rules() -> Iterator[Row]:
    """Hold every rule against RESOURCES resources, which are the city's own over and over."""
    city = load(STACK)
    frame = Frame.of(city)
    recorded = [each for each in record(city).resources if each.type.startswith("alicloud:")]
    subjects = [
        Resource(each.type, f"{each.name}-{number}", each.inputs, frame=frame)
        for number, each in enumerate(islice(cycle(recorded), RESOURCES))
    ]
    check(subjects)  # reads the rules' files
    what = f"{RESOURCES} resources, all rules"
    yield measure(what, "each by itself", lambda: check(subjects), RULE_RUNS)
    yield measure(what, "each and all together", lambda: check([*subjects, Estate(tuple(subjects), frame)]), RULE_RUNS)


def _round(folder: Path, program: str, flat: Path) -> Iterator[tuple[str, float]]:
    """Let `program` come and go once on a cloud of its own; give the seconds of each step."""
    folder.mkdir()
    with _cloud(folder / "cloud") as port:
        (folder / "backend").mkdir()
        environment = {
            **os.environ,
            "PULUMI_BACKEND_URL": f"file://{folder / 'backend'}?metadata=skip",
            "PULUMI_CONFIG_PASSPHRASE": "a benchmark's",
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",  # the cloud's is none that could be fetched
            "PULUMI_DEBUG_PROVIDERS": f"alicloud:{port}",
            "PYTHONPATH": str(PROGRAMS.parents[1]),
            "SIMPUL_FLAT": str(flat),
        }
        project = folder / "project"
        project.mkdir()
        for name in ("Pulumi.yaml", "__main__.py"):
            text = (PROGRAMS / program / name).read_text()
            (project / name).write_text(text.replace("../../../../infra", str(ROOT / "infra")))
        shutil.copy(STACK, project)

        def pulumi(*arguments: str) -> None:
            run(["pulumi", *arguments], where=f"{program}: pulumi {arguments[0]}", cwd=project, env=environment)

        pulumi("stack", "init", "balikpapan")
        for step, arguments in STEPS.items():
            begun = time.perf_counter()
            pulumi(*arguments)
            yield step, time.perf_counter() - begun


@contextmanager
def _cloud(folder: Path) -> Iterator[str]:
    """Run a cloud as a process of its own; give its port."""
    command = [sys.executable, "-m", "bench.cloud", str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        yield process.stdout.readline().strip()
        process.stdin.close()
