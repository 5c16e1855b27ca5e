"""Builds a whole lab from its blueprint, inside the keeper's namespaces."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from prober.fabric.lab.keeper import children
from prober.fabric.lab.keeper.listeners import OpenListener, open_listeners
from prober.fabric.lab.keeper.load_rules import first_rules, late_rules, load_rules
from prober.fabric.lab.keeper.netlink import Builder
from prober.fabric.lab.keeper.servers import answer, answer_dns, is_dead, is_dns, open_upstreams
from prober.fabric.lab.world.addresses import FAMILIES
from prober.fabric.lab.world.blueprint import Blueprint, ProcessSlot
from prober.model.errors import FabricError


@dataclass(frozen=True, slots=True)
class LateRules:
    """What enforces the policies, where it comes late."""

    rulesets: Mapping[str, str]
    """By namespace; empty: nothing is late."""
    delay: float
    """Seconds."""


@dataclass(frozen=True, slots=True)
class Lab:
    """A lab that stands."""

    spaces: Mapping[str, int]
    """An open file of each network namespace."""
    slots: Mapping[str, ProcessSlot]
    servers: frozenset[int]
    """The processes that answer. A lab in which one of them has ended tells lies."""
    dead: tuple[OpenListener, ...]
    """Sockets that nobody serves and that must stay open."""
    late: LateRules
    authority: int
    """An open file to read the certificate (PEM) of the authority from that signs the lab's; it may
    be empty."""


def construct(blueprint: Blueprint) -> Lab:
    """Make the network, load the rules, open the listeners and start the servers. Raises
    `FabricError`."""
    # The order is the order of dependence, and at its end nothing is left to be made: rules are
    # loaded before anything listens, so that no packet ever passes a node without them (unless they
    # are meant to be late).
    _raise_file_limit()
    builder = Builder(blueprint)
    families = FAMILIES if blueprint.ipv6 else FAMILIES[:1]
    try:
        builder.build()
        load_rules(first_rules(blueprint), builder.spaces)
        listeners = open_listeners(blueprint.listeners, builder.spaces, families)
        upstreams = open_upstreams(blueprint, listeners, builder.spaces)
    except OSError as error:
        what = f" ({error.filename})" if error.filename else ""
        raise FabricError(
            f"the lab could not be built: {error.strerror}{what}",
            hint=(
                "a container may need CAP_NET_ADMIN, a writable /proc/sys/net and a kernel with "
                "veth and bridge"
            ),
        ) from error
    dead = tuple(listener for listener in listeners if is_dead(listener))
    resolvers = [listener for listener in listeners if is_dns(listener)]
    others = [listener for listener in listeners if not is_dns(listener) and not is_dead(listener)]
    # The server's process makes the certificates, because that takes time which the keeper has not;
    # a pipe brings the authority's certificate, and is empty where no listener speaks TLS.
    authority, announce = os.pipe()
    answering = children.fork(lambda: answer(others, announce))
    os.close(announce)
    servers = frozenset(
        (answering, children.fork(lambda: answer_dns(blueprint, resolvers, upstreams)))
    )
    # The children have them. A listening socket that is open here as well would go on accepting
    # connections in the kernel after its server has ended.
    for listener in (*others, *resolvers):
        listener.socket.close()
    for upstream in upstreams.values():
        upstream.close()
    delay = blueprint.enforcement_delay / 1000
    return Lab(
        builder.spaces,
        blueprint.slots,
        servers,
        dead,
        LateRules(late_rules(blueprint), delay),
        authority,
    )


def enforce_late(lab: Lab) -> int:
    """In a forked child: wait, then load the late rules."""
    time.sleep(lab.late.delay)
    load_rules(lab.late.rulesets, lab.spaces)
    return 0


def _raise_file_limit() -> None:
    """A namespace and a listener each take an open file."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
