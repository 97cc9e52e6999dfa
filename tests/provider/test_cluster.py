"""What a release leaves in its cluster when it fails, is cut off or is taken away; a dead cluster is asked once."""

from __future__ import annotations

import base64
import json
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from credential import identity
from provider.fakecluster import MANAGED, Fake, FakeHelm, fake_cluster
from provider.recorder import Lines, request
from provider.test_release import INPUTS, STATE
from simpul.errors import OutsideError
from simpul.provider import cluster
from simpul.provider.helm import Helm
from simpul.provider.kind import Change
from simpul.provider.release import Release

# The kubernetes package's own fault, in every answer that isn't a good one.
pytestmark = pytest.mark.filterwarnings("ignore:HTTPResponse.getheaders:DeprecationWarning")

NOT_THERE = "echo Error: release: not found >&2; exit 1"
RELEASE = Release(threading.Event())


def metadata(status: str, revision: int) -> str:
    return f"""echo '{{"revision": {revision}, "status": "{status}"}}'"""


@pytest.fixture
def fake() -> Iterator[Fake]:
    with fake_cluster() as made:
        yield made


@pytest.fixture
def inputs(fake: Fake) -> dict[str, Any]:
    return {**INPUTS, "kubeconfig": fake.kubeconfig}


@pytest.fixture
def helm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeHelm:
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return FakeHelm(tmp_path)


def release(folder: Path) -> Helm:
    return Helm(cluster.Cluster("balikpapan", None, folder / "kubeconfig"), "web", "web", threading.Event())


def test_a_cluster_that_hangs_up_is_asked_once() -> None:
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hang_up() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                asked.append(connection.recv(4096))
                connection.close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        text = identity().kubeconfig(server.getsockname()[1])
        with pytest.raises(cluster.Unreachable), cluster.connect("balikpapan", text):
            pass
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
    assert len(asked) == 1


def test_a_first_install_that_was_cut_off_is_taken_away(helm: FakeHelm, tmp_path: Path) -> None:
    helm.says(get=metadata("pending-install", 1))
    assert release(tmp_path).recover()
    assert helm.calls == ["get", "uninstall"]


def test_an_upgrade_that_was_cut_off_is_rolled_back(helm: FakeHelm, tmp_path: Path) -> None:
    helm.says(get=metadata("pending-upgrade", 3))
    assert release(tmp_path).recover()
    assert helm.calls == ["get", "rollback"]


def test_what_ran_before_is_left_running_when_helm_cannot_roll_back(helm: FakeHelm, tmp_path: Path) -> None:
    helm.says(get=metadata("pending-upgrade", 3), rollback="echo Error: the server is busy >&2; exit 1")
    with pytest.raises(OutsideError, match="the server is busy") as raised:
        release(tmp_path).recover()
    assert "helm rollback web --server-side=true --force-conflicts --namespace web" in str(raised.value)
    assert helm.calls == ["get", "rollback"]


def test_without_helm_it_says_where_one_comes_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OutsideError, match="simpul lab env"):
        release(tmp_path).status()


def test_a_first_install_that_fails_leaves_no_namespace(fake: Fake, helm: FakeHelm, inputs: dict[str, Any]) -> None:
    helm.says(get=NOT_THERE, upgrade="echo Error: no such image >&2; exit 1")
    with pytest.raises(OutsideError, match="no such image"):
        RELEASE.create(request(inputs=inputs))
    assert not fake.namespaces


def test_a_namespace_that_was_there_before_is_kept(fake: Fake, helm: FakeHelm, inputs: dict[str, Any]) -> None:
    fake.namespaces["web"] = MANAGED
    helm.says(get=NOT_THERE, upgrade="echo Error: no such image >&2; exit 1")
    with pytest.raises(OutsideError, match="no such image"):
        RELEASE.create(request(inputs=inputs))
    assert fake.namespaces == {"web": MANAGED}


def test_volumes_outlive_their_release(fake: Fake, helm: FakeHelm, inputs: dict[str, Any]) -> None:
    log = Lines()
    helm.says()
    fake.namespaces["web"] = MANAGED
    fake.claims = [{"name": "data-web-0"}, {"name": "going", "deletionTimestamp": "2026-01-01T00:00:00Z"}]
    RELEASE.delete(request(inputs=inputs, state=STATE, log=log))
    assert fake.namespaces == {"web": MANAGED}
    [said] = log.alerts
    assert "kubectl --namespace web delete persistentvolumeclaims data-web-0  " in said


def test_a_namespace_without_volumes_goes_with_its_last_release(
    fake: Fake, helm: FakeHelm, inputs: dict[str, Any]
) -> None:
    log = Lines()
    helm.says(list="echo other")
    fake.namespaces["web"] = MANAGED
    RELEASE.delete(request(inputs=inputs, state=STATE, log=log))
    assert fake.namespaces, "another release is in it"
    helm.says(list="echo web")
    RELEASE.delete(request(inputs=inputs, state=STATE, log=log))
    assert not fake.namespaces
    assert not log.alerts


def images(password: str) -> dict[str, Any]:
    return {"registry": "registry.example", "username": "deployer", "password": password}


def kept(fake: Fake) -> dict[str, Any]:
    """Return what the namespace's secret says of registries, by their hosts."""
    said = fake.secrets[f"/api/v1/namespaces/web/secrets/{cluster.IMAGES}"]
    assert said["type"] == "kubernetes.io/dockerconfigjson"
    auths: dict[str, Any] = json.loads(said["stringData"][".dockerconfigjson"])["auths"]
    return auths


def test_pods_find_the_login_of_the_registry_before_they_are_made(
    fake: Fake, helm: FakeHelm, inputs: dict[str, Any]
) -> None:
    helm.says(get=metadata("deployed", 1), upgrade="exit 0")
    RELEASE.create(request(inputs={**inputs, "images": images("first")}))
    pair = base64.b64encode(b"deployer:first").decode()
    assert kept(fake) == {"registry.example": {"username": "deployer", "password": "first", "auth": pair}}
    RELEASE.update(request(inputs={**inputs, "images": images("second")}, old=inputs, state=STATE))
    assert kept(fake)["registry.example"]["password"] == "second"
    RELEASE.update(request(inputs=inputs, old={**inputs, "images": images("second")}, state=STATE))
    assert fake.secrets == {}


def test_another_login_is_a_change_and_shows_none_of_it(inputs: dict[str, Any]) -> None:
    old, new = {**inputs, "images": images("first")}, {**inputs, "images": images("second")}
    changes = RELEASE.diff(request(inputs=new, old=old, state={**STATE, "status": "deployed"}))
    assert Change("images.password") in changes


def test_volumes_that_stay_are_left_without_the_login(fake: Fake, helm: FakeHelm, inputs: dict[str, Any]) -> None:
    helm.says(get=metadata("deployed", 1), upgrade="exit 0", uninstall="exit 0", list="echo web")
    given = {**inputs, "images": images("first")}
    RELEASE.create(request(inputs=given))
    fake.claims.append({"name": "data"})
    RELEASE.delete(request(inputs=given, old=given, state=STATE))
    assert fake.secrets == {}
