"""Where the project's own files are.

Simpul is used from its clone (an editable install): playbooks, charts and the Pulumi program stand beside the
package, so a path in the Pulumi state is relative to ROOT and means the same on every operator's machine.
"""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLAYBOOKS = ROOT / "playbooks"
CHARTS = ROOT / "charts"
POLICIES = ROOT / "policies"
TOOLCHAIN = ROOT / "infra" / "toolchain"
