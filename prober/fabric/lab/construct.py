"""Builds a whole lab from its blueprint, inside the keeper's namespaces."""

from __future__ import annotations

import resource
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from prober.fabric.lab import children
from prober.fabric.lab.addresses import FAMILIES
from prober.fabric.lab.blueprint import Blueprint, Seat
from prober.fabric.lab.listeners import OpenDoor, open_doors
from prober.fabric.lab.netlink import Builder
from prober.fabric.lab.rules import load_rules
from prober.fabric.lab.servers import answer, answer_dns, is_dead, is_dns, open_upstreams
from prober.model.errors import FabricError


@dataclass(frozen=True, slots=True)
class Lab:
    """A lab that stands."""

    spaces: Mapping[str, int]
    """An open file of each network namespace."""
    seats: Mapping[str, Seat]
    servers: frozenset[int]
    """The processes that answer. A lab in which one of them has ended tells lies."""
    dead: tuple[OpenDoor, ...]
    """Sockets that nobody serves and that must stay open."""


def construct(blueprint: Blueprint) -> Lab:
    """Make the network, load the rules, open the doors and start the servers. Raises `FabricError`."""
    _raise_file_limit()
    builder = Builder(blueprint)
    families = FAMILIES if blueprint.ipv6 else FAMILIES[:1]
    try:
        builder.build()
        load_rules(blueprint, builder.spaces)
        doors = open_doors(blueprint.doors, builder.spaces, families)
        upstreams = open_upstreams(blueprint, doors, builder.spaces)
    except OSError as error:
        what = f" ({error.filename})" if error.filename else ""
        raise FabricError(
            f"the lab could not be built: {error.strerror}{what}",
            hint="a container may need CAP_NET_ADMIN, a writable /proc/sys/net and a kernel with veth and bridge",
        ) from error
    dead = tuple(one for one in doors if is_dead(one))
    resolvers = [one for one in doors if is_dns(one)]
    others = [one for one in doors if not is_dns(one) and not is_dead(one)]
    servers = frozenset(
        (
            children.fork(lambda: answer(others)),
            children.fork(lambda: answer_dns(blueprint, resolvers, upstreams)),
        )
    )
    for one in (*others, *resolvers):
        one.socket.close()
    for sockets in upstreams.values():
        for upstream in sockets:
            upstream.close()
    return Lab(builder.spaces, blueprint.seats, servers, dead)


def _raise_file_limit() -> None:
    """A namespace and a listener each take an open file."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
