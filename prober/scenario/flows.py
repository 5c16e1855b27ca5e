"""Flows as people write them: one JSON object a line.

    {"from": "ns/pod", "to": "svc/ns/name", "protocol": "TCP", "port": 80}

`from` and `to` mean what they mean in a scenario (`text.source`, `text.target`): `NS/NAME` is a pod
or a workload's first pod, `redis.ns` a Service, `host/NAME` a host outside. `to` may also be a
whole target, `tcp://redis:6379`, which leaves nothing for `protocol` and `port` to say. The
protocol is TCP when absent, in any case. Members that are not known are kept, unless they look like
a known one written wrong.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from prober.model.check import Endpoint, Flow
from prober.model.errors import InputError, Location, Mistake, UsageError
from prober.model.snapshot import Snapshot
from prober.scenario.errors import BadReference
from prober.scenario.refs import Place, TargetRef
from prober.scenario.resolving.ends import Ends, protocol_of
from prober.scenario.resolving.requests import request_of
from prober.scenario.text.source import parse_source
from prober.scenario.text.target import parse_place, parse_target

PROTOCOLS = ("TCP", "UDP", "SCTP", "ICMP")
MEMBERS = ("from", "to", "protocol", "port")
_PLACES = "a pod is written NS/NAME, a Service svc/NS/NAME"
ANSWERS = ("ingress", "egress", "verdict", "trail")
"""What an output line adds. In an input line (an earlier output, fed back) they are ignored and
replaced."""


@dataclass(frozen=True, slots=True)
class FlowLine:
    """One line: the flow, and the members to repeat."""

    members: Mapping[str, Any]
    flow: Flow
    location: Location


class _Wrong(ValueError):  # noqa: N818 - it becomes a mistake, not an error of its own
    """One thing that is wrong in a line: `path`, message and hint."""

    def __init__(self, path: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.path = path
        self.hint = hint


def parse_flows(lines: Iterable[str], snapshot: Snapshot, file: str) -> tuple[FlowLine, ...]:
    """The flows of `lines` in their order; blank lines are skipped.

    `file` is what mistakes call the input. Raises `InputError` with every mistake of every line:
    what is not JSON, not of the right type, or names an object that the snapshot does not have.
    """
    reader = _Reader(snapshot)
    flows: list[FlowLine] = []
    mistakes: list[Mistake] = []
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        location = Location(file, number)
        wrong: list[_Wrong] = []
        line = reader.line(text, location, wrong)
        if line and not wrong:
            flows.append(line)
        mistakes += [
            Mistake(location, mistake.path, str(mistake), mistake.hint) for mistake in wrong
        ]
    if mistakes:
        raise InputError(mistakes)
    return tuple(flows)


class _Reader:
    """Looks up what lines say. Many lines share their ends: each end is looked up once."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._ends = Ends(snapshot)
        self._sources: dict[str, Endpoint] = {}
        self._destinations: dict[tuple[str, str], Endpoint] = {}

    def line(self, text: str, location: Location, wrong: list[_Wrong]) -> FlowLine | None:
        """One line, with everything that is wrong with it noted in `wrong`."""
        try:
            members = _decode(text)
        except _Wrong as error:
            wrong.append(error)
            return None
        wrong += _misspelt(members)
        source = self._source(members, wrong)
        where, protocol, port, target = _asked(members, source.namespace if source else "", wrong)
        destination = self._destination(members, where, source, wrong) if where else None
        if wrong or source is None or destination is None:
            return None
        kept = {key: value for key, value in members.items() if key not in ANSWERS}
        host = destination.address or destination.name
        request = request_of(target, host, port) if target is not None else None
        return FlowLine(kept, Flow(source, destination, protocol, port, request), location)

    def _source(self, members: Mapping[str, Any], wrong: list[_Wrong]) -> Endpoint | None:
        text = _text(members, "from", wrong)
        if text and text not in self._sources:
            try:
                self._sources[text] = self._ends.source(parse_source(text))
            except BadReference as error:
                wrong.append(_Wrong("from", error.problem, error.hint))
            except UsageError as error:
                wrong.append(_Wrong("from", str(error), error.hint))
        return self._sources.get(text)

    def _destination(
        self, members: Mapping[str, Any], where: Place, source: Endpoint | None, wrong: list[_Wrong]
    ) -> Endpoint | None:
        namespace = source.namespace if source else ""
        key = (members["to"], namespace)
        if key not in self._destinations:
            try:
                self._destinations[key] = self._ends.destination(where, namespace)
            except UsageError as error:
                wrong.append(_Wrong("to", str(error), error.hint))
        return self._destinations.get(key)


def _asked(
    members: Mapping[str, Any], namespace: str, wrong: list[_Wrong]
) -> tuple[Place | None, str, int | str | None, TargetRef | None]:
    """Where a flow goes, over what, to which port. A target with a scheme says all in `to`."""
    text = _text(members, "to", wrong)
    try:
        if "://" in text:
            said = [key for key in ("protocol", "port") if key in members]
            wrong += [_Wrong(key, "is said in `to` already", "leave it out") for key in said]
            target = parse_target(text, namespace)
            return target.place, protocol_of(target), target.place.port, target
        where = parse_place(text, namespace) if text else None
    except BadReference as error:
        port = "a port goes into the member port" if ":" in text and "/" not in text else ""
        wrong.append(_Wrong("to", error.problem, error.hint if "://" in text else port or _PLACES))
        where = None
    protocol = _protocol(members, wrong)
    return where, protocol, _port(members, protocol, wrong), None


def _decode(text: str) -> Mapping[str, Any]:
    try:
        value = json.loads(text, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        hint = 'one object a line, as in {"from": "shop/web", "to": "shop/db", "port": 5432}'
        raise _Wrong("", f"is not JSON: {error.msg} at column {error.colno}", hint) from error
    except RecursionError as error:
        raise _Wrong("", "is nested too deeply to be a flow") from error
    if not isinstance(value, dict):
        raise _Wrong(
            "", f"is {_type(value)}, not an object", 'as in {"from": …, "to": …, "port": …}'
        )
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for key, value in pairs:
        if key in members:
            raise _Wrong(key, "is there twice in one object", "keep one of them")
        members[key] = value
    return members


def _misspelt(members: Mapping[str, Any]) -> list[_Wrong]:
    """Unknown members are kept, but one that looks like a known one would silently change what is
    asked."""
    absent = [name for name in MEMBERS if name not in members]
    wrong = []
    for key in members:
        near = get_close_matches(key.lower(), absent, n=1, cutoff=0.65)
        if key not in MEMBERS and near:
            wrong.append(_Wrong(key, "is not a member of a flow", f"did you mean {near[0]}?"))
    return wrong


def _text(members: Mapping[str, Any], key: str, wrong: list[_Wrong]) -> str:
    """The text of an end; empty where there is none, which is noted."""
    value = members.get(key)
    if isinstance(value, str) and value.strip():
        return value.strip()
    problem = f"is {_type(value)}, not text" if value else "is empty"
    example = "a pod (NS/NAME), an address, node/NAME or host/NAME"
    more = "" if key == "from" else ", or svc/NS/NAME"
    wrong.append(_Wrong(key, problem if key in members else "is missing", example + more))
    return ""


def _protocol(members: Mapping[str, Any], wrong: list[_Wrong]) -> str:
    value = members.get("protocol", "TCP")
    if isinstance(value, str) and value.upper() in PROTOCOLS:
        return value.upper()
    what = repr(value) if isinstance(value, str) else _type(value)
    wrong.append(_Wrong("protocol", f"{what} is not a protocol", f"one of {', '.join(PROTOCOLS)}"))
    return "TCP"


def _port(members: Mapping[str, Any], protocol: str, wrong: list[_Wrong]) -> int | str | None:
    value = members.get("port")
    if protocol == "ICMP":
        if value is not None:
            wrong.append(_Wrong("port", "ICMP has no ports", "leave it out"))
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        if not 1 <= value <= 65535:
            wrong.append(_Wrong("port", f"{value} is out of range", "1 to 65535"))
        return value
    if isinstance(value, str) and value and not value.isdigit():
        return value
    if value is None:
        wrong.append(_Wrong("port", "is missing", "a number, or the name of a port"))
    elif isinstance(value, str) and value:
        wrong.append(
            _Wrong(
                "port",
                f"{value!r} is text, and no port can have this name",
                f"write the number: {value}",
            )
        )
    else:
        problem = "is empty" if value == "" else f"is {_type(value)}, not a number or a name"
        wrong.append(_Wrong("port", problem, "a number, or the name of a port"))
    return None


def _type(value: object) -> str:
    """A JSON type, with its article."""
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int():
            return "a number"
        case float():
            return "a fraction"
        case str():
            return "text"
        case list():
            return "a list"
        case _:
            return "an object"
