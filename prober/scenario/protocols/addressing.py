"""How a probe names its target, for the protocols' files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prober.model.protocol import PROTOCOLS
from prober.scenario.destination import Destination
from prober.scenario.spec import CheckSpec


def by_address(_: CheckSpec, destination: Destination) -> Mapping[str, Any]:
    """To the address where it is known: no name is said to the other side."""
    return {"host": destination.address or destination.host, "port": destination.port or 0}


def by_name(destination: Destination, name: str) -> Mapping[str, Any]:
    """By a name that is said to the other side (Host, SNI), at an address where that is known."""
    address = destination.address if destination.address != name else ""
    return {"host": name, "port": destination.port or 0, "address": address}


def by_url(spec: CheckSpec, destination: Destination) -> Mapping[str, Any]:
    """By a URL, at an address where that is known."""
    target = spec.target
    host = f"[{destination.host}]" if ":" in destination.host else destination.host
    default = PROTOCOLS[target.scheme].port
    port = "" if destination.port == default else f":{destination.port}"
    path = target.path.removeprefix("/")
    return {
        **by_name(destination, destination.host),
        "url": f"{target.scheme}://{host}{port}/{path}",
    }
