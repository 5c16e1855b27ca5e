"""tcp:// - a connection, and what the server says first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prober.model.protocol import Scheme
from prober.scenario.destination import Destination
from prober.scenario.protocols.addressing import by_address
from prober.scenario.protocols.declaration import TargetProtocol
from prober.scenario.refs import TargetRef
from prober.scenario.spec import CheckSpec

SSH_PORT = 22
"""Where a server says its name at once: a banner there proves that it was the real thing that
answered."""


def _fields(spec: CheckSpec, destination: Destination) -> Mapping[str, Any]:
    banner = spec.banner if spec.banner is not None else destination.port == SSH_PORT
    return {**by_address(spec, destination), "hops": spec.hops, "banner": banner}


def _name(target: TargetRef, host: str, port: int | None) -> str:
    """The protocol is left out for an object, where nobody would ask."""
    return f"{host}:{port}" + ("" if target.place.object is not None else "/tcp")


PROTOCOL = TargetProtocol(
    Scheme.TCP,
    description="A TCP connection.",
    example="tcp://github.com:22",
    fields=_fields,
    name=_name,
)
