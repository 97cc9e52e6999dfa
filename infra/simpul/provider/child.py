"""Programs that the provider runs, and how they end.

In goes an argument list; out comes what the program said and how it ended. A program ends with everything that it
started when the user interrupts, when its time is over, and when the provider itself ends.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, Literal

_SET_CHILD_SUBREAPER: Final = 36  # linux/prctl.h
_POLL_SECONDS: Final = 0.05


@dataclass(frozen=True)
class Done:
    """How a program ended; `cut` says why it was ended, None when it did so by itself."""

    code: int
    out: str
    err: str
    cut: Literal["stopped", "timeout"] | None = None


def run(
    argv: Sequence[str],
    *,
    stop: threading.Event,
    timeout: float,
    env: Mapping[str, str] | None = None,
    stdin: str = "",
    on_line: Callable[[str], None] | None = None,
) -> Done:
    """Run `argv` to its end, to `stop` or for `timeout` seconds; hand its output lines to `on_line` if given."""
    process = subprocess.Popen(
        argv,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=dict(env) if env is not None else None,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    out: list[str] = []
    err: list[str] = []
    threads = [
        threading.Thread(target=_feed, args=(process.stdin, stdin), daemon=True),
        threading.Thread(target=_drain, args=(process.stdout, on_line or out.append), daemon=True),
        threading.Thread(target=_drain, args=(process.stderr, err.append), daemon=True),
    ]
    for thread in threads:
        thread.start()
    cut = _wait(process, stop, timeout)
    for thread in threads:
        # Something that the program left behind may hold the pipe open; it isn't waited for.
        thread.join(timeout=5)
    return Done(process.returncode, "".join(out), "".join(err), cut)


def adopt_orphans() -> None:
    """Become the parent of grandchildren whose own parent ends, so that `end_all` finds them."""
    ctypes.CDLL(None, use_errno=True).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_all() -> None:
    """End every process that this one started, and theirs."""
    deadline = time.monotonic() + 2
    while _end_tree(os.getpid(), itself=False) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)


def _wait(
    process: subprocess.Popen[str], stop: threading.Event, timeout: float
) -> Literal["stopped", "timeout"] | None:
    deadline = time.monotonic() + timeout
    while process.poll() is None:
        if stop.is_set() or time.monotonic() > deadline:
            _end_tree(process.pid, itself=True)
            process.wait()
            return "stopped" if stop.is_set() else "timeout"
        with suppress(subprocess.TimeoutExpired):
            process.wait(_POLL_SECONDS)
    return None


def _feed(pipe: IO[str] | None, text: str) -> None:
    # A program that ends without reading all of its input says why by itself.
    if pipe is not None:
        with suppress(BrokenPipeError), pipe:
            pipe.write(text)


def _drain(pipe: IO[str] | None, on_line: Callable[[str], None]) -> None:
    if pipe is not None:
        with pipe:
            for line in pipe:
                on_line(line)


def _end_tree(root: int, *, itself: bool) -> int:
    """Kill what descends from `root`, and `root` if `itself`; return how many were alive."""
    tree = list(descendants(root))
    for pid in [root, *tree] if itself else tree:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
    for pid in tree:
        with suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
    return len(tree)


def descendants(root: int) -> Iterator[int]:
    """Yield the ids of the processes that `root` started, and of those that they did."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            # The name in parentheses may hold anything, so fields count from behind it: state, parent.
            parent = int(stat.read_text(errors="replace").rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(stat.parent.name))
    waiting = list(children.get(root, []))
    while waiting:
        pid = waiting.pop()
        yield pid
        waiting += children.get(pid, [])
