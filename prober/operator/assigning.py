"""PURE. What each agent is to probe by itself: a ConfigMap with a member for each node.

A node that is not ready, or that a taint keeps ordinary pods from (cordoned, draining), is neither
probed nor probes: it has no member, and its agent rests.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from agent.patrolling.assignment import VERSION
from agent.serving.ports import METRICS
from prober.fabric.kubernetes.transports import AgentTarget
from prober.model.probe import Plan, Probe, ProbeKind
from prober.operator.peers import peers
from prober.operator.repeated import Repeated, by_node

INTERVAL = 30
"""Seconds between two rounds."""
RATE = 20
"""Probes that an agent begins in a second."""
MOST_BYTES = 900_000
"""Of all members; a ConfigMap takes 1 MiB. With more nodes than that, the last by name are left
out, and that is told."""
_TIMEOUT = 2.0
_ASKED = "kubernetes.default.svc.cluster.local"


@dataclass(frozen=True, slots=True)
class MeshNode:
    """A node that takes part."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Mesh:
    """What is there to be probed."""

    nodes: Sequence[MeshNode]
    dns: str = ""
    """The address of cluster DNS; empty: not known."""
    api: str = ""
    """The address of the API server's Service."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What there was no room for."""

    nodes: int = 0
    checks: int = 0

    def __str__(self) -> str:
        """For the end of a sentence; empty where nothing is."""
        counts = ((self.nodes, "nodes"), (self.checks, "checks of Scenarios"))
        said = [f"{count} {what}" for count, what in counts if count]
        return f"; left out, for want of room: {' and '.join(said)}" if said else ""


def members(mesh: Mesh, repeated: Sequence[Repeated] = ()) -> tuple[Mapping[str, str], LeftOut]:
    """The members by node. What nodes probe of the mesh goes before checks of Scenarios, whose room
    each node has a share of."""
    addresses = {node.name: node.address for node in mesh.nodes}
    chosen = peers(addresses)
    shares, beyond = by_node(repeated, addresses)
    texts: dict[str, str] = {}
    total = 0
    for name in sorted(addresses):
        text = _text(_member(name, chosen[name], addresses, mesh))
        total += len(text) + len(name)
        if total > MOST_BYTES:
            break
        texts[name] = text
    room = (MOST_BYTES - sum(map(len, texts.values()))) // max(len(texts), 1)
    for name, text in texts.items():
        visits = visits_of(shares[name], room)
        beyond += len(shares[name]) - len(visits["checks"])
        if visits["checks"]:
            texts[name] = _text({**json.loads(text), **visits})
    return texts, LeftOut(len(addresses) - len(texts), beyond)


def visits_of(repeated: Sequence[Repeated], room: int) -> dict[str, Any]:
    """The members of an assignment about checks of Scenarios, in so many bytes: the first of
    them."""
    visits: dict[str, tuple[AgentTarget, list[Probe]]] = {}
    checks: dict[str, Any] = {}
    for number, item in enumerate(repeated):
        probe = replace(item.check.probe, id=f"c{number}", hops=False)
        expected = {"labels": list(item.labels), "answers": item.answers}
        known = item.target.container in visits
        room -= len(_text(expected)) + len(msgspec.json.encode(probe))
        room -= 0 if known else len(_text(_visit(item.target, ())))
        if room < 0:
            break
        visits.setdefault(item.target.container, (item.target, []))[1].append(probe)
        checks[probe.id] = expected
    return {"visits": [_visit(*visit) for visit in visits.values()], "checks": checks}


def _visit(target: AgentTarget, probes: Sequence[Probe]) -> dict[str, Any]:
    return {
        "container": target.container,
        "addresses": list(target.addresses),
        "proxies": dict(target.proxies),
        "plan": _plan(Plan("pod", tuple(probes))),
    }


def _member(
    name: str, targets: Sequence[str], addresses: Mapping[str, str], mesh: Mesh
) -> dict[str, Any]:
    probes = [*_to_nodes(targets, addresses), *_to_services(mesh)]
    return {
        "version": VERSION,
        "interval": INTERVAL,
        "rate": RATE,
        "plan": _plan(Plan(f"node/{name}", tuple(probe for _, _, probe in probes))),
        "about": {probe.id: [kind, target] for kind, target, probe in probes},
    }


def _text(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=True)


def _to_nodes(
    targets: Sequence[str], addresses: Mapping[str, str]
) -> Iterable[tuple[str, str, Probe]]:
    """To the agent there, which listens on its node's address."""
    for target in targets:
        probe = Probe(f"node/{target}", ProbeKind.TCP, addresses[target], METRICS, timeout=_TIMEOUT)
        yield "node", target, probe


def _to_services(mesh: Mesh) -> Iterable[tuple[str, str, Probe]]:
    if mesh.dns:
        probe = Probe("dns", ProbeKind.DNS, _ASKED, timeout=_TIMEOUT, server=mesh.dns)
        yield "dns", "kube-dns", probe
    if mesh.api:
        yield "api", "kubernetes", Probe("api", ProbeKind.TCP, mesh.api, 443, timeout=_TIMEOUT)


def _plan(plan: Plan) -> Any:
    from agent.wire import encode_plan

    return msgspec.json.decode(encode_plan(plan))
