"""Who enforces policies here, and what that was concluded from. No engine is assumed. Pure.

An engine is known by its agents, where the snapshot has them. Else it is known by how it behaves:
whether a denied packet is rejected or dropped. What holds for one engine alone is said, and
concluded, only where it may be that one.
"""

from __future__ import annotations

from prober.diagnosis.facts.case import Case
from prober.diagnosis.facts.locate import describe, node_of
from prober.model.network.cni import PLUGINS
from prober.model.outcome import Outcome
from prober.model.prediction import Ruling
from prober.model.snapshot import Snapshot


def engines(snapshot: Snapshot) -> tuple[str, ...]:
    """The network plugins whose agents run here, by name; empty: not known."""
    agents = [pod.labels for pod in snapshot.pods.values() if pod.running]
    return tuple(
        plugin.name
        for plugin in PLUGINS
        if any(labels.get(key) == value for key, value in plugin.labels for labels in agents)
    )


def may_be(name: str, snapshot: Snapshot) -> bool:
    """Whether what holds for one engine alone can be said: it is here, or nobody knows who is."""
    known = engines(snapshot)
    return not known or any(name in plugin for plugin in known)


def engine_sentence(case: Case) -> str:
    """Who enforces, and what shows it."""
    known = engines(case.snapshot)
    if known:
        return f"policies are enforced by {' and '.join(known)}, whose agents run here"
    for record in case.records:
        if record.prediction.verdict is not Ruling.DENIED:
            continue
        for error in record.observation.evidence.icmp:
            if node_of(error.sender, case.snapshot):
                sender = describe(error.sender, case.snapshot)
                return f"whoever enforces policies here rejects what they deny: {sender} said so"
        if record.observation.outcome is Outcome.TIMEOUT:
            return "whoever enforces policies here drops what they deny, without a word"
    return ""
