"""Releases rendered on this machine: objects as Kubernetes would get them, secrets masked."""

from __future__ import annotations

from datetime import date

import pytest

from simpul.errors import OutsideError
from simpul.policy import UNKNOWN, Frame, Judge, Manifest, Resource, load
from simpul.policy.render import namespaces, render
from simpul.policy.vendor import RELEASE
from simpul.provider import child

PASSWORD = "a-password-that-nobody-may-see"


def release(**values: object) -> Resource:
    tls = {"ca": UNKNOWN, "certificate": UNKNOWN, "key": UNKNOWN}
    props = {
        "chart": "charts/messaging",
        "cluster": "simpul-6471",
        "name": "messaging",
        "namespace": "messaging",
        "values": {
            "role": "hub",
            "domain": "hub",
            "image": "registry.example.go.id/city/messaging:2.15.2-0123456789ab",
            "users": {"simpul": {"password": PASSWORD}},
            "sites": {"647101": {"password": UNKNOWN}},
            "tls": tls,
            **values,
        },
    }
    return Resource(RELEASE, "messaging", props, secrets=frozenset({PASSWORD}), frame=Frame())


def test_a_release_renders_to_its_objects_before_anything_of_it_is_known() -> None:
    made = render(release())
    kinds = {manifest.kind for manifest in made}
    assert {"StatefulSet", "Service", "Secret", "NetworkPolicy"} <= kinds
    assert {manifest.namespace for manifest in made} == {"messaging"}
    assert [n.name for n in namespaces(made)] == ["simpul-6471/messaging"]


def test_the_messaging_chart_keeps_every_rule_of_manifests() -> None:
    made = render(release())
    judge = Judge(load(), (), date(2026, 11, 24))
    assert [str(finding) for subject in (*made, *namespaces(made)) for finding in judge.judge(subject)] == []


def test_no_secret_reaches_helm(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[str] = []
    run = child.run

    def spy(argv: list[str], *, stdin: str, **options: object) -> child.Done:
        given.append(f"{argv} {stdin}")
        return run(argv, stdin=stdin, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(child, "run", spy)
    render(release())
    assert given
    assert PASSWORD not in given[0]
    assert "masked0000" in given[0]


def test_what_is_marked_secret_is_judged_as_it_is_and_never_shown() -> None:
    image = "docker.io/somebody/messaging:latest"
    marked = release(image=image)
    marked = Resource(RELEASE, "messaging", marked.props, secrets=frozenset({PASSWORD, image}), frame=Frame())
    made = render(marked)
    [pods] = [each for each in made if each.kind == "StatefulSet"]
    assert image in {container["image"] for container in pods.containers()}
    found = [f for each in made for f in Judge(load(), (), date(2026, 11, 24)).judge(each)]
    assert {"pod-image-pin", "pod-image-registry"} <= {finding.rule.id for finding in found}
    assert "somebody" not in "".join(map(str, found))


def test_what_can_not_be_rendered_for_want_of_values_is_not_judged_yet() -> None:
    assert render(release(service=UNKNOWN)) == ()
    assert render(Resource(RELEASE, "messaging", {"chart": UNKNOWN})) == ()


def test_a_chart_that_can_not_be_rendered_is_told_in_helms_words() -> None:
    broken = release()
    props = {**broken.props, "values": {"image": "a:1"}}
    with pytest.raises(OutsideError, match="release messaging/messaging in simpul-6471: "):
        render(Resource(RELEASE, "messaging", props))


def test_a_manifest_names_the_pod_that_it_makes() -> None:
    cron = {
        "kind": "CronJob",
        "spec": {"jobTemplate": {"spec": {"template": {"spec": {"containers": [{"name": "a"}]}}}}},
    }
    manifest = Manifest("c", "r", "n", cron)
    assert [container["name"] for container in manifest.containers()] == ["a"]
    assert Manifest("c", "r", "n", {"kind": "Service"}).pod is None
