"""Hosts that a lab does not have: nobody named them, so what a probe of them shows says nothing."""

from __future__ import annotations

from collections.abc import Collection

from prober.model.check import Endpoint, EndpointKind, Expectation
from prober.model.snapshot import Snapshot
from prober.scenario.spec import CheckSpec
from prober.scenario.text.words import is_address

ABSENT = "the lab has no host"
"""What `Check.skip_reason` begins with where this is why."""
_CLUSTER = ("svc", "local", "localhost")
"""Last labels of names that no host outside has."""


def absent_host(
    spec: CheckSpec, destination: Endpoint, snapshot: Snapshot, outside: Collection[str]
) -> str:
    """Why a check cannot be made in a lab whose hosts outside are these; empty: it can. Whoever
    expects that the name does not exist is taken at their word."""
    if spec.expect is Expectation.DNS_NXDOMAIN:
        return ""
    host = destination.name if destination.kind is EndpointKind.OUTSIDE else ""
    name = (spec.target.name or host).lower().rstrip(".")
    known = {host.lower().rstrip(".") for host in outside}
    if name in known or not _is_outside(name, snapshot):
        return ""
    return f"{ABSENT} {name}: no Lab document names it"


def _is_outside(name: str, snapshot: Snapshot) -> bool:
    """Can a name only be one outside: it has dots, and is none of cluster DNS's, nor meant as one,
    as `web.shop` is where there is a namespace shop."""
    labels = name.split(".")
    if len(labels) < 2 or is_address(name) or labels[-1] in _CLUSTER:
        return False
    return labels[-1] not in snapshot.namespaces
