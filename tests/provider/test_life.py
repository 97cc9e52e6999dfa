"""The life of hosts under the real engine: preview, up, nothing to do, drift, update, destroy."""

from __future__ import annotations

from collections.abc import Callable

import pulumi
import pytest

from provider.engine import Engine, declare
from provider.fakehost import Machine
from simpul.provider.resource import Host, HostArgs

pytestmark = pytest.mark.engine
TOKEN = "t0p-{{ secret }}"


def test_hosts_are_made_kept_mended_and_removed(engine: Engine, start: Callable[[str], Machine]) -> None:
    one, two = start("one"), start("two")
    wish = {"settings": "first"}

    def program() -> None:
        token = pulumi.Output.secret(TOKEN)
        for machine in (one, two):
            more = {"token": token, "kubeconfig": pulumi.Output.secret(machine.kubeconfig), **wish}
            host = Host(machine.name, HostArgs(**machine.inputs(vars=more)))
            declare(**{machine.name: host.kubeconfig})

    assert engine.preview(program) == {"create": 3}
    assert not one.sessions, "a preview reaches no host"

    assert engine.up(program) == {"create": 3}
    assert (one.root / "etc" / "token").read_text() == TOKEN
    assert (one.root / "etc" / "together").read_text() == "one,two", "both were made in one run of Ansible"
    assert engine.outputs() == {"one": one.kubeconfig, "two": two.kubeconfig}
    assert ("two", "Write the settings") in engine.lines, "Ansible's tasks appear under their host"
    assert TOKEN not in engine.state + engine.said
    assert "client-key-data" not in engine.state + engine.said

    sessions = len(one.sessions)
    assert engine.up(program) == {"same": 3}
    assert len(one.sessions) == sessions, "nothing to do reaches no host"

    (one.root / "etc" / "settings").write_text("changed by hand\n")
    (one.root / "etc" / "together").unlink()
    engine.refresh()
    assert engine.resource("one")["outputs"]["drift"] == {
        f"file {one.root}/etc/settings": "other content",
        f"file {one.root}/etc/together": "absent",
    }
    assert engine.resource("two")["outputs"]["drift"] == {}

    wish["settings"] = "second"
    assert engine.up(program) == {"update": 2, "same": 1}
    assert (one.root / "etc" / "settings").read_text() == "second\n"
    assert engine.resource("one")["outputs"]["drift"] == {}

    assert engine.destroy()
    assert not (one.root / "etc").exists()
    assert not (two.root / "etc").exists()
