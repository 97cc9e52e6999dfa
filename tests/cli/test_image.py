"""`simpul image push`: to the registry's name that answers here, by the login that the stack has."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from cli.command import Shell
from simpul.cli import image
from simpul.image import door
from simpul.image.recipe import reference
from simpul.image.registry import Login
from simpul.project import ROOT

CITY = ROOT / "Pulumi.balikpapan.yaml"
MADE = {
    "address": "simpul-6471-balikpapan-registry-vpc.ap-southeast-5.cr.aliyuncs.com/balikpapan",
    "username": "deployer@5123456789012345.onaliyun.com",
    "password": "Sandi-rahasia-1",
}


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Give what is built, without building it."""
    calls: list[dict[str, Any]] = []

    def build(recipe: Path, **how: Any) -> str:
        calls.append({"recipe": recipe.parent.name, **how})
        return f"{how['registry']}/{recipe.parent.name}"

    monkeypatch.setattr(image, "build", build)
    return calls


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have no name resolve."""

    def refuse(*_: Any) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "create_connection", refuse)


@pytest.mark.usefixtures("nowhere")
def test_images_go_to_the_public_name_with_the_stack_s_login(
    shell: Shell, built: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image, "image_registry", {"balikpapan": MADE}.get)
    said = shell.run("image", "push", str(CITY))
    assert said.code == 0, said.err
    messaging = next(each for each in built if each["recipe"] == "messaging")
    assert messaging["registry"] == "simpul-6471-balikpapan-registry.ap-southeast-5.cr.aliyuncs.com/balikpapan"
    assert messaging["login"] == Login(MADE["username"], MADE["password"])
    assert messaging["plain"] is False
    assert MADE["password"] not in said.out + said.err


def test_from_the_city_s_network_images_go_to_the_name_that_it_resolves(
    shell: Shell, built: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def answer(where: tuple[str, int], _: float) -> socket.socket:
        asked.append(where[0])
        return socket.socket()

    monkeypatch.setattr(socket, "create_connection", answer)
    monkeypatch.setattr(image, "image_registry", {"balikpapan": MADE}.get)
    assert shell.run("image", "push", str(CITY)).code == 0
    assert {each["registry"] for each in built} == {MADE["address"]}
    assert asked == ["simpul-6471-balikpapan-registry-vpc.ap-southeast-5.cr.aliyuncs.com"]


@pytest.mark.parametrize("address", ["registry.balikpapan.go.id/kota", "registry.ap-southeast-5.aliyuncs.com/kota"])
def test_a_registry_of_one_name_is_pushed_to_by_that(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "create_connection", pytest.fail)
    assert door.reachable(address) == address


def test_a_registry_that_isn_t_made_yet_is_told_before_anything_is_built(
    shell: Shell, built: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image, "image_registry", {}.get)
    said = shell.run("image", "push", str(CITY))
    assert said.code == 1
    assert "stack balikpapan: has no registry yet" in said.err
    assert built == []


def test_what_is_carried_has_the_names_that_pods_ask_for(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def archive(recipes: list[Path], out: Path, _tell: Any, called: Any) -> tuple[str, ...]:
        out.write_text("images")
        return tuple(called(each) for each in recipes)

    monkeypatch.setattr(image, "archive", archive)
    monkeypatch.setattr(image, "ROOT", tmp_path)
    assert shell.run("image", "carry", str(CITY)).code == 0
    bundle = tmp_path / "bundles" / "k3s"
    assert (bundle / "simpul-images-amd64.tar").exists()
    told = (bundle / "simpul-images.txt").read_text().splitlines()
    assert reference("messaging", MADE["address"]) in told
