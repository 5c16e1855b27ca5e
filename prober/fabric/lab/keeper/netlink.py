"""Builds the spaces and wires of a blueprint: the only module that speaks netlink."""

from __future__ import annotations

import os
import socket
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from prober.fabric.lab.keeper import kernel
from prober.fabric.lab.keeper.offload import disable_offload
from prober.fabric.lab.world.addresses import family_of
from prober.fabric.lab.world.blueprint import Blueprint, End, Route, Space

_ONLINK = 4
"""RTNH_F_ONLINK: the gateway is on the link, though no network there says so."""
_PERMANENT = 0x80
"""NUD_PERMANENT."""
_NO_DAD = 0x02
"""IFA_F_NODAD: the address is usable at once. Without it even accept_dad=0 leaves that to a worker
of the kernel, and a route with such a source is refused until the worker had its turn; for IPv4 the
flag means nothing."""
_SYSCTL = Path("/proc/sys/net")

_IPV4_SETTINGS: Mapping[str, str] = {
    # Reverse path filtering would drop what a Service's translation makes look as if it came from
    # nowhere, and some kernels and distributions have it on. A cluster's CNI turns it off for its
    # interfaces, too.
    "ipv4/conf/all/rp_filter": "0",
    "ipv4/conf/default/rp_filter": "0",
    "ipv4/conf/all/send_redirects": "0",
    "ipv4/conf/default/send_redirects": "0",
    "ipv4/conf/all/accept_redirects": "0",
    "ipv4/icmp_errors_use_inbound_ifaddr": "0",
    # Evidence must not depend on how many probes fail in the same second.
    "ipv4/icmp_ratelimit": "0",
    "ipv4/icmp_ratemask": "0",
    # Thousands of probes may arrive at once.
    "ipv4/tcp_max_syn_backlog": "16384",
    "core/somaxconn": "16384",
    # Whoever is in the lab may ping and may listen, as in a container.
    "ipv4/ping_group_range": "0 0",
    "ipv4/ip_unprivileged_port_start": "0",
}
_IPV6_SETTINGS: Mapping[str, str] = {
    "ipv6/conf/all/accept_ra": "0",
    "ipv6/conf/default/accept_ra": "0",
    # All addresses are known to be unique, and a second of waiting for that is a second too long.
    "ipv6/conf/all/accept_dad": "0",
    "ipv6/conf/default/accept_dad": "0",
    "ipv6/conf/default/dad_transmits": "0",
    "ipv6/conf/default/addr_gen_mode": "1",
    "ipv6/icmp/ratelimit": "0",
    "ipv6/icmp/ratemask": "255",  # only this type, which nobody sends
}


class Builder:
    """The namespaces of one lab while they are being made. Single-threaded: it walks from one into
    the next."""

    def __init__(self, blueprint: Blueprint) -> None:
        self._blueprint = blueprint
        self.spaces: dict[str, int] = {}
        """An open file of each namespace, by its name."""
        self._links: dict[str, list[End]] = defaultdict(list)

    def build(self) -> None:
        """Make everything but the rules and the listeners. Raises `OSError` when the kernel refuses
        something."""
        from pyroute2.netlink.exceptions import NetlinkError

        for space in self._blueprint.spaces:
            self.spaces[space.name] = self._make(space)
        try:
            self._wire()
            for space in self._blueprint.spaces:
                self._furnish(space)
        except NetlinkError as error:
            raise OSError(error.code, os.strerror(error.code), "netlink") from error

    def _make(self, space: Space) -> int:
        # A new network namespace is made by leaving the old one for it. The settings are written
        # before anything exists in it: `default` counts for interfaces that come later.
        kernel.unshare(kernel.CLONE_NEWNET)
        for name, value in self._settings(space):
            (_SYSCTL / name).write_text(value, encoding="ascii")
        return kernel.open_namespace("net")

    def _settings(self, space: Space) -> Iterator[tuple[str, str]]:
        yield from _IPV4_SETTINGS.items()
        if space.forwarding:
            yield "ipv4/ip_forward", "1"
        if not (_SYSCTL / "ipv6").exists():
            return
        if not self._blueprint.ipv6:
            yield "ipv6/conf/all/disable_ipv6", "1"
            yield "ipv6/conf/default/disable_ipv6", "1"
            return
        yield from _IPV6_SETTINGS.items()
        if space.forwarding:
            yield "ipv6/conf/all/forwarding", "1"

    def _wire(self) -> None:
        from pyroute2 import IPRoute

        # One netlink socket for each namespace, not for each wire: a lab of a thousand pods has two
        # thousand ends, and opening a socket in a namespace means entering it.
        by_left = defaultdict(list)
        for wire in self._blueprint.wires:
            by_left[wire.left.space].append(wire)
            self._links[wire.left.space].append(wire.left)
            self._links[wire.right.space].append(wire.right)
        for name, wires in by_left.items():
            kernel.setns(self.spaces[name], kernel.CLONE_NEWNET)
            with IPRoute() as netlink:
                for wire in wires:
                    # Both ends of a veth are made in one call, and the far one right in its
                    # namespace: made here and moved afterwards, it would take a second call and a
                    # name that is free here, too.
                    peer = {**_link(wire.right), "net_ns_fd": self.spaces[wire.right.space]}
                    netlink.link("add", kind="veth", **_link(wire.left), peer=peer)

    def _furnish(self, space: Space) -> None:
        from pyroute2 import IPRoute

        kernel.setns(self.spaces[space.name], kernel.CLONE_NEWNET)
        with IPRoute() as netlink:
            if space.bridge:
                netlink.link("add", kind="bridge", ifname=space.bridge)
            index = {link.get("ifname"): link["index"] for link in netlink.get_links()}
            for end in self._links[space.name]:
                port_of = {"master": index[space.bridge]} if space.bridge else {}
                netlink.link("set", index=index[end.interface], state="up", **port_of)
                if not end.offload:
                    disable_offload(end.interface)
            for name in ("lo", space.bridge):
                if name:
                    netlink.link("set", index=index[name], state="up")
            for assigned in space.addresses:
                netlink.addr(
                    "add",
                    index=index[assigned.interface],
                    address=assigned.address,
                    prefixlen=assigned.prefix,
                    flags=_NO_DAD,
                )
            # Neighbours are permanent entries: no ARP and no neighbour discovery ever runs in a
            # lab. Else the first packet of a probe would wait for it, and a bridge with a lower MTU
            # or a dropped frame would make a neighbour unreachable for seconds.
            for neighbour in space.neighbours:
                netlink.neigh(
                    "replace",
                    ifindex=index[neighbour.interface],
                    dst=neighbour.address,
                    lladdr=neighbour.mac,
                    state=_PERMANENT,
                )
            for route in space.routes:
                netlink.route("add", **_route(route, index))


def _link(end: End) -> dict[str, Any]:
    return {"ifname": end.interface, "address": end.mac, "mtu": end.mtu}


def _route(route: Route, index: Mapping[str, int]) -> dict[str, Any]:
    family = family_of(route.destination)
    options: dict[str, Any] = {
        "dst": route.destination,
        "family": socket.AF_INET6 if family == 6 else socket.AF_INET,
    }
    if route.kind != "unicast":
        return {**options, "type": route.kind}
    options["oif"] = index[route.interface]
    if route.gateway:
        options |= {"gateway": route.gateway, "flags": _ONLINK}
    if route.source:
        options["prefsrc"] = route.source
    return options
