"""The first day, on a real engine: the cloud is made before its workloads, as its registry has no images yet."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import pulumi
import pytest
from pulumi import automation

from cloud.engine import balikpapan, open_stack, removable, run
from lab.cloud.client import serve
from lab.cloud.fake import FakeBacking
from simpul.city import City
from simpul.cloud import find
from simpul.lab.cloud.cluster.backing import Cluster, Credential
from simpul.program import Part, compose


def pem(kind: str) -> str:
    """Return a text that looks like a PEM file of that kind, in base64."""
    return base64.b64encode(f"-----BEGIN {kind}-----\nbm90aGluZw==\n-----END {kind}-----\n".encode()).decode()


class Backing(FakeBacking):
    """Clusters whose credential is in the vendor's form; it opens nothing."""

    def credential(self, cluster: Cluster) -> Credential:
        del cluster
        return Credential(pem("CERTIFICATE"), pem("CERTIFICATE"), pem("PRIVATE KEY"))


def declare(city: City, part: Part) -> Callable[[], None]:
    """Give the program for a part of `city`."""

    def program() -> None:
        for name, value in compose(city, find(city), part).items():
            pulumi.export(name, value)

    return program


@pytest.mark.engine
def test_the_cloud_alone_tells_where_images_go_and_the_rest_comes_on_top(tmp_path: Path) -> None:
    city = removable(balikpapan()).model_copy(update={"sites": ()})
    (tmp_path / "work").mkdir()
    with serve(tmp_path / "cloud", Backing()) as cloud:
        stack = open_stack(cloud, tmp_path / "work", city)
        stack.workspace.program = declare(city, "cloud")
        assert run(stack.up).done == {"create"}
        registry = automation.Stack.outputs(stack)["image_registry"].value
        assert registry["address"].endswith("/balikpapan")
        assert registry["username"].endswith(".onaliyun.com")
        assert registry["password"]
        stack.workspace.program = declare(city, "all")
        rest = run(stack.preview)
        assert rest.done == {"create", "same"}
        made = [urn for urn, done in rest.steps.items() if done == "create"]
        assert [urn for urn in made if "simpul:helm:Release" in urn]
        assert all("simpul:platform:" in urn for urn in made)
