"""tls:// - a handshake, and the certificate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prober.model.protocol import Scheme
from prober.scenario.destination import Destination
from prober.scenario.protocols.addressing import by_name
from prober.scenario.protocols.declaration import TargetProtocol
from prober.scenario.spec import CheckSpec

VERIFY = {
    "description": "An untrusted or mismatched certificate is an error.",
    "type": "boolean",
    "default": True,
}
"""The field of every protocol that may be spoken over TLS."""


def _fields(spec: CheckSpec, destination: Destination) -> Mapping[str, Any]:
    named = by_name(destination, spec.target.sni or destination.host)
    return {**named, "verify": spec.target.verify}


PROTOCOL = TargetProtocol(
    Scheme.TLS,
    description="A TLS handshake; the certificate is shown.",
    example="tls://203.0.113.10:443?sni=github.com",
    fields=_fields,
    options=("sni", "verify", "family"),
    long_form={
        "sni": {
            "description": "The name to ask for, where an address or an object is connected to.",
            "$ref": "#/$defs/host",
        },
        "verify": VERIFY,
    },
)
