"""Where the project's own files are.

Simpul is used from its clone (an editable install): playbooks, charts and the Pulumi program stand beside the
package, so a path in the Pulumi state is relative to ROOT and means the same on every operator's machine. What is built
of them stands in a cache of the user's.
"""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLAYBOOKS = ROOT / "playbooks"
CHARTS = ROOT / "charts"
POLICIES = ROOT / "policies"
TOOLCHAIN = ROOT / "infra" / "toolchain"

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "simpul"
"""What is expensive to make, keyed by version or digest: it outlives labs and clones."""

CARRIED, NAMES = "simpul-images-amd64.tar", "simpul-images.txt"
"""The city's own images in a bundle of k3s, for hosts that reach no registry, and what they are called there."""
