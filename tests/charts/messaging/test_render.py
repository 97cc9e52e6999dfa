"""What Helm makes of the chart's example values: as recorded, as Kubernetes wants it, and nothing of a bad value."""

from __future__ import annotations

import copy
import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from charts.messaging.rendering import CHART, Values, content, objects, one, render

EXAMPLES = sorted((CHART / "ci").glob("*.yaml"))
GOLDEN = Path(__file__).parent / "golden"
KUBERNETES = "1.34"
HASH = "$2b$06$" + "9" * 53


def example(name: str) -> Values:
    values: Values = yaml.safe_load((CHART / "ci" / f"{name}.yaml").read_text())
    return values


def plain(made: list[dict[str, Any]]) -> str:
    """Write the objects as a reader wants them: Secrets opened, and what only counts versions left out."""
    shown = copy.deepcopy(made)
    for each in shown:
        if each["kind"] == "Secret":
            each["data"] = content(made, each["metadata"]["name"])
        if each["kind"] == "StatefulSet":
            each["spec"]["template"]["metadata"]["annotations"]["simpul.id/configuration"] = "(a digest)"
    return yaml.safe_dump_all(shown, sort_keys=False, width=120)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_renders_as_recorded(path: Path) -> None:
    made, golden = plain(objects(example(path.stem))), GOLDEN / path.name
    if os.environ.get("UPDATE_GOLDEN"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(made)
    assert made == golden.read_text(), f"UPDATE_GOLDEN=1 pytest {Path(__file__).name} records what is now rendered"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_passes_helms_own_lint(path: Path) -> None:
    command = ["helm", "lint", "--strict", "--quiet", str(CHART), "--values", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_object_is_what_kubernetes_takes(path: Path) -> None:
    made = objects(example(path.stem))
    assert {each["kind"] for each in made} == {"Secret", "Service", "StatefulSet", "NetworkPolicy"}
    for each in made:
        kubernetes_validate.validate(each, KUBERNETES, strict=True)


@pytest.mark.parametrize("name", ["hub", "leaf"])
def test_every_container_is_as_restricted_as_the_namespace_asks(name: str) -> None:
    pod = one(objects(example(name)), "StatefulSet")["spec"]["template"]["spec"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in (*pod["initContainers"], *pod["containers"]):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert container["resources"]["limits"]["memory"]


@pytest.mark.parametrize("name", ["hub", "leaf"])
def test_no_password_or_key_stands_outside_of_a_secret(name: str) -> None:
    values = example(name)
    secrets = [values["tls"]["key"], *re.findall(r"made-up-for-rendering-\d", json.dumps(values))]
    shown = yaml.safe_dump_all([each for each in objects(values) if each["kind"] != "Secret"])
    assert [secret for secret in secrets if secret in shown] == []


@pytest.mark.parametrize("name", ["hub", "leaf"])
def test_the_monitoring_port_is_on_no_service_and_let_in_by_no_policy(name: str) -> None:
    made = objects(example(name))
    shown = json.dumps([one(made, "Service")["spec"], one(made, "NetworkPolicy")["spec"]])
    assert "monitor" not in shown
    assert "8222" not in shown


@pytest.mark.parametrize("change", ["password", "key"])
def test_a_new_password_or_key_restarts_the_pod(change: str) -> None:
    values = example("leaf")
    before = one(objects(values), "StatefulSet")
    if change == "password":
        values["clients"]["report"]["users"]["report"] = {"hash": HASH}
    else:
        values["tls"]["key"] = values["tls"]["key"].replace("bm90", "bm91")
    assert one(objects(values), "StatefulSet") != before


def test_the_hub_draws_from_the_sites_that_it_is_given() -> None:
    values = example("hub")
    values["sites"] = {"647103": {"hash": HASH}}
    declared = json.loads(content(objects(values), "messaging-configuration")["sites.json"])
    assert declared == [{"name": "647103", "area": "reports.647103.>"}]
    values["sites"] = {}
    assert json.loads(content(objects(values), "messaging-configuration")["sites.json"]) == []


def test_a_leafs_pod_says_how_to_ask_what_is_unsent_and_a_hubs_owes_nobody() -> None:
    for name, said in (("leaf", "/messaging unsent"), ("hub", None)):
        template = one(objects(example(name)), "StatefulSet")["spec"]["template"]
        assert template["metadata"]["annotations"].get("simpul.id/unsent") == said


BAD: dict[str, tuple[str, dict[str, Any], str]] = {
    "no hash": ("hub", {"clients": {"reader": {"users": {"reader": {"hash": None}}}}}, "/clients/reader/users/reader"),
    "a password where its hash belongs": (
        "hub",
        {"clients": {"reader": {"users": {"reader": {"hash": "a-password-of-the-tests"}}}}},
        "/clients/reader/users/reader/hash",
    ),
    "a site's password where its hash belongs": (
        "hub",
        {"sites": {"647101": {"hash": "a-password-of-the-tests"}}},
        "/sites/647101/hash",
    ),
    "a subject that the configuration would read as more": (
        "hub",
        {"clients": {"reader": {"subscribe": ['reports.>"] evil: ["']}}},
        "/clients/reader/subscribe/0",
    ),
    "a subject of the server's own": ("leaf", {"clients": {"report": {"publish": ["$JS.API.>"]}}}, "/publish/0"),
    "a NATS client that publishes": ("hub", {"clients": {"reader": {"publish": ["reports.>"]}}}, "/publish"),
    "three passwords": (
        "leaf",
        {"clients": {"report": {"users": {"report.3": {"hash": HASH}}}}},
        "/clients/report/users",
    ),
    "no clients": ("hub", {"clients": None}, "missing property 'clients'"),
    "no certificate": ("leaf", {"tls": {"certificate": None}}, "/tls"),
    "certificate that isn't PEM": ("leaf", {"tls": {"certificate": "x"}}, "/tls/certificate"),
    "no role": ("hub", {"role": None}, "missing property 'role'"),
    "unknown role": ("hub", {"role": "spoke"}, "/role"),
    "unknown value": ("hub", {"replicas": 3}, "replicas"),
    "a leaf without a hub": ("leaf", {"hub": None}, "missing property 'hub'"),
    "a leaf with sites": ("leaf", {"sites": {}}, "''"),
    "a hub of a hub": ("hub", {"hub": {"url": "tls://x:1", "password": "made-up-for-rendering-2"}}, "''"),
    "a hub without TLS": ("leaf", {"hub": {"url": "nats://10.64.0.10:7422"}}, "/hub/url"),
    "a password in the hub's address": ("leaf", {"hub": {"url": "tls://a:b@10.64.0.10:7422"}}, "/hub/url"),
    "an image without a tag": ("leaf", {"image": "registry.example/messaging"}, "/image"),
    "no room": ("leaf", {"storage": {"gib": 0}}, "/storage/gib"),
    "no time": ("leaf", {"maxAgeDays": 0}, "/maxAgeDays"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_value_is_refused_with_its_path(name: str) -> None:
    base, change, where = BAD[name]
    done = render(merge(example(base), change))
    assert done.returncode != 0
    assert where in done.stderr


def merge(values: Values, change: Values) -> Values:
    """Give `values` with `change` in it; None takes a key out."""
    merged = dict(values)
    for key, value in change.items():
        if value is None:
            del merged[key]
        elif isinstance(value, dict) and isinstance(merged.get(key), dict):
            merged[key] = merge(merged[key], value)
        else:
            merged[key] = value
    return merged


def test_the_charts_version_of_nats_is_the_images() -> None:
    stated = yaml.safe_load((CHART / "Chart.yaml").read_text())["appVersion"]
    required = (CHART / "image" / "go.mod").read_text()
    assert f"github.com/nats-io/nats-server/v2 v{stated}\n" in required
