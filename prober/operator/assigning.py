"""PURE. What each agent is to probe by itself: a ConfigMap with a member for each node.

A node that is not ready, or that a taint keeps ordinary pods from (cordoned, draining), is neither
probed nor probes: it has no member, and its agent rests.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from agent.serving.ports import METRICS
from prober.fabric.kubernetes.installation import ASSIGNMENT
from prober.model.probe import Plan, Probe, ProbeKind
from prober.operator.peers import peers

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


def members(mesh: Mesh) -> tuple[Mapping[str, str], int]:
    """The members by node, and how many nodes were left out for want of room."""
    addresses = {node.name: node.address for node in mesh.nodes}
    chosen = peers(addresses)
    texts: dict[str, str] = {}
    total = 0
    for name in sorted(addresses):
        text = _member(name, chosen[name], addresses, mesh)
        total += len(text) + len(name)
        if total > MOST_BYTES:
            break
        texts[name] = text
    return texts, len(addresses) - len(texts)


def config_map(namespace: str, texts: Mapping[str, str]) -> dict[str, Any]:
    """The object that agents have as files."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": ASSIGNMENT,
            "namespace": namespace,
            "labels": {"app.kubernetes.io/part-of": "prober"},
        },
        "data": dict(texts),
    }


def _member(name: str, targets: Sequence[str], addresses: Mapping[str, str], mesh: Mesh) -> str:
    probes = [*_to_nodes(targets, addresses), *_to_services(mesh)]
    plan = Plan(f"node/{name}", tuple(probe for _, _, probe in probes))
    written = {
        "version": 1,
        "interval": INTERVAL,
        "rate": RATE,
        "plan": _plan(plan),
        "about": {probe.id: [kind, target] for kind, target, probe in probes},
    }
    return json.dumps(written, separators=(",", ":"), sort_keys=True)


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
