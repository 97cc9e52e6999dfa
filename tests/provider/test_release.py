"""What a difference in a release means, and a cluster that can't be reached. What helm does is the lab's to show."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from threading import Event
from typing import Any

import pytest

from credential import identity
from provider.recorder import Lines, request
from provider.test_chart import CHART, GOOD
from simpul.errors import OutsideError
from simpul.provider import chart, cluster, schema
from simpul.provider.kind import Change
from simpul.provider.release import Release
from simpul.provider.wire import UNKNOWN, Secret, plain

RELEASE = Release(Event())


def kubeconfig(host: str, *, authority: str = "ours", key: str = "ours") -> str:
    """Write a kubeconfig with an authority, and a certificate and key that may be another's."""
    mixed = replace(identity(key), authority=identity(authority).authority)
    return mixed.kubeconfig(6443, host=host)


INPUTS = {
    **schema.defaults(Release.token),
    "cluster": "balikpapan",
    "kubeconfig": kubeconfig("10.0.0.1"),
    "name": "web",
    "namespace": "web",
    "chart": CHART,
    "values": GOOD,
}
STATE = {"status": "deployed", "digest": chart.digest(CHART, GOOD), "revision": 1, "drift": {}}


@pytest.fixture
def offline() -> Iterator[dict[str, Any]]:
    """Give inputs whose cluster's address nobody listens at."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield {**INPUTS, "kubeconfig": identity().kubeconfig(held.getsockname()[1])}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"kubeconfig": kubeconfig("10.0.0.1", key="new")}, []),
        ({"kubeconfig": kubeconfig("10.0.0.1", authority="another")}, [Change("kubeconfig")]),
        ({"kubeconfig": kubeconfig("10.0.0.2")}, [Change("kubeconfig")]),
        ({"kubeconfig": UNKNOWN}, [Change("kubeconfig")]),
        ({"timeoutSeconds": 1, "offlineDays": 1}, []),
        ({"values": {**GOOD, "replicas": 3}}, [Change("values.replicas")]),
        ({"values": {**GOOD, "mode": UNKNOWN}}, [Change("values.mode", "add")]),
        ({"cluster": "other"}, [Change("cluster", replace=True)]),
        ({"namespace": "other"}, [Change("namespace", replace=True)]),
    ],
)
def test_what_a_difference_means(change: dict[str, Any], expected: list[Change]) -> None:
    assert RELEASE.diff(request(inputs={**INPUTS, **change}, old=INPUTS, state=STATE)) == expected


@pytest.mark.parametrize(
    ("state", "path"),
    [
        ({"digest": "of other files"}, "digest"),
        ({"status": "deferred"}, "status"),
        ({"status": "failed"}, "status"),
        ({"drift": {"Deployment web": "spec.replicas"}}, 'drift["Deployment web"]'),
    ],
)
def test_what_the_state_asks_for(state: dict[str, Any], path: str) -> None:
    found = RELEASE.diff(request(inputs=INPUTS, old=INPUTS, state={**STATE, **state}))
    assert [change.path for change in found] == [path]
    assert not found[0].is_input


def test_bad_inputs_are_all_named() -> None:
    bad = {**INPUTS, "name": "Web", "timeoutSeconds": 0, "kubeconfig": "{}", "values": {**GOOD, "replicas": 0}}
    found = RELEASE.check(bad, marked={**bad, "values": Secret(bad["values"])})
    assert [failure.property for failure in found] == ["name", "timeoutSeconds", "kubeconfig", "values.replicas"]
    assert found[-1].reason == "must be at least 1 (got a secret)"


def test_a_cluster_out_of_reach_is_put_off_while_its_link_allows(offline: dict[str, Any]) -> None:
    log = Lines()
    made, state = RELEASE.create(request(inputs={**offline, "offlineDays": 7}, log=log))
    assert (made, state["status"], state["revision"]) == ("balikpapan/web/web", "deferred", 0)
    assert state["deferredSince"]
    assert "put off: its link allows 7 days offline" in log.alerts[0]

    again = RELEASE.update(request(inputs={**offline, "offlineDays": 7}, state=plain(state)))
    assert again["deferredSince"] == state["deferredSince"], "it counts from the first day"

    long_ago = {**plain(state), "deferredSince": "2020-01-01T00:00:00+00:00"}
    with pytest.raises(OutsideError, match="longer than the 7 days that its link allows"):
        RELEASE.update(request(inputs={**offline, "offlineDays": 7}, state=long_ago))
    with pytest.raises(cluster.Unreachable, match="cluster balikpapan: can't be reached at http"):
        RELEASE.create(request(inputs=offline))


def test_a_cluster_out_of_reach_keeps_its_state(offline: dict[str, Any]) -> None:
    log = Lines()
    assert plain(RELEASE.read(request(inputs=offline, state=STATE, log=log))) == STATE
    assert "what is known of it stays as it was" in log.alerts[0]
    with pytest.raises(OutsideError, match="pulumi state delete 'urn:pulumi:trial::trial::a:b:C::it'"):
        RELEASE.delete(request(inputs=offline, state=STATE))


def test_a_cluster_that_was_never_there() -> None:
    never = {**INPUTS, "kubeconfig": ""}
    assert RELEASE.create(request(inputs={**never, "offlineDays": 1}))[1]["status"] == "deferred"
    with pytest.raises(OutsideError, match="has no kubeconfig yet"):
        RELEASE.create(request(inputs=never))
    RELEASE.delete(request(inputs=never, state=STATE))


def test_a_preview_reaches_no_cluster(offline: dict[str, Any]) -> None:
    _, state = RELEASE.create(request(inputs=offline, preview=True))
    assert state["revision"] is UNKNOWN


def test_the_identity_of_a_cluster_has_no_credentials() -> None:
    assert cluster.identity(kubeconfig("10.0.0.1")) == cluster.identity(kubeconfig("10.0.0.1", key="new"))
    assert cluster.identity("not: a kubeconfig") is None
