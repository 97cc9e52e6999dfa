"""How an Ansible run went on each host, gathered from ansible-runner's events as they come.

In goes one event after the other; at any time `of` says what a host's run has come to: whether it failed and at
what, whether anything was changed, and the manifest of what is managed there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from simpul.provider.manifest import Manifest, record

_CHECKS: Final = frozenset({"assert", "fail"})
_CENSORED: Final = "its output is hidden (no_log)"


@dataclass(frozen=True)
class Fault:
    """Why a host's run ended early."""

    kind: Literal["failed", "unreachable"]
    task: str
    message: str


@dataclass
class Outcome:
    """What one host's run has come to. `touched` means that something on it may have been changed."""

    fault: Fault | None = None
    touched: bool = False
    finished: bool = False
    manifest: Manifest = field(default_factory=dict)
    kubeconfig: str = ""


class Outcomes:
    """The outcome of every host of a run."""

    def __init__(self, on_task: Mapping[str, Callable[[str], None]]) -> None:
        """Tell each host's task to its entry in `on_task` as the task begins."""
        self._on_task = on_task
        self._of = {name: Outcome() for name in on_task}

    def of(self, host: str) -> Outcome:
        """Return what `host`'s run has come to."""
        return self._of[host]

    def take(self, event: Mapping[str, Any]) -> None:
        """Take in one event of ansible-runner."""
        data = event.get("event_data") or {}
        kind = event.get("event", "")
        if kind == "playbook_on_stats":
            self._finish(data)
        host = data.get("host")
        if host not in self._of:
            return
        outcome, result = self._of[host], data.get("res") or {}
        if kind == "runner_on_start":
            self._on_task[host](str(data.get("task", "")))
        elif kind in ("runner_on_ok", "runner_item_on_ok"):
            outcome.touched |= bool(result.get("changed"))
            if "results" not in result:  # a loop's items came one by one before
                record(outcome.manifest, str(data.get("task_action", "")), result)
        elif kind == "runner_on_unreachable":
            outcome.fault = Fault("unreachable", str(data.get("task", "")), str(result.get("msg", "")))
        elif kind == "runner_on_failed" and not data.get("ignore_errors"):
            action = str(data.get("task_action", "")).rpartition(".")[2]
            outcome.touched |= action not in _CHECKS
            outcome.fault = Fault("failed", str(data.get("task", "")), _message(result))

    def _finish(self, stats: Mapping[str, Any]) -> None:
        for host, outcome in self._of.items():
            failed = bool((stats.get("failures") or {}).get(host))
            dark = bool((stats.get("dark") or {}).get(host))
            if not failed and not dark:
                outcome.fault = None  # a rescue block mended it
            outcome.finished = not failed and not dark and host in (stats.get("processed") or {})


def _message(result: Mapping[str, Any]) -> str:
    """Return what a failed task says, as its author meant it."""
    if result.get("_ansible_no_log") or "censored" in result:
        return _CENSORED
    items = [_message(item) for item in result.get("results") or [] if item.get("failed")]
    if items:
        return "; ".join(items)
    message = result.get("msg") or "failed without a message"
    if isinstance(message, list):
        message = "; ".join(str(line) for line in message)
    words = str(result.get("stderr") or result.get("module_stderr") or "").strip().splitlines()[-5:]
    return "\n".join([str(message).strip(), *words])
