"""http:// and https:// - a request, and the status of its answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prober.model.protocol import Scheme
from prober.scenario.destination import Destination
from prober.scenario.protocols.addressing import by_url
from prober.scenario.protocols.declaration import TargetProtocol, url
from prober.scenario.protocols.tls import VERIFY
from prober.scenario.spec import CheckSpec

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH")
_CODE = {"type": "integer", "minimum": 100, "maximum": 599}
_LONG_FORM = {
    "path": {
        "title": "a path",
        "description": "Path and query.",
        "type": "string",
        "pattern": "^/",
        "examples": ["/healthz?verbose=1"],
        "default": "/",
    },
    "status": {
        "description": (
            "The status codes that count as ok. Default: any answer, since the network works."
        ),
        "type": ["integer", "array"],
        "minimum": 100,
        "maximum": 599,
        "minItems": 1,
        "items": _CODE,
    },
    "method": {"type": "string", "enum": list(METHODS), "default": "GET"},
}


def _fields(spec: CheckSpec, destination: Destination) -> Mapping[str, Any]:
    target = spec.target
    return {
        **by_url(spec, destination),
        "method": target.method,
        "status": target.status,
        "verify": target.verify,
    }


PROTOCOL = TargetProtocol(
    Scheme.HTTP,
    description="An HTTP request. The port is 80 unless given.",
    example="http://svc/web.shop:80/healthz?status=200,204",
    fields=_fields,
    options=("status", "method", "family"),
    grammar="url",
    own_query=True,
    long_form=_LONG_FORM,
    name=url,
)
SECURE = TargetProtocol(
    Scheme.HTTPS,
    description="An HTTPS request. The port is 443 unless given.",
    example="https://github.com/?method=HEAD&verify=no",
    fields=_fields,
    options=("status", "method", "verify", "family"),
    grammar="url",
    own_query=True,
    long_form={**_LONG_FORM, "verify": VERIFY},
    name=url,
)
