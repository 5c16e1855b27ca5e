"""Who enforces policies here, and what that was concluded from. No engine is assumed. Pure.

An engine is known by its agents, where the snapshot has them. Else it is known by how it behaves:
whether a denied packet is rejected or dropped. What holds for one engine alone is said, and
concluded, only where it may be that one.
"""

from __future__ import annotations

from collections.abc import Iterator

from prober.diagnosis.facts.case import Case
from prober.diagnosis.facts.locate import describe, node_of
from prober.diagnosis.facts.reasons import destination_node, source_node
from prober.model.network.cni import PLUGINS, PolicySupport, plugin_of
from prober.model.outcome import Outcome
from prober.model.prediction import Ruling
from prober.model.run import CheckRecord
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


def enforcers(record: CheckRecord, snapshot: Snapshot) -> Iterator[str]:
    """The nodes whose agents should stop the flow, as the policies say."""
    if record.prediction.egress is Ruling.DENIED:
        yield source_node(record.check.vantage, snapshot)
    if record.prediction.ingress is Ruling.DENIED:
        yield destination_node(record, snapshot)


def enforcing_agent(node: str, snapshot: Snapshot) -> str:
    """The engine that has a ready agent on the node, and enforces NetworkPolicies without being
    told to; empty: none has, or none is known."""
    for pod in snapshot.pods.values():
        plugin = plugin_of(pod.labels, host_network=pod.host_network)
        enforces = plugin is not None and plugin.enforcement is PolicySupport.YES
        if plugin and enforces and pod.node == node and pod.running and pod.ready:
            return plugin.name
    return ""
