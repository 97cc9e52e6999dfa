"""What k3s refuses on a host, refused by what stands in for it, in k3s' own words, and mended by what was there."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from e2e.rehearsal import Lab, host_shell

pytestmark = pytest.mark.e2e

SERVER, AGENT = "10.213.1.11", "10.213.2.12"


def test_a_machine_with_another_password_isn_t_the_node_of_its_name(lab: Lab) -> None:
    with other(lab, AGENT, "k3s-agent", "/etc/rancher/node/password", "another"):
        said(lab, AGENT, "k3s-agent", "Node password rejected, duplicate hostname")
    assert lab.settles()


def test_a_token_that_isn_t_the_datastore_s_starts_no_server(lab: Lab) -> None:
    with other(lab, SERVER, "k3s", "/etc/rancher/k3s/token", "another"):
        said(lab, SERVER, "k3s", "bootstrap data already found and encrypted with different token")
    assert lab.settles()


def test_a_range_that_isn_t_the_nodes_ends_the_server(lab: Lab) -> None:
    config = lab.run(*host_shell(lab, SERVER), "sudo cat /etc/rancher/k3s/config.yaml").stdout
    lines = ['cluster-cidr: "10.199.0.0/16"' if "cluster-cidr" in line else line for line in config.splitlines()]
    with other(lab, SERVER, "k3s", "/etc/rancher/k3s/config.yaml", "\n".join(lines)):
        said(lab, SERVER, "k3s", "out the range of cluster cidr")
    assert lab.settles()


@contextmanager
def other(lab: Lab, address: str, unit: str, path: str, text: str) -> Iterator[None]:
    """Let a file of a host say something else for as long as the block runs, and k3s start with each."""
    shell = host_shell(lab, address)
    lab.run(*shell, f"sudo cp -p {path} {path}.kept && sudo tee {path} > /dev/null <<'END'\n{text}\nEND")
    try:
        lab.run(*shell, f"sudo systemctl restart --no-block {unit}")
        yield
    finally:
        lab.run(*shell, f"sudo mv {path}.kept {path} && sudo systemctl restart {unit}")


def said(lab: Lab, address: str, unit: str, words: str) -> None:
    """Wait until k3s has said `words` since its unit was last started by hand."""
    deadline = time.monotonic() + 60
    command = f"sudo journalctl --unit={unit} --since=-60s --output=cat --no-pager"
    while words not in (log := lab.run(*host_shell(lab, address), command).stdout):
        assert time.monotonic() < deadline, log[-4000:]
        time.sleep(1)
