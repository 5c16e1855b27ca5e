"""What the runner is given when it is exec'd in an agent's pod: a plan for each pod to visit, all
in one line.

    stdin    {"version": 2, "visits": [{"container": "…", "addresses": ["…"], "plan": {…}}, …]}
    stdout   N LINE        LINE as `prober.model.probe` has it, with the number of its visit (from
    0) before it

A websocket cannot always close stdin, so one line is all there is. Every plan is decoded by its own
visit: a mistake in one does not disturb the others.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from prober.model.decoding import UNREADABLE
from prober.model.errors import FabricError, UsageError
from prober.model.probe import WIRE_VERSION

_LONGEST_NUMBER = 9
"""Digits; `int` takes its time over thousands of them, and refuses more."""


class Visit(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One plan, and where it is run."""

    plan: msgspec.Raw
    """As `wire.encode_plan` made it."""
    container: str = ""
    """The id of a container of the pod to enter, as its runtime names it; empty: stay in the
    agent's own network."""
    addresses: tuple[str, ...] = ()
    """The pod's addresses. Where one of them is missing, it is another pod that was entered."""
    proxies: dict[str, str] = {}
    """The pod's proxy variables, which an HTTP probe may honour; an agent has none of its own."""


class _Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    visits: tuple[Visit, ...]
    version: int = WIRE_VERSION


def encode_request(visits: Sequence[Visit]) -> bytes:
    """The line, without its newline."""
    return msgspec.json.encode(_Request(tuple(visits)))


def decode_request(line: bytes) -> tuple[Visit, ...]:
    """The visits in a line. Raises `UsageError` that says what is wrong with it."""
    try:
        request = msgspec.json.decode(line, type=_Request)
    except UNREADABLE as error:
        raise UsageError(
            f"the visits cannot be read: {error}", hint="they are one JSON object in one line"
        ) from error
    if request.version != WIRE_VERSION:
        raise UsageError(
            f"the visits speak wire version {request.version}, this agent speaks {WIRE_VERSION}",
            hint="use the agent image of the same release as prober",
        )
    return request.visits


def numbered(number: int, line: bytes) -> bytes:
    """A line of a visit's output, without its newline, as it leaves the agent."""
    return b"%d %b" % (number, line)


def denumbered(line: bytes) -> tuple[int, bytes]:
    """The number of the visit, and the line that it wrote. Raises `FabricError` when there is no
    number."""
    number, space, rest = line.partition(b" ")
    if not space or not number.isdigit() or len(number) > _LONGEST_NUMBER:
        shown = line[:200].decode("utf-8", "replace")
        raise FabricError(
            f"a line of the agent's output has no number: {shown!r}",
            hint="the agent's image must be of the same release as prober, and print nothing else",
        )
    return int(number), rest
