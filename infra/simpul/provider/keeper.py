"""Runs one program for the provider, and ends it with all that it started once the provider is gone, however it went.

A program of its own: `keeper.py LIFELINE FOLDERS PROGRAM ARGUMENT…`. LIFELINE is the number of a pipe's end. A byte
comes through it when the provider wants the program's end; when the provider is killed, the kernel closes it. FOLDERS
is how the names of the provider's private folders begin: they hold secrets, and one that was killed left them. It
needs nothing but Python's standard library, and is read without any package (python -I -S), as every program has one.
"""

from __future__ import annotations

import ctypes
import os
import resource
import select
import signal
import sys
import time

_SET_PDEATHSIG = 1  # linux/prctl.h
_SET_CHILD_SUBREAPER = 36
_NOT_FOUND = 127  # these two as a shell's
_SIGNALLED = 128
_PAUSE_SECONDS = 0.02
_LARGEST_FILE = 256 * 1024 * 1024
"""What a program may write into one file here: a host that hands over more would fill the operator's memory."""


def main() -> None:
    lifeline, folders, argv = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
    os.set_inheritable(lifeline, False)  # noqa: FBT003 the standard library's own
    # The provider alone says when it is over, by the pipe.
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, signal.SIG_IGN)
    # A process whose parent ends becomes this one's child, so that none gets lost.
    ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    child = os.fork()
    if child == 0:
        become(argv)
    code, told = wait(child, lifeline)
    end(os.getpid())
    if not told:
        remove(folders)
    os._exit(code)


def become(argv: list[str]) -> None:
    """Become the program `argv`, which ends when this process' parent is killed."""
    ctypes.CDLL(None).prctl(_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(sign, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST_FILE, _LARGEST_FILE))
    try:
        os.execvp(argv[0], argv)  # noqa: S606 an argument list of the provider's
    except OSError as error:
        os.write(2, f"{argv[0]}: {error.strerror}\n".encode())
    os._exit(_NOT_FOUND)


def wait(child: int, lifeline: int) -> tuple[int, bool]:
    """Wait for the end of `child` or for the lifeline; return a code, and whether the provider is still there."""
    poll = select.poll()
    ended = os.pidfd_open(child)
    for each in (ended, lifeline):
        poll.register(each, select.POLLIN)
    ready = [number for number, _ in poll.poll()]
    if lifeline in ready:
        return _SIGNALLED + signal.SIGKILL, os.read(lifeline, 1) != b""
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return (code if code >= 0 else _SIGNALLED - code), True


def end(root: int) -> None:
    """Kill what descends from `root` until nothing does; one that was just being started is met the next time."""
    while tree := descendants(root):
        for pid in tree:
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                continue
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(_PAUSE_SECONDS)


def descendants(root: int) -> list[int]:
    """Return the ids of the processes that `root` started, and of those that they did."""
    children: dict[int, list[int]] = {}
    for name in filter(str.isdigit, os.listdir("/proc")):  # noqa: PTH208 pathlib takes as long to import as all of this
        try:
            with open(f"/proc/{name}/stat", errors="replace") as stat:  # noqa: PTH123 as above
                # The name in parentheses may hold anything, so fields count from behind it: state, parent.
                parent = int(stat.read().rpartition(")")[2].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(name))
    found = list(children.get(root, []))
    for pid in found:  # grows as it goes
        found += children.get(pid, [])
    return found


def remove(beginning: str) -> None:
    """Remove the folders whose path begins with `beginning`."""
    import shutil  # noqa: PLC0415 it is seldom needed

    base, _, begins = beginning.rpartition("/")
    for name in os.listdir(base):  # noqa: PTH208 as above
        if name.startswith(begins):
            shutil.rmtree(f"{base}/{name}", ignore_errors=True)


if __name__ == "__main__":
    main()
