"""Programs that are run, cut off, and ended with what they started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

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


def test_a_plugin_that_is_killed_takes_all_along_and_leaves_no_secret(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    argv = ["sh", "-c", f"setsid sh -c 'echo $$ > {note}; sleep {FOREVER}' & wait"]
    program = (
        "import threading; from simpul.provider import child, scratch\n"
        "with scratch.folder() as folder:\n"
        "    scratch.write(folder / 'token', 'secret')\n"
        "    print(folder, flush=True)\n"
        f"    child.run({argv!r}, stop=threading.Event(), timeout={FOREVER})\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as plugin:
        assert plugin.stdout
        folder = Path(plugin.stdout.readline().strip())
        until(lambda: note.exists() and note.read_text())
        assert (folder / "token").exists()
        plugin.kill()
    until(lambda: not is_alive(int(note.read_text())))
    until(lambda: not folder.exists())


def test_a_program_ends_with_its_keeper(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    stop = threading.Event()
    argv = ["sh", "-c", f"echo $$ $PPID > {note}; exec sleep {FOREVER}"]
    thread = threading.Thread(target=lambda: child.run(argv, stop=stop, timeout=FOREVER))
    thread.start()
    until(lambda: note.exists() and note.read_text().endswith("\n"))
    pid, keeper = map(int, note.read_text().split())
    os.kill(keeper, signal.SIGKILL)
    thread.join()
    until(lambda: not is_alive(pid))


def test_a_program_that_says_too_much_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "MOST", 10_000)
    argv = ["sh", "-c", "head -c 20000 /dev/zero; exec sleep 3600"]
    assert child.run(argv, stop=threading.Event(), timeout=FOREVER).cut == "flood"


def test_a_program_gets_what_is_named_of_the_operator_s_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PULUMI_CONFIG_PASSPHRASE", "ALICLOUD_SECRET_KEY", "ANSIBLE_CONFIG", "HELM_KUBEAPISERVER"):
        monkeypatch.setenv(name, "the operator's")
    monkeypatch.setenv("LC_TIME", "id_ID.UTF-8")
    done = child.run(["env"], stop=threading.Event(), timeout=FOREVER)
    assert "the operator's" not in done.out
    assert "LC_TIME=id_ID.UTF-8" in done.out
