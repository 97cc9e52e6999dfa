"""Where volumes in the cloud come from."""

from __future__ import annotations

from typing import Any

import pytest

from simpul.city import City, load
from simpul.project import ROOT
from simpul.recording import Recording, record

RELEASE = "simpul:helm:Release"


@pytest.fixture(scope="module")
def recording() -> Recording:
    city: City = load(ROOT / "Pulumi.balikpapan.yaml")
    return record(city)


def releases(recording: Recording) -> dict[str, dict[str, Any]]:
    """Give the releases of the cloud's cluster by chart."""
    found = [each.inputs for each in recording.of(RELEASE) if each.inputs["cluster"] == "simpul-6471"]
    return {each["chart"]: dict(each) for each in found}


def test_volumes_in_the_cloud_are_on_disks_that_the_city_s_key_encrypts(recording: Recording) -> None:
    """None of ACK's own classes encrypts anything."""
    found = releases(recording)
    [pool] = {each.inputs["systemDiskKmsKey"] for each in recording.of("alicloud:cs/nodePool:NodePool")}
    assert found["charts/storage"]["values"] == {"className": "simpul-encrypted", "keyId": pool}
    assert found["charts/messaging"]["values"]["storage"]["className"] == "simpul-encrypted"


def test_a_site_has_no_such_class(recording: Recording) -> None:
    sites = [each.inputs for each in recording.of(RELEASE) if each.inputs["cluster"] != "simpul-6471"]
    assert {each["chart"] for each in sites} == {"charts/messaging"}
    assert {each["values"]["storage"]["className"] for each in sites} == {""}
