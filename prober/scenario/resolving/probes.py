"""From a check spec and one of its destinations to the probe and the flow."""

from __future__ import annotations

from typing import Any

from prober.model.check import Endpoint, Flow
from prober.model.probe import Probe, ProbeKind
from prober.scenario.resolving.destinations import Destination, transport_of
from prober.scenario.spec import SSH_PORT, CheckSpec
from prober.scenario.text.refs import DEFAULT_PORTS, Scheme, TargetRef

_KINDS = {Scheme.HTTPS: ProbeKind.HTTP, Scheme.SCTP: ProbeKind.TCP}
"""Schemes that are not named like their probe. SCTP's stands in for one that is never sent: see
`unspoken`."""

ICMP = "ICMP"
"""What `Flow.protocol` says for echo."""


def flow_of(spec: CheckSpec, source: Endpoint, destination: Destination) -> Flow:
    """What is predicted."""
    if spec.target.scheme is Scheme.ICMP:
        return Flow(source, destination.endpoint, ICMP)
    return Flow(source, destination.endpoint, transport_of(spec.target), destination.port)


def unspoken(target: TargetRef) -> str:
    """Why a target cannot be probed at all, from nowhere; empty: it can."""
    return (
        "SCTP is predicted, not probed: most kernels do not speak it"
        if target.scheme is Scheme.SCTP
        else ""
    )


def probe_of(spec: CheckSpec, destination: Destination, check_id: str) -> Probe:
    """What the vantage is told to do."""
    target = spec.target
    return Probe(
        id=check_id,
        kind=_KINDS.get(target.scheme) or ProbeKind(target.scheme.value),
        timeout=spec.timeout,
        attempts=spec.attempts,
        family=target.family,
        **_FIELDS[target.scheme](spec, destination),
    )


def _tcp(spec: CheckSpec, destination: Destination) -> dict[str, Any]:
    banner = spec.banner if spec.banner is not None else destination.port == SSH_PORT
    return {**_plain(spec, destination), "hops": spec.hops, "banner": banner}


def _udp(spec: CheckSpec, destination: Destination) -> dict[str, Any]:
    return {**_plain(spec, destination), "payload": spec.target.payload}


def _icmp(spec: CheckSpec, destination: Destination) -> dict[str, Any]:
    return {**_plain(spec, destination), "size": spec.target.size}


def _plain(_: CheckSpec, destination: Destination) -> dict[str, Any]:
    """To the address where it is known: no name is said to the other side."""
    return {"host": destination.address or destination.host, "port": destination.port or 0}


def _dns(spec: CheckSpec, destination: Destination) -> dict[str, Any]:
    """Port 0 is DNS's own; a server's address is asked, or what its name resolves to."""
    target = spec.target
    port = destination.port if destination.port != DEFAULT_PORTS[Scheme.DNS] else 0
    asks = target.place.object is not None or bool(target.place.host)
    server = (destination.address or destination.host) if asks else ""
    return {
        "host": target.name,
        "port": port,
        "server": server,
        "record": target.record,
        "transport": target.transport,
    }


def _http(spec: CheckSpec, destination: Destination) -> dict[str, Any]:
    target = spec.target
    host = f"[{destination.host}]" if ":" in destination.host else destination.host
    port = "" if destination.port == DEFAULT_PORTS[target.scheme] else f":{destination.port}"
    return {
        **_named(destination, destination.host),
        "url": f"{target.scheme}://{host}{port}/{target.path.removeprefix('/')}",
        "method": target.method,
        "status": target.status,
        "verify": target.verify,
    }


def _tls(spec: CheckSpec, destination: Destination) -> dict[str, Any]:
    return {
        **_named(destination, spec.target.sni or destination.host),
        "verify": spec.target.verify,
    }


def _named(destination: Destination, name: str) -> dict[str, Any]:
    """By a name that is said to the other side (Host, SNI), at an address where that is known."""
    address = destination.address if destination.address != name else ""
    return {"host": name, "port": destination.port or 0, "address": address}


_FIELDS = {
    Scheme.TCP: _tcp,
    Scheme.UDP: _udp,
    Scheme.SCTP: _plain,
    Scheme.ICMP: _icmp,
    Scheme.DNS: _dns,
    Scheme.HTTP: _http,
    Scheme.HTTPS: _http,
    Scheme.TLS: _tls,
}
