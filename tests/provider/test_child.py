"""Programs that are run, cut off, and ended with what they started."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

from provider.engine import until
from simpul.provider import child

FOREVER = 3600


def test_a_program_s_words_and_end() -> None:
    done = child.run(["sh", "-c", "cat; echo oh >&2; exit 3"], stop=threading.Event(), timeout=FOREVER, stdin="ah")
    assert (done.code, done.out, done.err, done.cut) == (3, "ah", "oh\n", None)


def test_its_lines_are_handed_on() -> None:
    lines: list[str] = []
    child.run(["printf", "a\\nb\\n"], stop=threading.Event(), timeout=FOREVER, on_line=lines.append)
    assert lines == ["a\n", "b\n"]


def test_it_ends_with_what_it_started(tmp_path: Path) -> None:
    stop = threading.Event()
    note = tmp_path / "pid"
    # The grandchild has a session of its own, as Ansible's workers have.
    script = f"setsid sh -c 'echo $$ > {note}; sleep {FOREVER}' & wait"
    threading.Thread(target=lambda: (until(lambda: note.exists() and note.read_text()), stop.set())).start()
    done = child.run(["sh", "-c", script], stop=stop, timeout=FOREVER)
    assert done.cut == "stopped"
    until(lambda: not is_alive(int(note.read_text())))


def test_its_time_is_limited() -> None:
    done = child.run(["sleep", str(FOREVER)], stop=threading.Event(), timeout=0.1)
    assert done.cut == "timeout"


def test_the_plugin_ends_with_the_engine_and_takes_all_along(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    argv = ["sh", "-c", f"setsid sh -c 'echo $$ > {note}; sleep {FOREVER}' & wait"]
    program = (
        "import threading; from simpul.provider import __main__ as plugin, child\n"
        f"run = lambda: child.run({argv!r}, stop=threading.Event(), timeout={FOREVER})\n"
        "threading.Thread(target=run, daemon=True).start()\n"
        "plugin.main()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as plugin:
        assert plugin.stdin
        assert plugin.stdout
        assert plugin.stdout.readline().strip().isdigit(), "its first line is its port"
        until(lambda: note.exists() and note.read_text())
        plugin.stdin.close()
        assert plugin.wait(30) == 0
    assert not is_alive(int(note.read_text()))


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return state != "Z"
