"""Helm's words, objects, and the reasons of pods, as what the provider makes of them."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

from kubernetes.client import ApiClient

from simpul.provider import drift, helm, waiting


def pod(document: dict[str, Any]) -> Any:
    answer = SimpleNamespace(data=json.dumps(document))
    return ApiClient().deserialize(answer, "V1Pod")


def test_helm_s_words_without_its_log() -> None:
    err = 'level=WARN msg="x"\nI1124 07:00:00 trace\nError: UPGRADE FAILED: context deadline exceeded\n'
    assert helm.words(err) == "UPGRADE FAILED: context deadline exceeded"
    assert helm.words("") == "helm failed without a word"


def test_objects_of_a_manifest() -> None:
    manifest = "---\nkind: A\n---\n---\nkind: List\nitems: [{kind: B}, {kind: C}]\n"
    assert [found["kind"] for found in drift.objects(manifest)] == ["A", "B", "C"]


def test_what_differs_is_named_without_its_value() -> None:
    live = {"data": {"a": "1"}, "metadata": {"resourceVersion": "1", "labels": {"x": "y"}}, "status": {"n": 1}}
    applied = {"data": {"a": "2"}, "metadata": {"resourceVersion": "2", "labels": {"x": "y"}}, "status": {"n": 2}}
    assert drift.differing(live, applied) == ["data.a"]
    assert drift.differing(live, live) == []


def test_many_differences_are_counted() -> None:
    live = {"data": {str(n): "a" for n in range(8)}}
    found = drift.differing(live, {"data": {}})
    assert found[-1] == "and 3 more"


def test_why_a_pod_isn_t_ready() -> None:
    waits = {"waiting": {"reason": "ImagePullBackOff", "message": "no such image"}}
    ended = {"terminated": {"exitCode": 1, "reason": "Error"}}
    status = {
        "phase": "Pending",
        "conditions": [{"type": "PodScheduled", "status": "False", "message": "0/1 nodes are available"}],
        "containerStatuses": [
            {"name": "web", "image": "i", "imageID": "", "ready": False, "restartCount": 0, "state": waits},
            {"name": "log", "image": "i", "imageID": "", "ready": False, "restartCount": 3, "lastState": ended},
        ],
    }
    found = pod({"metadata": {"name": "web-0"}, "status": status})
    assert not waiting.is_ready(found)
    assert list(waiting.explain(found)) == [
        "can't be scheduled: 0/1 nodes are available",
        "web ImagePullBackOff: no such image",
        "log ended with exit code 1 (Error)",
    ]


def test_a_pod_that_is_done_or_ready() -> None:
    assert waiting.is_ready(pod({"status": {"phase": "Succeeded"}}))
    assert waiting.is_ready(pod({"status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}}))


def test_what_helm_adds_is_no_drift() -> None:
    found = drift.owned({"kind": "A", "metadata": {"name": "a", "labels": {"x": "y"}}}, "web", "ns")
    assert found["metadata"]["labels"] == {"x": "y", "app.kubernetes.io/managed-by": "Helm"}
    assert found["metadata"]["annotations"] == {
        "meta.helm.sh/release-name": "web",
        "meta.helm.sh/release-namespace": "ns",
    }
