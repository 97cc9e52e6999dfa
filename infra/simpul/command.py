"""Run one program to its end.

Enters an argument list, without secrets; leaves its standard output, or an OutsideError that names the
program, its exit code and its last words.
"""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from simpul import environment
from simpul.errors import OutsideError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

LAST_LINES = 12


def run(
    argv: Sequence[str | Path],
    *,
    where: str,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: str | None = None,
    seconds: float | None = None,
) -> str:
    """Run `argv` and give what it printed.

    `where` is the place that an error names, `env` the whole environment if it isn't what simpul.environment has for
    the program, `seconds` how long it may take. Raises OutsideError if it can't start, fails or takes longer.
    """
    given = environment.of(str(argv[0])) if env is None else env
    try:
        done = subprocess.run(
            argv, cwd=cwd, env=given, input=stdin, timeout=seconds, capture_output=True, text=True, check=False
        )
    except FileNotFoundError as error:
        raise OutsideError.at(
            where,
            f"the program {argv[0]} isn't installed",
            str(error),
            f"install it: apt-get install {argv[0]}",
        ) from error
    except subprocess.TimeoutExpired as error:
        raise OutsideError.at(where, f"{argv[0]} took more than {seconds:.0f} s") from error
    if done.returncode != 0:
        words = (done.stderr.strip() or done.stdout.strip()).splitlines()[-LAST_LINES:]
        raise OutsideError.at(where, f"{argv[0]} failed with exit code {done.returncode}", "\n".join(words))
    return done.stdout
