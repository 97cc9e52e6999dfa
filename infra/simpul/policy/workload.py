"""The kinds of objects that make pods."""

from __future__ import annotations

from typing import Final

KINDS: Final = ("Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob")
