"""Faults of the lab, in the text form of the command line and in the long form of a Lab
document."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, cast

from prober.manifest.reading.cursor import Cursor
from prober.model.errors import UsageError
from prober.model.kubernetes import WORKLOAD_KINDS
from prober.model.lab import Fault, FaultKind

DEFAULT_LOW_MTU = 1280
_FIELDS = ("kind", "target", "port", "protocol", "action", "value")
_PROTOCOLS, _ACTIONS = ("TCP", "UDP"), ("drop", "reject")
_WORKLOADS = ("pod", *WORKLOAD_KINDS)
_TEXT = re.compile(
    r"(?P<target>\[[^\]]*\]|[^:,\[\]]*)(:(?P<number>[0-9]+)(/(?P<protocol>[A-Za-z]+))?)?(,(?P<action>[a-z]+))?"
)


@dataclass(frozen=True, slots=True)
class _Quantity:
    """The number that a fault takes where others take a port."""

    called: str
    unit: str
    least: int
    most: int
    default: int = 0
    """0: it must be said."""


_MTU = _Quantity("an MTU", "bytes", 576, 65535, DEFAULT_LOW_MTU)
_DELAY = _Quantity("a delay", "milliseconds", 1, 60_000)


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a kind of fault takes."""

    example: str
    target: tuple[str, ...] = ()
    """The prefixes of a target, as in `node` of `node/n1`; empty: a host's name or address, or no
    target at all."""
    required: bool = False
    """Must there be a target."""
    takes_target: bool = True
    takes_port: bool = False
    whose_port: str = ""
    """What port must be said, as in `the proxy's port`; empty: none."""
    value: _Quantity | None = None


_SHAPES: dict[FaultKind, _Shape] = {
    FaultKind.FIREWALL: _Shape("firewall=github.com:22", takes_port=True),
    FaultKind.DEAD_DNS: _Shape("dead-dns", takes_target=False),
    FaultKind.NO_ENDPOINTS: _Shape("no-endpoints=svc/web.shop", ("svc", "service"), required=True),
    FaultKind.NOT_LISTENING: _Shape(
        "not-listening=deploy/web.shop:8080", _WORKLOADS, required=True, takes_port=True
    ),
    FaultKind.LOST_IDENTITY: _Shape("lost-identity=deploy/web.shop", _WORKLOADS, required=True),
    FaultKind.STOPPED_AGENT: _Shape("stopped-agent=node/n1", ("node",), required=True),
    FaultKind.UNKNOWN_PORT_NAMES: _Shape("unknown-port-names", takes_target=False),
    FaultKind.UNKNOWN_PORT_RANGES: _Shape("unknown-port-ranges", takes_target=False),
    FaultKind.UNNAMED_DIRECTIONS: _Shape("unnamed-directions", takes_target=False),
    FaultKind.OUTSIDE_IP_BLOCKS: _Shape("outside-ip-blocks", takes_target=False),
    FaultKind.UNKNOWN_POD: _Shape("unknown-pod=pod/web-1.shop", _WORKLOADS, required=True),
    FaultKind.HOST_FIREWALL: _Shape(
        "host-firewall=node/n1:9100",
        ("node",),
        required=True,
        takes_port=True,
        whose_port="a port",
    ),
    FaultKind.NO_WAY_OUT: _Shape("no-way-out=node/n1", ("node",), required=True),
    FaultKind.TUNNEL_BLOCKED: _Shape("tunnel-blocked=node/n1", ("node",), required=True),
    FaultKind.KUBE_PROXY_DOWN: _Shape("kube-proxy-down=node/n1", ("node",)),
    FaultKind.CNI_AGENT_DOWN: _Shape("cni-agent-down=node/n1", ("node",), required=True),
    FaultKind.CNI_NO_RIGHTS: _Shape("cni-no-rights=node/n1", ("node",)),
    FaultKind.DNS_DOWN: _Shape("dns-down", takes_target=False),
    FaultKind.DNS_CACHE_CUT_OFF: _Shape("dns-cache-cut-off=node/n1", ("node",)),
    FaultKind.PROXY_ONLY: _Shape(
        "proxy-only=proxy.example.com:3128",
        required=True,
        takes_port=True,
        whose_port="the proxy's port",
    ),
    FaultKind.LATE_ENFORCEMENT: _Shape("late-enforcement:1500", takes_target=False, value=_DELAY),
    FaultKind.LOW_MTU: _Shape("low-mtu=node/n2:1280", ("node",), value=_MTU),
}
FAULTS_HINT = "faults are " + ", ".join(shape.example for shape in _SHAPES.values())


def parse_fault(text: str) -> Fault:
    """A fault from its text: `KIND[=TARGET][:NUMBER[/PROTOCOL]][,ACTION]`, as in
    `firewall=github.com:22/tcp,reject`.

    NUMBER is a port; for low-mtu it is the MTU in bytes, for late-enforcement milliseconds. Raises
    `UsageError`.
    """
    word, equals, rest = text.strip().partition("=")
    if not equals and ":" in word:
        word, _, number_alone = word.partition(":")
        rest = f":{number_alone}"
    if word not in list(FaultKind):
        raise UsageError(f"unknown fault `{word}` in `{text}`", hint=FAULTS_HINT)
    kind = FaultKind(word)
    match = _TEXT.fullmatch(rest)
    if match is None or (equals and not rest):
        raise UsageError(f"`{text}` is not a fault", hint=_like(kind))
    number = int(match["number"] or 0)
    quantity = _SHAPES[kind].value
    protocol, action = (match["protocol"] or "TCP").upper(), match["action"] or "drop"
    if protocol not in _PROTOCOLS:
        raise UsageError(f"`{text}`: the protocol must be tcp or udp", hint=_like(kind))
    if action not in _ACTIONS:
        raise UsageError(f"`{text}`: the action must be drop or reject", hint=_like(kind))
    fault = Fault(
        kind=kind,
        target=match["target"].strip("[]"),
        port=0 if quantity else number,
        protocol=cast(Literal["TCP", "UDP"], protocol),
        action=cast(Literal["drop", "reject"], action),
        value=(number or quantity.default) if quantity else 0,
    )
    if problem := _problem(fault):
        raise UsageError(f"`{text}`: {problem}", hint=_like(kind))
    return fault


def decode_fault(cursor: Cursor) -> Fault | None:
    """A fault of a Lab document: its text, or a mapping. None when it is wrong, which is noted."""
    if isinstance(cursor.value, str):
        try:
            return parse_fault(cursor.value)
        except UsageError as error:
            cursor.wrong(str(error), error.hint)
            return None
    before = len(cursor.report.mistakes)
    if cursor.mapping(_FIELDS) is None or cursor.field("kind").absent:
        if cursor.absent or isinstance(cursor.value, dict):
            cursor.wrong("has no kind", FAULTS_HINT)
        return None
    kind = cursor.field("kind").choice([kind.value for kind in FaultKind])
    port, value = cursor.field("port").integer() or 0, cursor.field("value").integer() or 0
    quantity = _SHAPES[FaultKind(kind)].value if kind else None
    fault = Fault(
        kind=FaultKind(kind or FaultKind.FIREWALL),
        target=cursor.field("target").text() or "",
        port=port,
        protocol=cast(Literal["TCP", "UDP"], cursor.field("protocol").choice(_PROTOCOLS) or "TCP"),
        action=cast(Literal["drop", "reject"], cursor.field("action").choice(_ACTIONS) or "drop"),
        value=value or (quantity.default if quantity else 0),
    )
    if len(cursor.report.mistakes) > before:
        return None
    if problem := _problem(fault):
        cursor.wrong(problem, _like(fault.kind))
        return None
    return fault


def _like(kind: FaultKind) -> str:
    return f"write it like {_SHAPES[kind].example}"


def _problem(fault: Fault) -> str:
    """What is wrong with a fault as a whole; empty when nothing is."""
    shape = _SHAPES[fault.kind]
    if fault.target and not shape.takes_target:
        return f"{fault.kind} takes no target"
    if shape.required and not fault.target:
        return f"{fault.kind} needs a target"
    prefix, slash, name = fault.target.partition("/")
    if fault.target and shape.target and (prefix not in shape.target or not slash or not name):
        return f"the target `{fault.target}` is not one for {fault.kind}"
    if fault.port and not shape.takes_port:
        return f"{fault.kind} takes no port"
    if not 0 <= fault.port <= 65535:
        return f"{fault.port} is not a port: must be between 1 and 65535"
    if shape.whose_port and not fault.port:
        return f"{fault.kind} needs {shape.whose_port}"
    quantity = shape.value
    if quantity and not quantity.least <= fault.value <= quantity.most:
        limits = f"must be between {quantity.least} and {quantity.most} {quantity.unit}"
        return f"{fault.value} is not {quantity.called}: {limits}"
    return f"{fault.kind} takes no value" if fault.value and not quantity else ""
