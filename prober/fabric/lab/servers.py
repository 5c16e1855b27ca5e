"""The two processes that answer in the lab: one for the listeners, one for DNS. Both are forked from the keeper."""

from __future__ import annotations

import asyncio
import socket
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from prober.fabric.lab.blueprint import Blueprint
from prober.fabric.lab.listeners import OpenDoor, open_upstream
from prober.fabric.lab.records import CLUSTER_DOMAIN

_DNS = ("dns", "dns-outside")


def is_dns(door: OpenDoor) -> bool:
    return door.door.speaks in _DNS


def is_dead(door: OpenDoor) -> bool:
    """Bound, so that nobody is refused, and served by no one."""
    return door.door.speaks == "nothing"


def answer(doors: Iterable[OpenDoor]) -> int:
    """In a forked child: serve everything but DNS, for ever."""
    from agent.responder import BoundListener, Speech, serve

    by_names: dict[tuple[str, ...], list[BoundListener]] = defaultdict(list)
    for one in doors:
        by_names[one.door.names].append(BoundListener(one.socket, cast(Speech, one.door.speaks)))

    async def everything() -> None:
        async with asyncio.TaskGroup() as group:
            for names, listeners in by_names.items():
                group.create_task(serve(listeners, names=names), name="listeners")

    asyncio.run(everything())
    return 0


def open_upstreams(
    blueprint: Blueprint, doors: Iterable[OpenDoor], spaces: Mapping[str, int]
) -> dict[str, list[socket.socket]]:
    """For each namespace with a cluster DNS server, its sockets to the DNS servers outside."""
    names = dict.fromkeys(one.door.space for one in doors if one.door.speaks == "dns")
    return {name: [open_upstream(spaces[name], server) for server in blueprint.zones.upstreams] for name in names}


def answer_dns(
    blueprint: Blueprint, doors: Sequence[OpenDoor], upstreams: Mapping[str, Sequence[socket.socket]]
) -> int:
    """In a forked child: serve DNS, for ever. Every server has a cache of its own."""
    from prober.fabric.lab.catalogue import Catalogue, Zone
    from prober.fabric.lab.dns_server import Responder, forwarders, serve

    cluster = Catalogue(blueprint.zones.cluster, Zone(CLUSTER_DOMAIN))
    outside = Catalogue(blueprint.zones.outside, Zone(""))
    by_space: dict[tuple[str, str], list[socket.socket]] = defaultdict(list)
    for one in doors:
        by_space[one.door.space, one.door.speaks].append(one.socket)

    async def everything() -> None:
        async with asyncio.TaskGroup() as group:
            for (space, speaks), sockets in by_space.items():
                responder = (
                    Responder(cluster, await forwarders(upstreams.get(space, ())))
                    if speaks == "dns"
                    else Responder(outside)
                )
                group.create_task(serve(responder, sockets), name=f"dns at {space}")

    asyncio.run(everything())
    return 0
