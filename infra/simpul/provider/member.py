"""A host as a node of its cluster: what others hold of it when its disk is another one, and when it goes.

In go the request of a `Host` and its connection; the cluster is asked by its server's own kubeconfig. An agent's
cluster is its server's, which is reached over SSH as the agent is.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

from simpul import kubeconfig
from simpul.errors import OutsideError, Problem
from simpul.provider import cluster, node, remote, ssh, volume
from simpul.provider.cluster import Cluster
from simpul.provider.kind import Interrupted, Request
from simpul.provider.volume import Volume, until

KUBECONFIG: Final = remote.KUBECONFIG

SILENT_SECONDS: Final = 90
"""How long a cluster may take to notice that a node says nothing any more; Kubernetes takes 50 by default."""

STRAY: Final = "node"
"""What drift calls a node that isn't declared, before its name."""

# A host knows its password once k3s has run on it; one that has neither that nor k3s has another disk, or is new.
_BLANK: Final = """
[ -e /etc/rancher/node/password ] || systemctl is-active --quiet k3s k3s-agent || echo blank
"""

# A kubelet makes a folder that is missing: empty, root's and for root alone. A volume's is anyone's to write to.
_LOST: Final = """
for folder; do
  if [ ! -d "$folder" ]; then
    echo "$folder"
  elif [ -z "$(ls -A "$folder")" ] && [ "$(stat -c '%u %a' "$folder")" = '0 755' ]; then
    echo "$folder"
  fi
done
"""

# By this file the role knows with what k3s was started; without it, a start is owed.
_RESTART: Final = "rm -f /var/lib/rancher/k3s/started-with"


def renew(request: Request, connection: ssh.Connection, *, stop: threading.Event) -> None:
    """Have the host's cluster forget what was on a disk that isn't in the host any more, before k3s starts there.

    Raises `Unreachable` or `Refused` when we don't get in. A cluster that doesn't answer holds nobody up: it may be
    about to be made.
    """
    blank = "blank" in ssh.shell(connection, _BLANK, stop=stop).split()
    with ExitStack() as stack:
        try:
            found = stack.enter_context(reach(request, stop=stop))
        except Interrupted:
            raise
        except OutsideError:
            return
        if found is None:
            return
        if request.inputs["group"] == "agent":
            _introduce(found, connection, blank=blank, stop=stop)
        for each in _give_up_lost(found, connection, stop=stop):
            what = f"volume {each.where} is lost: its folder isn't on the disk of {connection.name}"
            request.log.alert(f"host {connection.name}: {what}; it is made anew")


def leave(request: Request, found: Cluster, *, dark: ssh.Unreachable | None, stop: threading.Event) -> None:
    """Empty the host's node, for k3s to be stopped there; of one that is `dark` wait until the cluster says so too.

    Raises `dark` where the node goes on working.
    """
    name = str(request.inputs["name"])
    if dark is None:
        if node.state(found.client, name) == "ready":
            node.drain(found.client, name, stop=stop, progress=request.log.progress)
        return
    request.log.progress("waiting for its cluster to notice that it is gone")
    try:
        until(lambda: node.state(found.client, name) != "ready", f"node {name}", stop, SILENT_SECONDS)
    except Interrupted:
        raise
    except OutsideError:
        raise dark from None


def forget(request: Request, found: Cluster, name: str, *, stop: threading.Event) -> None:
    """Take the node `name`, on which k3s runs no more, out of its cluster; say which volumes went with it."""
    node.remove(found.client, name)
    lost = [each for each in volume.survey(found.client) if each.node == name]
    node.give_up(found.client, lost, stop=stop)
    if lost:
        kept = ", ".join(each.where for each in lost)
        request.log.alert(f"node {name} is out of its cluster; lost with its disk: {kept}")


def strays(request: Request, *, stop: threading.Event) -> dict[str, str]:
    """Return the nodes of a server's cluster that aren't declared hosts, and how they are, as drift."""
    with reach(request, stop=stop) as found:
        there = node.strays(found.client, _declared(request)) if found else {}
    return {f"{STRAY} {name}": f"is no declared host, and {state}" for name, state in there.items()}


def dismiss(request: Request, *, stop: threading.Event) -> None:
    """Take the nodes that aren't declared hosts out of a server's cluster.

    Raises OutsideError for one that still works and has volumes: what is in them would be lost.
    """
    with reach(request, stop=stop) as found:
        if found is None:
            return
        for name, state in node.strays(found.client, _declared(request)).items():
            lying = [each.where for each in volume.survey(found.client) if each.node == name]
            if state == "ready" and lying:
                what = f"works in the cluster of {request.inputs['name']} without being declared, and has volumes"
                then = f"declare it, or: kubectl delete node {name}    lets it go with what is on its disk"
                raise OutsideError(Problem(f"node {name}", what, ", ".join(lying), then))
            if state == "ready":
                node.drain(found.client, name, stop=stop, progress=request.log.progress)
            forget(request, found, name, stop=stop)


@contextmanager
def reach(request: Request, *, stop: threading.Event) -> Iterator[Cluster | None]:
    """Reach the host's cluster for as long as the block runs; None where there is none.

    Raises OutsideError when an agent's server, or the cluster, can't be reached.
    """
    server = request.inputs.get("server")
    text = _ask(ssh.Connection.of(server), stop) if server else str(request.state.get("kubeconfig") or "")
    if not text:
        yield None
        return
    name = server["name"] if server else request.inputs["name"]
    with cluster.connect(f"of {name}", text) as found, cluster.answering(f"host {request.inputs['name']}"):
        yield found


def _ask(server: ssh.Connection, stop: threading.Event) -> str:
    """Return the kubeconfig of the cluster on `server`, "" without one; its address is as declared."""
    told = ssh.shell(server, f"cat {KUBECONFIG} 2>/dev/null || true", stop=stop)
    if not told:
        return ""
    found = kubeconfig.read(told, f"host {server.name}")
    return kubeconfig.write(server.name, server.address, found.credential, port=found.port)


def _declared(request: Request) -> list[str]:
    return [str(request.inputs["name"]), *(request.inputs.get("nodes") or ())]


def _introduce(found: Cluster, connection: ssh.Connection, *, blank: bool, stop: threading.Event) -> None:
    """Have the cluster take the host as the node that it is now."""
    known = node.state(found.client, connection.name)
    if blank and known != "gone":
        node.remove(found.client, connection.name)  # its password is another one, by which k3s would refuse it
    elif not blank and known == "gone":
        ssh.shell(connection, _RESTART, stop=stop)  # a kubelet introduces itself when it starts, and only then


def _give_up_lost(found: Cluster, connection: ssh.Connection, *, stop: threading.Event) -> list[Volume]:
    """Have volumes made anew whose folders aren't on the host's disk any more; return them."""
    lying = [each for each in volume.survey(found.client) if each.node == connection.name and each.path]
    if not lying:
        return []
    missing = ssh.shell(connection, _LOST, *(each.path for each in lying), stop=stop).splitlines()
    lost = [each for each in lying if each.path in missing]
    node.give_up(found.client, lost, stop=stop)
    return lost
