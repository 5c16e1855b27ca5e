"""The lines between a coordinator and an agent: `prober.model.probe` says what they look like.

Strict where it matters: a field that this agent does not know is refused, because ignoring it would
run a different probe from the one that was asked for. Fields that hold their default are left out,
because a container's log is rotated at 10 MiB. Both come from `msgspec.Struct`, which the model's
dataclasses are not; so each has a mirror here, made from its fields, and msgspec copies between the
two.
"""

from __future__ import annotations

import dataclasses
import functools
import math
import operator
import types
import typing
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from prober.model.bounds import MOST_ATTEMPTS
from prober.model.decoding import UNREADABLE
from prober.model.errors import FabricError, UsageError
from prober.model.outcome import Observation
from prober.model.probe import WIRE_VERSION, Plan, Probe
from prober.model.protocol import BY_KIND
from prober.model.text.addresses import is_address


@dataclass(frozen=True, slots=True)
class End:
    """The last line of a complete stream."""

    probes: int
    """How many observations came before it."""
    nonce: str = ""
    """The plan's."""


@dataclass(frozen=True, slots=True)
class FailureLine:
    """The plan could not be run at all, or stopped in the middle."""

    message: str
    hint: str = ""
    nonce: str = ""
    """The plan's; empty where no plan could be read."""


class UnreadableLineError(FabricError):
    """A line that no agent writes in answer to this plan."""


@functools.cache
def _mirror(cls: type, tag: str | None = None) -> Any:
    """A Struct with the fields of the dataclass `cls` (and of those inside it)."""
    hints = typing.get_type_hints(cls)
    fields: list[Any] = []
    for field in dataclasses.fields(cls):
        hint = _swap(hints[field.name])
        if field.default is not dataclasses.MISSING:
            fields.append((field.name, hint, field.default))
        elif field.default_factory is not dataclasses.MISSING:
            factory: Any = field.default_factory
            made: Any = _swap(factory)
            fields.append((field.name, hint, msgspec.field(default_factory=made)))
        else:
            fields.append((field.name, hint))
    options: dict[str, Any] = {"tag": tag, "tag_field": "type"} if tag else {}
    return msgspec.defstruct(
        cls.__name__, fields, omit_defaults=True, forbid_unknown_fields=True, **options
    )


def _swap(hint: Any) -> Any:
    """The type hint with every dataclass in it replaced by its mirror."""
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return _mirror(hint)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if not arguments or origin is Literal:
        return hint
    swapped = tuple(_swap(argument) for argument in arguments)
    if origin in (types.UnionType, typing.Union):
        return functools.reduce(operator.or_, swapped)
    return origin[swapped]


@dataclass(frozen=True, slots=True)
class _ObservationLine:
    observation: Observation
    nonce: str = ""


_OBSERVATION = _mirror(_ObservationLine, "observation")
_END = _mirror(End, "end")
_FAILURE = _mirror(FailureLine, "failure")
_LONGEST_TIMEOUT = 3600.0
_LARGEST_PACKET = 65_507
"""What the longest IPv4 datagram has room for besides its headers."""
_encoder = msgspec.json.Encoder()
_plan_decoder = msgspec.json.Decoder(_mirror(Plan))
_line_decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(_OBSERVATION | _END | _FAILURE)


class _Version(msgspec.Struct):
    version: int = WIRE_VERSION


def encode_plan(plan: Plan) -> bytes:
    """The plan as one line, without the newline at its end."""
    return _encoder.encode(msgspec.convert(plan, _mirror(Plan), from_attributes=True))


def decode_plan(line: bytes) -> Plan:
    """The plan in a line. Raises `UsageError` that says what is wrong, and with which probe."""
    if not line.strip():
        raise UsageError(
            "there is no plan: the input is empty",
            hint="send one line of JSON, or name a file: --plan FILE",
        )
    try:
        version = msgspec.json.decode(line, type=_Version).version
        if version != WIRE_VERSION:
            raise UsageError(
                f"the plan speaks wire version {version}, this agent speaks {WIRE_VERSION}",
                hint="use the agent image of the same release as prober",
            )
        plan = msgspec.convert(_plan_decoder.decode(line), Plan, from_attributes=True)
    except UNREADABLE as error:
        raise UsageError(
            f"the plan cannot be read: {error}", hint="a plan is one JSON object in one line"
        ) from error
    _refuse_mistakes(plan)
    return plan


def encode_observation(observation: Observation, nonce: str = "") -> bytes:
    """The line for one probe that has ended, without the newline."""
    line = _ObservationLine(observation, nonce)
    return _encoder.encode(msgspec.convert(line, _OBSERVATION, from_attributes=True))


def encode_end(count: int, nonce: str = "") -> bytes:
    """The last line: `count` observations came before it."""
    return _encoder.encode(_END(count, nonce))


def encode_failure(message: str, hint: str = "", nonce: str = "") -> bytes:
    """The line that says why the plan could not be run."""
    return _encoder.encode(_FAILURE(message, hint, nonce))


def decode_line(line: bytes, nonce: str = "") -> Observation | End | FailureLine:
    """What one line says, in answer to the plan with this nonce. Raises `UnreadableLineError` when
    it is none of the three, or answers another plan. Only a failure may come without the nonce: of
    a plan that could not be read."""
    try:
        decoded = _line_decoder.decode(line)
    except UNREADABLE as error:
        raise _unreadable(line, str(error)) from error
    if decoded.nonce != nonce and (decoded.nonce or not isinstance(decoded, _FAILURE)):
        raise _unreadable(line, "it answers another plan")
    if isinstance(decoded, _END):
        return msgspec.convert(decoded, End, from_attributes=True)
    if isinstance(decoded, _FAILURE):
        return msgspec.convert(decoded, FailureLine, from_attributes=True)
    return msgspec.convert(decoded, _ObservationLine, from_attributes=True).observation


def _unreadable(line: bytes, why: str) -> UnreadableLineError:
    shown = line[:80].decode("utf-8", "replace")
    return UnreadableLineError(
        f"a line of the agent's output cannot be read: {why}: {shown!r}",
        hint="the agent's image must be of the same release as prober, and print nothing else",
    )


def _refuse_mistakes(plan: Plan) -> None:
    """What types cannot say: ranges, and ids that are needed to tell the observations apart."""
    seen: set[str] = set()
    for probe in plan.probes:
        mistake = "its id is used twice" if probe.id in seen else _mistake(probe)
        if mistake:
            raise UsageError(f"the plan cannot be run: probe {probe.id!r}: {mistake}")
        seen.add(probe.id)


def _mistake(probe: Probe) -> str:
    if not (math.isfinite(probe.timeout) and probe.timeout > 0):
        return f"the timeout must be more than 0 seconds, not {probe.timeout}"
    if probe.attempts < 1:
        return f"there must be at least one attempt, not {probe.attempts}"
    if probe.timeout > _LONGEST_TIMEOUT or probe.attempts > MOST_ATTEMPTS:
        return f"at most {MOST_ATTEMPTS} attempts of {_LONGEST_TIMEOUT:.0f} seconds can be made"
    if probe.source and not is_address(probe.source):
        return f"{probe.source!r} is no address to send from"
    if not 0 <= probe.size <= _LARGEST_PACKET:
        return f"the size must be from 0 to {_LARGEST_PACKET}, not {probe.size}"
    protocol = BY_KIND[probe.kind]
    by_url = protocol.addressed_by == "url"
    lowest = 0 if by_url or protocol.port or protocol.transport == "ICMP" else 1
    if not lowest <= probe.port <= 65535:
        return f"the port must be from {lowest} to 65535, not {probe.port}"
    if by_url:
        return "" if probe.url else f"a probe of {probe.kind} needs a url"
    return "" if probe.host else "the host is missing"
