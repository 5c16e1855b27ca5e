"""icmp:// - an echo."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prober.model.protocol import Scheme
from prober.scenario.destination import Destination
from prober.scenario.protocols.addressing import by_address
from prober.scenario.protocols.declaration import TargetProtocol
from prober.scenario.refs import TargetRef
from prober.scenario.spec import CheckSpec


def _fields(spec: CheckSpec, destination: Destination) -> Mapping[str, Any]:
    return {**by_address(spec, destination), "size": spec.target.size}


def _name(target: TargetRef, host: str, _: int | None) -> str:
    return f"{host}/icmp" + (f" with {target.size} bytes" if target.size else "")


PROTOCOL = TargetProtocol(
    Scheme.ICMP,
    description="An ICMP echo.",
    example="icmp://node/n1?size=1400",
    fields=_fields,
    options=("size", "family"),
    long_form={
        "size": {
            "description": "Bytes of payload, sent with don't-fragment, to find a low MTU.",
            "type": "integer",
            "minimum": 1,
            "maximum": 65507,
        }
    },
    name=_name,
)
