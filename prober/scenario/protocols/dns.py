"""dns:// - a question, to the source's own name servers or to one that is named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prober.model.probe import Probe
from prober.model.protocol import PROTOCOLS, Scheme
from prober.scenario.destination import Destination
from prober.scenario.protocols.declaration import TargetProtocol
from prober.scenario.refs import TargetRef
from prober.scenario.spec import CheckSpec

RECORDS = ("A", "AAAA", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT")
TRANSPORTS = ("udp", "tcp")
_PORT = PROTOCOLS[Scheme.DNS].port


def _fields(spec: CheckSpec, destination: Destination) -> Mapping[str, Any]:
    """Port 0 is DNS's own; a server's address is asked, or what its name resolves to."""
    target = spec.target
    asks = target.place.object is not None or bool(target.place.host)
    return {
        "host": target.name,
        "port": destination.port if destination.port != _PORT else 0,
        "server": (destination.address or destination.host) if asks else "",
        "record": target.record,
        "transport": target.transport,
    }


def _name(target: TargetRef, host: str, _: int | None) -> str:
    words = ["dns", target.name]
    if target.record != "A":
        words.append(target.record)
    if target.place.object is not None or target.place.host:
        port = target.place.port
        words.append(f"@{host}" + ("" if port in (None, _PORT) else f":{port}"))
    if target.transport == "tcp":
        words.append("over tcp")
    return " ".join(words)


def _shown(probe: Probe) -> str:
    return f"dns://{probe.host}" + (f"@{probe.server}" if probe.server else "")


PROTOCOL = TargetProtocol(
    Scheme.DNS,
    description="A DNS question.",
    example="dns://github.com",
    fields=_fields,
    options=("type", "transport", "family"),
    grammar="question",
    long_form={
        "name": {
            "title": "a DNS name",
            "description": (
                "The name to ask for; the search path applies unless it ends in a dot."
            ),
            "type": "string",
            "minLength": 1,
        },
        "server": {
            "title": "a server",
            "description": (
                "Ask this server instead of those of the pod's resolv.conf: an address, a host or "
                "an object, with a port if it is not 53."
            ),
            "type": "string",
            "minLength": 1,
            "examples": ["svc/kube-dns.kube-system", "198.51.100.53:5353"],
        },
        "type": {"type": "string", "enum": list(RECORDS), "default": "A"},
        "transport": {"type": "string", "enum": list(TRANSPORTS), "default": "udp"},
    },
    name=_name,
    shown=_shown,
)
