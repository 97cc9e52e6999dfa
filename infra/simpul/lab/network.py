"""The lab's network: a LAN for each site and for the cloud, and a wide area network between them.

Enters site numbers; leaves bridges on the operator's machine, and the namespace WAN that has a leg in each LAN and
forwards between them, and only between them. The operator's machine has an address in each LAN (a desk in that
office) and forwards nothing; of its users, root alone gets in. All of it is found again by name, so each function can
be called twice.
"""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING

from simpul.command import run
from simpul.errors import OutsideError
from simpul.lab.place import CLOUD, PREFIX, RANGE, desk, gateway, network

if TYPE_CHECKING:
    from collections.abc import Iterable

WAN = f"{PREFIX}wan"

FENCE = f"{PREFIX}lab"
"""The table of packet filter rules that keeps other users out."""

NO_FENCE = f"table inet {FENCE}\ndelete table inet {FENCE}\n"
"""Removes the table, whether it is there or not."""

RULES = f"""{NO_FENCE}\
table inet {FENCE} {{
  chain output {{
    type filter hook output priority filter; policy accept;
    ip daddr {RANGE} ct state new meta skuid != 0 reject
  }}
}}
"""

OURS = re.compile(rf"{PREFIX}(cloud|[su]\d+)")


def name_bridge(number: int) -> str:
    """Name the bridge that is the LAN of site `number`, or of CLOUD."""
    return f"{PREFIX}cloud" if number == CLOUD else f"{PREFIX}s{number}"


def name_uplink(number: int) -> str:
    """Name the interface that joins the LAN to the wide area network, on the LAN's side."""
    return f"{PREFIX}u{number}"


def up(numbers: Iterable[int]) -> None:
    """Make sure of the wide area network, of the cloud's LAN and of those of the sites `numbers`.

    Raises OutsideError without root, or if an address is in use by another network of the operator's machine.
    """
    numbers = sorted({CLOUD, *numbers})
    if WAN not in _list_namespaces():
        _ip("netns", "add", WAN)
    _ip("-n", WAN, "link", "set", "lo", "up")
    _ip("netns", "exec", WAN, "sysctl", "-qw", "net.ipv4.ip_forward=1")
    links = _list_links()
    for number in numbers:
        _refuse_foreign(number)
        _make_lan(number, links)
    run(["nft", "-f", "-"], where="lab network", stdin=RULES)


def down() -> None:
    """Remove every bridge and uplink of the lab, and the wide area network; nothing else."""
    for link in _list_links():
        if OURS.fullmatch(link):
            _delete(link)
    if WAN in _list_namespaces():
        _ip("netns", "delete", WAN)
    if shutil.which("nft"):  # without it no lab was ever up
        run(["nft", "-f", "-"], where="lab network", stdin=NO_FENCE)


def remove(number: int) -> None:
    """Remove the LAN of site `number` with its uplink; one that is gone is no error."""
    for link in {name_bridge(number), name_uplink(number)} & _list_links():
        _delete(link)


def cut(number: int) -> None:
    """Cut the site's uplink: the site and the rest of the lab don't reach each other. The desk still does."""
    _ip("link", "set", name_uplink(number), "down")


def restore(number: int) -> None:
    """Mend the site's uplink."""
    _ip("link", "set", name_uplink(number), "up")


def hold(address: str) -> None:
    """Let the operator's machine answer for an address of the cloud's LAN, for what it runs there."""
    _ip("address", "replace", f"{address}/32", "dev", name_bridge(CLOUD))


def release(address: str) -> None:
    """Answer for the address no more; one that isn't held, or a LAN that is gone, is no error."""
    bridge = name_bridge(CLOUD)
    if bridge in _list_links() and f" {address}/32 " in _ip("-oneline", "address", "show", "dev", bridge):
        _ip("address", "delete", f"{address}/32", "dev", bridge)


def unplug(machine: str) -> None:
    """Remove the interface by which systemd-nspawn has joined `machine` to its LAN, if it is there.

    The kernel does so too, but minutes later if a connection of the machine was open when it ended.
    """
    cable = f"vb-{machine}"
    for link in json.loads(_ip("-j", "link", "show")):
        # A name that is too long for an interface is its second name.
        if cable in (link["ifname"], *link.get("altnames", ())):
            _delete(link["ifname"])


def list_numbers() -> tuple[int, ...]:
    """Give the numbers of the LANs that are there, the cloud's too."""
    found = (re.fullmatch(rf"{PREFIX}u(\d+)", link) for link in _list_links())
    return tuple(sorted(int(match[1]) for match in found if match))


def _make_lan(number: int, links: frozenset[str]) -> None:
    bridge, uplink, leg = name_bridge(number), name_uplink(number), f"lan{number}"
    if bridge not in links:
        # A given hardware address stays; else it follows the ports, and neighbours go on with the old one.
        _ip("link", "add", bridge, "address", f"02:d5:00:00:00:{number:02x}", "type", "bridge")
    _ip("address", "replace", f"{desk(number)}/{network(number).prefixlen}", "dev", bridge)
    _ip("link", "set", bridge, "up")
    if uplink not in links:
        _ip("link", "add", uplink, "type", "veth", "peer", "name", leg, "netns", WAN)
        _ip("link", "set", uplink, "up")  # only now: one that a drill has cut stays cut
    _ip("link", "set", uplink, "master", bridge)
    _ip("-n", WAN, "address", "replace", f"{gateway(number)}/{network(number).prefixlen}", "dev", leg)
    _ip("-n", WAN, "link", "set", leg, "up")


def _refuse_foreign(number: int) -> None:
    """Refuse to take addresses that reach another network of the operator's machine already."""
    routes = json.loads(_ip("-j", "route", "show", "root", str(network(number))) or "[]")
    for route in routes:
        if route.get("dev") != name_bridge(number):
            raise OutsideError.at(
                f"network {network(number)}",
                "the lab's addresses are in use on this machine",
                f"{route['dst']} dev {route.get('dev')}",
                f"take that network down while the lab is up: ip link set {route.get('dev')} down",
            )


def _delete(link: str) -> None:
    """Delete the interface; that the kernel was faster is no error."""
    try:
        _ip("link", "delete", link)
    except OutsideError:
        if link in _list_links():
            raise


def _list_links() -> frozenset[str]:
    return frozenset(link["ifname"] for link in json.loads(_ip("-j", "link", "show")))


def _list_namespaces() -> frozenset[str]:
    return frozenset(space["name"] for space in json.loads(_ip("-j", "netns", "list") or "[]"))


def _ip(*arguments: str) -> str:
    return run(["ip", *arguments], where="lab network")
