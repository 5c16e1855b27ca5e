"""What a protocol's file declares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from prober.model.probe import Probe
from prober.model.protocol import PROTOCOLS, ProbeProtocol, Scheme
from prober.scenario.destination import Destination
from prober.scenario.refs import TargetRef
from prober.scenario.spec import CheckSpec

Grammar = Literal["place", "url", "question"]
"""What follows `://`: a place and a port; the same and a path; or a name, perhaps with the server
that is asked for it after an `@`."""


def host_and_port(target: TargetRef, host: str, port: int | None) -> str:
    """`github.com:53/udp`: how most checks are called."""
    return f"{host}:{port}/{target.scheme}"


def url(target: TargetRef, host: str, port: int | None) -> str:
    """`https://web.shop/health`, without the port that may be left out."""
    shown = "" if port == PROTOCOLS[target.scheme].port else f":{port}"
    return f"{target.scheme}://{host}{shown}{target.path}"


def scheme_and_host(probe: Probe) -> str:
    """`tcp://github.com:22`: where a probe goes, as a person would type it."""
    if probe.url:
        return probe.url
    host = f"[{probe.host}]" if ":" in probe.host else probe.host
    return f"{probe.kind}://{host}" + (f":{probe.port}" if probe.port else "")


@dataclass(frozen=True, slots=True)
class TargetProtocol:
    """One scheme, as scenarios and reports have it."""

    scheme: Scheme
    description: str
    """One sentence, for the schema of scenario files."""
    example: str
    """In text form; docs/scenarios.md has it too."""
    fields: Callable[[CheckSpec, Destination], Mapping[str, Any]]
    """What a probe of it is told, besides what all probes are told: fields of `Probe`."""
    options: tuple[str, ...] = ("family",)
    """What may stand after the question mark, and in the long form."""
    grammar: Grammar = "place"
    own_query: bool = False
    """A query that has none of the options is the server's own, and part of the path."""
    long_form: Mapping[str, Any] = field(default_factory=dict)
    """JSON Schema of the fields of the long form that only this protocol has."""
    name: Callable[[TargetRef, str, int | None], str] = host_and_port
    """What a check is called: from the target, the host as people read it, and the port."""
    shown: Callable[[Probe], str] = scheme_and_host
    never_sent: str = ""
    """Why nothing can probe it, from nowhere; empty: it can be probed."""

    @property
    def row(self) -> ProbeProtocol:
        """What both sides know of it."""
        return PROTOCOLS[self.scheme]
