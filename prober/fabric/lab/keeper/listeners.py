"""Binds the lab's listeners, each in its namespace. A socket stays in the namespace that it was
made in."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from prober.fabric.lab.keeper import kernel
from prober.fabric.lab.world.addresses import family_of, in_family
from prober.fabric.lab.world.blueprint import PlannedListener

_BACKLOG = 16384
_RECEIVE_BUFFER = 4 << 20
"""Bytes for datagrams that wait: a burst of lookups from every vantage must fit."""
_SO_RCVBUFFORCE = 33
_LOOPBACK = {4: "127.0.0.1", 6: "::1"}
_ANY = {4: "0.0.0.0", 6: "::"}  # noqa: S104 - in a namespace that only the lab can reach


@dataclass(frozen=True, slots=True)
class OpenListener:
    """One bound socket of a planned listener."""

    planned: PlannedListener
    socket: socket.socket


def open_listeners(
    listeners: Sequence[PlannedListener], spaces: Mapping[str, int], families: Sequence[int]
) -> list[OpenListener]:
    """Bind and, for TCP, listen, so that whoever connects from now on is not refused. Raises
    `OSError`."""
    opened: list[OpenListener] = []
    inside = ""
    for planned in sorted(listeners, key=lambda listener: listener.space):
        if planned.space != inside:
            kernel.setns(spaces[planned.space], kernel.CLONE_NEWNET)
            inside = planned.space
        opened += (
            OpenListener(planned, _bind(planned, family, address))
            for family, address in _places(planned, families)
        )
    return opened


def _places(planned: PlannedListener, families: Sequence[int]) -> Iterator[tuple[int, str]]:
    """TCP is bound to every address at once. So is UDP, unless there are several of a family: then
    the answer must come from the address that was asked, and each has a socket of its own."""
    for family in families:
        own = in_family(planned.addresses, family)
        if planned.exact:
            yield from ((family, address) for address in own)
        elif planned.protocol == "UDP" and len(own) > 1:
            yield from ((family, address) for address in (*own, _LOOPBACK[family]))
        else:
            yield family, _ANY[family]


def _bind(planned: PlannedListener, family: int, address: str) -> socket.socket:
    kind = socket.SOCK_DGRAM if planned.protocol == "UDP" else socket.SOCK_STREAM
    bound = socket.socket(socket.AF_INET6 if family == 6 else socket.AF_INET, kind)
    bound.setblocking(False)
    if family == 6:
        bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    if planned.protocol == "TCP":
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    else:
        _widen(bound)
    bound.bind((address, planned.port))
    if planned.protocol == "TCP":
        bound.listen(_BACKLOG)
    return bound


def _widen(bound: socket.socket) -> None:
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
    with contextlib.suppress(
        PermissionError
    ):  # past the machine's limit, which only its root may pass
        bound.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _RECEIVE_BUFFER)


def open_upstream(space: int, server: str) -> socket.socket:
    """A UDP socket in this namespace that talks to one DNS server."""
    kernel.setns(space, kernel.CLONE_NEWNET)
    upstream = socket.socket(
        socket.AF_INET6 if family_of(server) == 6 else socket.AF_INET, socket.SOCK_DGRAM
    )
    upstream.setblocking(False)
    _widen(upstream)
    upstream.connect((server, 53))
    return upstream
