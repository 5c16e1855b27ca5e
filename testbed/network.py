"""The machines of the testbed: a network namespace each, one bridge between them."""

from __future__ import annotations

from collections.abc import Sequence

from testbed.layout import (
    API,
    BALANCED,
    CONTROL_PLANE,
    GATEWAY,
    MACHINE,
    MACHINE_LINK,
    NETNS_PREFIX,
    NODE_NET,
    OUTSIDE,
    SWITCH,
    WORLD,
    netns,
    node_address,
    pod_cidr,
)
from testbed.shell import sh


def build_network(nodes: Sequence[str], *, pod_routes: bool) -> None:
    """The switch, the control plane, the world outside, the nodes, and the machine's own way in."""
    _switch()
    _machine(CONTROL_PLANE, API)
    _machine(WORLD, GATEWAY)
    sh("ip", "addr", "add", f"{OUTSIDE}/32", "dev", "lo", netns=WORLD)
    for node in nodes:
        _machine(netns(node), node_address(node))
    for space in (CONTROL_PLANE, WORLD, *map(netns, nodes)):
        _routes(space, nodes, pod_routes)
    sh(
        "ip",
        "link",
        "add",
        "tbv-host",
        "netns",
        SWITCH,
        "type",
        "veth",
        "peer",
        "name",
        MACHINE_LINK,
    )
    sh("ip", "link", "set", "tbv-host", "master", "br0", "up", netns=SWITCH)
    sh("ip", "link", "set", MACHINE_LINK, "up")
    sh("ip", "addr", "add", f"{MACHINE}/24", "dev", MACHINE_LINK)
    sh("ip", "route", "add", BALANCED, "via", node_address(nodes[0]))
    sh("ip", "route", "add", BALANCED, "via", node_address(nodes[0]), netns=WORLD)


def remove_network() -> None:
    """Take away every namespace of the testbed; links go with them."""
    for line in sh("ip", "netns", "list", check=False).splitlines():
        name = line.split()[0]
        # cni-… are the namespaces of its pods: nothing else on a machine for this testbed makes
        # such.
        if name.startswith((NETNS_PREFIX, "cni-")):
            sh("ip", "netns", "del", name, check=False)
    sh("ip", "link", "del", MACHINE_LINK, check=False)


def _switch() -> None:
    sh("ip", "netns", "add", SWITCH)
    sh("ip", "link", "set", "lo", "up", netns=SWITCH)
    sh("ip", "link", "add", "br0", "type", "bridge", netns=SWITCH)
    sh("ip", "addr", "add", f"{NODE_NET}.254/24", "dev", "br0", netns=SWITCH)
    sh("ip", "link", "set", "br0", "up", netns=SWITCH)


def _machine(name: str, address: str) -> None:
    port = f"tbv-{name.removeprefix(NETNS_PREFIX)}"
    sh("ip", "netns", "add", name)
    sh(
        "ip",
        "link",
        "add",
        port,
        "netns",
        SWITCH,
        "type",
        "veth",
        "peer",
        "name",
        "eth0",
        "netns",
        name,
    )
    sh("ip", "link", "set", port, "master", "br0", "up", netns=SWITCH)
    sh("ip", "link", "set", "lo", "up", netns=name)
    sh("ip", "link", "set", "eth0", "up", netns=name)
    sh("ip", "addr", "add", f"{address}/24", "dev", "eth0", netns=name)


def _routes(space: str, nodes: Sequence[str], pod_routes: bool) -> None:
    sh("sysctl", "-qw", "net.ipv4.ip_forward=1", netns=space)
    if space != WORLD:
        sh("ip", "route", "add", f"{OUTSIDE}/32", "via", GATEWAY, netns=space)
    is_node = space in map(netns, nodes)
    for node in nodes:
        if space != netns(node) and (pod_routes or not is_node):
            sh("ip", "route", "add", pod_cidr(node), "via", node_address(node), netns=space)
    if is_node:
        sh("ip", "route", "add", "default", "via", GATEWAY, netns=space)
