"""How the steps of a long work look on a terminal or in a log."""

from __future__ import annotations

import threading

import click

from simpul.lab.step import Event, Report

MARKS = {
    "begun": ("·", "cyan"),
    "going": (" ", "bright_black"),
    "done": ("✓", "green"),
    "failed": ("✗", "red"),
}


def reporter() -> Report:
    """Give a function that prints events, a line each; steps that run side by side don't mix their lines."""
    lock = threading.Lock()

    def report(event: Event) -> None:
        mark, color = MARKS[event.kind]
        text = f"  {event.text}" if event.kind == "going" else event.step
        time = f"  {event.seconds:.0f} s" if event.kind in ("done", "failed") else ""
        with lock:
            click.echo(click.style(f"{mark} {text}{time}", fg=color))

    return report
