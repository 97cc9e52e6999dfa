"""An office is added to a running city and taken out again, with all that stood for it on this machine."""

from __future__ import annotations

import json
import subprocess

import pytest

from e2e.rehearsal import Lab
from simpul.lab import machine, network
from simpul.project import ROOT

pytestmark = pytest.mark.e2e

OFFICE, HOST, NUMBER = "64.71.03", "bpn-utara-1", 3


def rehearse(sites: int) -> None:
    """Type `simpul lab up --sites N`; its lines go to the log of the tests."""
    subprocess.run(["simpul", "lab", "up", "--sites", str(sites)], cwd=ROOT, check=True, timeout=900)


def at_rest(lab: Lab) -> bool:
    """Say whether a preview finds nothing to do."""
    return set(json.loads(lab.pulumi("preview", "--json"))["changeSummary"]) == {"same"}


def test_an_office_joins_and_leaves(lab: Lab) -> None:
    try:
        rehearse(3)
        assert lab.settles()
        assert OFFICE in {site["code"] for site in lab.status()["sites"]}
        assert at_rest(lab)
    finally:
        rehearse(2)
    assert lab.settles()
    assert OFFICE not in {site["code"] for site in lab.status()["sites"]}
    assert at_rest(lab)
    assert HOST not in {each.name for each in machine.list_all()}
    assert NUMBER not in network.list_numbers()
