"""The k3s role's preflight: a bundle that isn't whole goes nowhere."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from simpul.project import PLAYBOOKS

if TYPE_CHECKING:
    from conftest import Ansible

HERE = Path(__file__).parent
ROLE = PLAYBOOKS / "roles" / "k3s"
IMAGES = "k3s-airgap-images-amd64.tar.zst"
SUMS = "sha256sum-amd64.txt"


def make(folder: Path) -> Path:
    """Make a whole bundle."""
    folder.mkdir()
    for name in ("k3s", IMAGES):
        (folder / name).write_text(name)
    names = ("k3s", "k3s-arm64", IMAGES) if folder.name != "error.unlisted" else ("k3s",)
    lines = [f"{sha256(name.encode()).hexdigest()}  {name}\n" for name in names]
    (folder / SUMS).write_text("".join(lines))
    return folder


def host(bundle: Path) -> dict[str, Any]:
    return {
        "k3s_role": "server",
        "k3s_bundle": str(bundle),
        "k3s_token": "a-secret",
        "k3s_node_ip": "10.30.1.11",
        "k3s_cluster_name": "balikpapan-647101",
        "k3s_pod_cidr": "10.64.8.0/21",
        "k3s_service_cidr": "10.64.16.0/24",
        "k3s_dns": "10.64.16.10",
        "k3s_registry_host": "registry.balikpapan.go.id",
    }


@pytest.fixture(scope="module")
def said(ansible: Ansible) -> dict[str, str]:
    """Spoil a bundle in each way, and check all of them in one run."""
    names = ("ok", "error.altered", "error.cut_off", "error.no_program", "error.no_images", "error.no_sums",
             "error.unlisted", "error.no_folder")  # fmt: skip
    bundles = {name: make(ansible.folder / name) for name in names}
    (bundles["error.altered"] / "k3s").write_text("another program")
    (bundles["error.cut_off"] / IMAGES).write_text(IMAGES[:-1])
    (bundles["error.no_program"] / "k3s").unlink()
    (bundles["error.no_images"] / IMAGES).unlink()
    (bundles["error.no_sums"] / SUMS).unlink()
    bundles["error.no_folder"].rename(ansible.folder / "elsewhere")
    hosts = {name: host(bundle) for name, bundle in bundles.items()}
    hosts["error.lost_agent"] = {**hosts["ok"], "k3s_role": "agent"}
    hosts["error.unknown_role"] = {**hosts["ok"], "k3s_role": "master"}
    return ansible.fail(HERE / "preflight.yml", hosts, "--extra-vars", '{"role": "k3s"}')


def test_a_whole_bundle_passes(said: dict[str, str]) -> None:
    assert "ok" not in said


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("error.altered", ["error.altered/k3s: is not what its release says (got sha256 ", "Fetch it again"]),
        ("error.cut_off", [f"error.cut_off/{IMAGES}: is not what its release says"]),
        ("error.no_program", ["error.no_program/k3s: is missing"]),
        ("error.no_images", ["has no images, and a host fetches none (looked for k3s-airgap-images-amd64.tar.zst, "]),
        ("error.no_sums", [f"error.no_sums/{SUMS}: is missing or empty, so nothing in the bundle can be trusted"]),
        ("error.unlisted", [f"error.unlisted/{IMAGES}: is not what its release says", "expected a checksum in"]),
        ("error.no_folder", ["sha256sum-amd64.txt: is missing", "has no images", "error.no_folder/k3s: is missing"]),
        ("error.lost_agent", ["error.lost_agent: is an agent and doesn't know its server"]),
        ("error.unknown_role", ["value of k3s_role must be one of: server, agent, got: master"]),
    ],
)
def test_a_bundle_that_is_not_whole_is_told(name: str, words: list[str], said: dict[str, str]) -> None:
    for word in words:
        assert word in said[name]


def test_no_secret_is_said(said: dict[str, str]) -> None:
    assert "a-secret" not in "".join(said.values())


def test_nothing_but_the_run_s_own_folder_is_written_to(ansible: Ansible, tmp_path: Path) -> None:
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    here.mkdir()
    hosts = {"one": host(make(tmp_path / "bundle"))}
    said = ansible.fail(
        HERE / "preflight.yml",
        hosts,
        *("--extra-vars", '{"role": "k3s"}'),
        env={"ANSIBLE_REMOTE_TEMP": str(elsewhere)},
        cwd=here,
    )
    assert said == {}
    assert not list(here.iterdir())
    assert not elsewhere.exists()


def test_the_city_s_images_are_carried_where_the_bundle_has_some(ansible: Ansible, tmp_path: Path) -> None:
    without, carrying = make(tmp_path / "without"), make(tmp_path / "with")
    (carrying / "simpul-images-amd64.tar").write_text("images")
    (carrying / "simpul-images.txt").write_text("registry.example/kota/messaging:1\n")
    hosts = {each.name: {**host(each), "role": str(ROLE)} for each in (without, carrying)}
    told: dict[str, Any] = ansible.fail(HERE / "carried.yml", hosts)
    assert told["without"] == {"file": "", "names": ""}
    assert told["with"] == {
        "file": str(carrying / "simpul-images-amd64.tar"),
        "names": "registry.example/kota/messaging:1",
    }
