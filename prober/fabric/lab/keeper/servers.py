"""The two processes that answer in the lab: one for the listeners, one for DNS. Both are forked
from the keeper."""

from __future__ import annotations

import asyncio
import socket
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from prober.fabric.lab.keeper.listeners import OpenListener, open_upstream
from prober.fabric.lab.services.records import CLUSTER_DOMAIN
from prober.fabric.lab.world.blueprint import Blueprint

_DNS = ("dns", "dns-cache", "dns-outside")
_FORWARDS = ("dns", "dns-cache")
Upstreams = Mapping[tuple[str, str], socket.socket]
"""By the namespace that asks and the server that is asked."""


def is_dns(listener: OpenListener) -> bool:
    return listener.planned.speaks in _DNS


def is_dead(listener: OpenListener) -> bool:
    """Bound, so that nobody is refused, and served by no one."""
    return listener.planned.speaks == "nothing"


def answer(listeners: Sequence[OpenListener], announce: int) -> int:
    """In a forked child: serve everything but DNS, for ever. The authority behind the lab's
    certificates is written to the file `announce`; nothing, if no listener needs one."""
    from agent.serving.responder import ENCRYPTED, BoundListener, Speech, serve

    authority = None
    if any(listener.planned.speaks in ENCRYPTED for listener in listeners):
        from agent.serving.certificate import Authority

        authority = Authority.make()
    with open(announce, "w", encoding="ascii") as file:
        file.write(authority.pem if authority else "")
    by_names: dict[tuple[str, ...], list[BoundListener]] = defaultdict(list)
    for listener in listeners:
        by_names[listener.planned.names].append(
            BoundListener(listener.socket, cast(Speech, listener.planned.speaks))
        )

    async def everything() -> None:
        async with asyncio.TaskGroup() as group:
            for names, bound in by_names.items():
                group.create_task(serve(bound, names=names, authority=authority), name="listeners")

    asyncio.run(everything())
    return 0


def open_upstreams(
    blueprint: Blueprint, listeners: Iterable[OpenListener], spaces: Mapping[str, int]
) -> Upstreams:
    """A socket from each namespace with a server that forwards to each server that it forwards
    to."""
    zones = blueprint.zones
    pairs = dict.fromkeys(
        (listener.planned.space, server)
        for listener in listeners
        if listener.planned.speaks in _FORWARDS
        for server in (
            *zones.upstreams,
            *(zones.cluster_servers if listener.planned.speaks == "dns-cache" else ()),
        )
    )
    return {(space, server): open_upstream(spaces[space], server) for space, server in pairs}


def answer_dns(
    blueprint: Blueprint, listeners: Sequence[OpenListener], upstreams: Upstreams
) -> int:
    """In a forked child: serve DNS, for ever. Every server has a cache of its own."""
    from prober.fabric.lab.services.catalogue import Catalogue, Zone
    from prober.fabric.lab.services.dns_server import Responder, forwarders, serve

    zones = blueprint.zones
    cluster = Catalogue(zones.cluster, Zone(CLUSTER_DOMAIN))
    nothing = Catalogue((), Zone(CLUSTER_DOMAIN))
    outside = Catalogue(zones.outside, Zone(""))
    by_space: dict[tuple[str, str], list[socket.socket]] = defaultdict(list)
    for listener in listeners:
        by_space[listener.planned.space, listener.planned.speaks].append(listener.socket)

    async def responder(space: str, speaks: str) -> Responder:
        if speaks == "dns-outside":
            return Responder(outside)
        onward = await forwarders([upstreams[space, server] for server in zones.upstreams])
        if speaks == "dns":
            return Responder(cluster, onward)
        inward = await forwarders([upstreams[space, server] for server in zones.cluster_servers])
        return Responder(nothing, onward, inward)

    async def everything() -> None:
        async with asyncio.TaskGroup() as group:
            for (space, speaks), sockets in by_space.items():
                group.create_task(
                    serve(await responder(space, speaks), sockets), name=f"dns at {space}"
                )

    asyncio.run(everything())
    return 0
