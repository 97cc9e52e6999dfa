"""Programs that the provider runs, and how they end.

In goes an argument list; out comes what the program said and how it ended. Each runs under a keeper of its own
(simpul.provider.keeper), which ends it with everything that it started: when the user interrupts, when its time is
over, when it says more than anybody reads, and when the provider is gone, be it by SIGKILL.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final, Literal

from simpul import environment
from simpul.provider import keeper, scratch

MOST: Final = 64 * 1024 * 1024
"""How many characters a program may say; a host that sends more would fill the operator's memory."""

_KEEPER: Final = str(Path(keeper.__file__))
_LINE: Final = 64  # what a line takes beside its characters
_POLL_SECONDS: Final = 0.05
_END_SECONDS: Final = 5

Cut = Literal["stopped", "timeout", "flood"]


@dataclass(frozen=True)
class Done:
    """How a program ended; `cut` says why it was ended, None when it did so by itself."""

    code: int
    out: str
    err: str
    cut: Cut | None = None


@dataclass
class _Flow:
    """What comes out of a pipe: each line goes to `take`, until it is more than `MOST`."""

    take: Callable[[str], None]
    left: int = field(default_factory=lambda: MOST)
    flooded: bool = False

    def drain(self, pipe: IO[str] | None) -> None:
        if pipe is None:
            return
        with pipe:
            while line := pipe.readline(self.left + 1):
                self.left -= len(line) + _LINE
                if self.left < 0:
                    self.flooded = True
                    return
                self.take(line)


@dataclass
class Child:
    """A program that runs under its keeper; `stdin` and `stdout` are its pipes."""

    process: subprocess.Popen[str]
    lifeline: int
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def end(self) -> None:
        """End it with all that it started, and wait until it has ended."""
        with self._lock:
            if self.lifeline >= 0:
                with suppress(OSError):  # it has ended by itself
                    os.write(self.lifeline, b".")
                os.close(self.lifeline)
                self.lifeline = -1
        try:
            self.process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:  # its keeper hangs, which the kernel tells the program
            self.process.kill()
            self.process.wait()


_children: dict[int, Child] = {}


@contextmanager
def start(argv: Sequence[str], *, env: Mapping[str, str] | None = None) -> Iterator[Child]:
    """Start `argv` for as long as the block runs; it is ended then, with all that it started.

    `env` is its whole environment, by default what simpul.environment has for it.
    """
    theirs, ours = os.pipe()
    try:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", _KEEPER, str(theirs), scratch.beginning(), *argv],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment.of(argv[0]) if env is None else dict(env),
            text=True,
            errors="replace",
            start_new_session=True,
            pass_fds=(theirs,),
        )
    except OSError:
        os.close(ours)
        raise
    finally:
        os.close(theirs)
    child = _children[process.pid] = Child(process, ours)
    try:
        yield child
    finally:
        child.end()
        del _children[process.pid]
        for pipe in (process.stdin, process.stdout, process.stderr):
            with suppress(OSError):
                if pipe is not None:
                    pipe.close()


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
    out: list[str] = []
    err: list[str] = []
    flows = [_Flow(on_line or out.append), _Flow(err.append)]
    with start(argv, env=env) as child:
        process = child.process
        threads = [
            threading.Thread(target=_feed, args=(process.stdin, stdin), daemon=True),
            threading.Thread(target=flows[0].drain, args=(process.stdout,), daemon=True),
            threading.Thread(target=flows[1].drain, args=(process.stderr,), daemon=True),
        ]
        for thread in threads:
            thread.start()
        cut = _wait(process, stop, time.monotonic() + timeout, flows)
        child.end()
        for thread in threads:
            thread.join(_END_SECONDS)
    return Done(process.returncode, "".join(out), "".join(err), cut)


def end_all() -> None:
    """End every program that runs, each with all that it started."""
    for child in tuple(_children.values()):
        child.end()


def _wait(process: subprocess.Popen[str], stop: threading.Event, deadline: float, flows: Sequence[_Flow]) -> Cut | None:
    while process.poll() is None:
        if stop.is_set():
            return "stopped"
        if time.monotonic() > deadline:
            return "timeout"
        if any(flow.flooded for flow in flows):
            return "flood"
        with suppress(subprocess.TimeoutExpired):
            process.wait(_POLL_SECONDS)
    return "flood" if any(flow.flooded for flow in flows) else None


def _feed(pipe: IO[str] | None, text: str) -> None:
    # A program that ends without reading all of its input says why by itself.
    if pipe is not None:
        with suppress(BrokenPipeError), pipe:
            pipe.write(text)
