"""udp:// - a datagram, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prober.model.protocol import Scheme
from prober.scenario.destination import Destination
from prober.scenario.protocols.addressing import by_address
from prober.scenario.protocols.declaration import TargetProtocol
from prober.scenario.spec import CheckSpec


def _fields(spec: CheckSpec, destination: Destination) -> Mapping[str, Any]:
    return {**by_address(spec, destination), "payload": spec.target.payload}


PROTOCOL = TargetProtocol(
    Scheme.UDP,
    description="A UDP datagram and its answer.",
    example="udp://svc/syslog.logs:514?payload=hello",
    fields=_fields,
    options=("payload", "family"),
    long_form={"payload": {"description": "The text to send.", "type": "string", "minLength": 1}},
)
