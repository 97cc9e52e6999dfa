"""A process is told from a later one with the same id by when it began."""

from __future__ import annotations

import os
import subprocess

from simpul.process import read_beginning


def test_a_process_that_lives_began_once() -> None:
    began = read_beginning(os.getpid())
    assert began is not None
    assert began.isdecimal()
    assert read_beginning(os.getpid()) == began


def test_one_that_has_ended_never_began_even_if_nobody_asked_for_its_end() -> None:
    with subprocess.Popen(["true"]) as process:
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # it is a zombie now
        assert read_beginning(process.pid) is None
    assert read_beginning(process.pid) is None


def test_a_name_with_brackets_and_blanks_confuses_nothing() -> None:
    rename = "import sys; open('/proc/self/comm', 'w').write('a) Z (b'); print(flush=True); sys.stdin.read()"
    with subprocess.Popen(["python3", "-c", rename], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        began = read_beginning(process.pid)
        assert began is not None
        assert began.isdecimal()
