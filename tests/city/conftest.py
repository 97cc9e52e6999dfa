"""A good declaration as data, to be spoilt by tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml


@pytest.fixture
def declaration() -> dict[str, Any]:
    """Give the city of `case/ok.whole.yaml` as a mapping of the test's own."""
    text = Path(__file__).with_name("case").joinpath("ok.whole.yaml").read_text("utf-8")
    declared: dict[str, Any] = yaml.safe_load(text)["config"]["simpul:city"]
    return declared
