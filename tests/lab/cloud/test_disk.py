"""The lab's disks: k3s's own provisioner once more, under the vendor's name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from kubernetes.client.exceptions import ApiException

from simpul.errors import OutsideError
from simpul.lab.cloud.cluster import disk

OWN: dict[str, Any] = {
    "metadata": {"name": "local-path-provisioner", "uid": "1"},
    "spec": {
        "selector": {"matchLabels": {"app": "local-path-provisioner"}},
        "template": {
            "metadata": {"labels": {"app": "local-path-provisioner"}},
            "spec": {
                "serviceAccountName": "local-path-provisioner",
                "containers": [{"name": "local-path-provisioner", "image": "a", "args": ["start", "--config", "b"]}],
            },
        },
    },
    "status": {"replicas": 1},
}


@dataclass
class Apps:
    """The part of a cluster's API that is asked; k3s puts its own provisioner in after `late` looks."""

    late: int = 0
    refuses: int = 0
    made: list[dict[str, Any]] = field(default_factory=list)

    @property
    def api_client(self) -> Apps:
        return self

    def sanitize_for_serialization(self, found: dict[str, Any]) -> dict[str, Any]:
        return found

    def read_namespaced_deployment(self, name: str, namespace: str, **_: Any) -> dict[str, Any]:
        self.late -= 1
        if self.late >= 0:
            raise ApiException(status=404, reason="Not Found")
        assert (name, namespace) == ("local-path-provisioner", "kube-system")
        return OWN

    def create_namespaced_deployment(self, namespace: str, body: dict[str, Any], **_: Any) -> None:
        if self.refuses:
            raise ApiException(status=self.refuses, reason="no")
        self.made.append(body)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "PERIOD", 0)


def test_it_serves_the_vendors_disks_beside_k3s_s_own() -> None:
    apps = Apps(late=2)
    disk.serve(apps)
    [made] = apps.made
    assert made["metadata"]["name"] == "csi-provisioner"
    template = made["spec"]["template"]
    assert template["metadata"]["labels"] == made["spec"]["selector"]["matchLabels"] == {"app": "csi-provisioner"}
    [container] = template["spec"]["containers"]
    assert container["args"] == ["start", "--config", "b", "--provisioner-name", "diskplugin.csi.alibabacloud.com"]
    assert "uid" not in made["metadata"]
    assert "status" not in made


def test_one_that_is_there_is_left_as_it_is() -> None:
    disk.serve(Apps(refuses=409))


def test_what_the_cluster_refuses_is_told() -> None:
    with pytest.raises(OutsideError, match="csi-provisioner"):
        disk.serve(Apps(refuses=403))
