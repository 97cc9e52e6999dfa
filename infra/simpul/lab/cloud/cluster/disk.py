"""Disks of a cluster of the lab's cloud: a second provisioner, which answers to the name of the vendor's.

In: the API of a cluster that serves. Out: a copy of k3s's own provisioner for the volumes that ask for the vendor's
disks, whatever their class is told of encryption; the vendor's own classes and the city's are served by it alike.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from kubernetes.client.exceptions import ApiException

from simpul.errors import OutsideError
from simpul.lab.cloud.cluster.install import DISKS

NAMESPACE: Final = "kube-system"
OWN: Final = "local-path-provisioner"
NAME: Final = "csi-provisioner"
PATIENCE: Final = 120.0
"""Seconds that k3s may take to put its own provisioner in, after its API serves."""
PERIOD: Final = 1.0
TIMEOUT: Final = 5


def serve(apps: Any) -> None:
    """Have the vendor's disks served; where that is so already, nothing is done. Raises OutsideError."""
    try:
        apps.create_namespaced_deployment(NAMESPACE, copy(_own(apps)), _request_timeout=TIMEOUT)
    except ApiException as error:
        if error.status != HTTPStatus.CONFLICT:
            raise OutsideError.at(f"deployment {NAME}", "can't be made", str(error.reason)) from error


def copy(own: Mapping[str, Any]) -> dict[str, Any]:
    """Give a provisioner like k3s's `own`, under the vendor's name."""
    template = own["spec"]["template"]
    labels = {"app": NAME}
    first, *others = template["spec"]["containers"]
    told = {**first, "args": [*first["args"], "--provisioner-name", DISKS]}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": NAME, "namespace": NAMESPACE, "labels": labels},
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {**template["spec"], "containers": [told, *others]},
            },
        },
    }


def _own(apps: Any) -> dict[str, Any]:
    """Give k3s's own provisioner, which it puts in a moment after it begins to serve."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            found = apps.read_namespaced_deployment(OWN, NAMESPACE, _request_timeout=TIMEOUT)
        except ApiException as error:
            if error.status != HTTPStatus.NOT_FOUND or time.monotonic() > deadline:
                raise OutsideError.at(f"deployment {OWN}", "isn't there", str(error.reason)) from error
            time.sleep(PERIOD)
        else:
            plain: dict[str, Any] = apps.api_client.sanitize_for_serialization(found)
            return plain
