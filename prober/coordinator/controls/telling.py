"""Whom the target of a check can ask, to show that its answers get to the source. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from prober.coordinator.controls import probing
from prober.coordinator.controls.candidates import Candidates, vantage_of
from prober.model.check import Endpoint, EndpointKind, Vantage
from prober.model.objects import Pod

MOST_TOLD = 8
"""Sources on one node that a target is asked to answer: further ones share their way back."""
MOST_WALKS = 3
"""TTL walks of one target that may tell nobody anything, one for each node of its sources: nodes
limit the ICMP errors that they send."""


@dataclass(frozen=True, slots=True)
class Told:
    """Whom a target asks to show that it can answer."""

    pod: Pod
    address: str
    port: int
    """0: the policies let it ask nothing."""

    @property
    def name(self) -> str:
        return f"pod {self.pod.ref}" + (f":{self.port}" if self.port else "")


def told_by(candidates: Candidates, target: Vantage, source: Pod, family: str) -> Told | None:
    """Whom the target itself may ask: the source, or in a run with many of them another on the
    source's node; None where nobody can make it speak."""
    if target not in candidates.inside or target == vantage_of(source):
        return None
    known = candidates.told.setdefault((target, source.node), [])
    if source not in known and len(known) < MOST_TOLD:
        known.append(source)
    told = _told(candidates, target, source if source in known else known[0], family)
    if told is None or told.port:
        return told
    nodes = [node for asker, node in candidates.told if asker == target]
    few = nodes.index(source.node) < MOST_WALKS
    return _told(candidates, target, known[0], family) if few else None


def _told(candidates: Candidates, target: Vantage, pod: Pod, family: str) -> Told | None:
    six = family == "ipv6"
    address = next((ip for ip in pod.ips if (":" in ip) is six), "")
    to = Endpoint(EndpointKind.POD, pod.namespace, pod.name, address)
    numbers = (*(port.number for port in pod.ports if port.protocol == "TCP"), probing.KUBELET)
    allowed = (number for number in numbers if candidates.allows(target, to, "TCP", number))
    return Told(pod, address, next(allowed, 0)) if address else None
