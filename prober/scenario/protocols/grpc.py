"""grpc:// and grpcs:// - what the standard health service says of a server or a service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prober.model.protocol import Scheme
from prober.scenario.destination import Destination
from prober.scenario.protocols.addressing import by_url
from prober.scenario.protocols.declaration import TargetProtocol, url
from prober.scenario.protocols.tls import VERIFY
from prober.scenario.spec import CheckSpec

_LONG_FORM = {
    "path": {
        "title": "a service",
        "description": "The service that is asked about, after a slash. Default: the server.",
        "type": "string",
        "pattern": "^/",
        "examples": ["/shop.Cart"],
        "default": "/",
    },
}


def _fields(spec: CheckSpec, destination: Destination) -> Mapping[str, Any]:
    return {**by_url(spec, destination), "verify": spec.target.verify}


PROTOCOL = TargetProtocol(
    Scheme.GRPC,
    description="A gRPC server's health (grpc.health.v1).",
    example="grpc://svc/cart.shop:50051/shop.Cart",
    fields=_fields,
    grammar="url",
    long_form=_LONG_FORM,
    name=url,
)
SECURE = TargetProtocol(
    Scheme.GRPCS,
    description="A gRPC server's health (grpc.health.v1), over TLS.",
    example="grpcs://svc/cart.shop:50051?verify=no",
    fields=_fields,
    options=("verify", "family"),
    grammar="url",
    long_form={**_LONG_FORM, "verify": VERIFY},
    name=url,
)
