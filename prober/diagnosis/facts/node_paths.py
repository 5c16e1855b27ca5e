"""What the rules about ways between nodes share: what is lost between pods of two nodes, against
the policies."""

from __future__ import annotations

from collections.abc import Iterator

from prober.diagnosis.facts.case import Case
from prober.diagnosis.facts.dns import dns_ruling
from prober.diagnosis.facts.followups import LOST
from prober.diagnosis.facts.machinery import parts
from prober.diagnosis.facts.reasons import destination_pods, source_node
from prober.model.network.components import Component
from prober.model.outcome import Outcome
from prober.model.prediction import Ruling
from prober.model.run import CheckRecord


def worked_between_nodes(case: Case) -> dict[tuple[str, str], list[CheckRecord]]:
    """The checks that got from a pod of one node to a pod of another, by both nodes."""
    worked: dict[tuple[str, str], list[CheckRecord]] = {}
    for record in case.records:
        source = source_node(record.check.vantage, case.snapshot)
        targets = {pod.node for pod in destination_pods(record, case.snapshot)}
        if record.observation.outcome.reached and source and len(targets) == 1:
            worked.setdefault((source, *targets), []).append(record)  # type: ignore[arg-type]  # one target
    return worked


def lost_between_nodes(case: Case) -> Iterator[tuple[CheckRecord, tuple[str, ...]]]:
    """The troubled checks whose packets vanished although the policies allow them, with the nodes
    at both ends, the target's first. A name that did not resolve ends at the servers of cluster
    DNS."""
    servers = {pod.node for pod in parts(case.snapshot, Component.CLUSTER_DNS) if pod.ready}
    for record in case.troubled:
        if record.observation.outcome not in LOST:
            continue
        source = source_node(record.check.vantage, case.snapshot)
        if record.observation.outcome is Outcome.DNS_TIMEOUT:
            targets = servers if dns_ruling(record, case) is Ruling.ALLOWED else set()
        else:
            allowed = record.prediction.verdict is Ruling.ALLOWED
            targets = (
                {pod.node for pod in destination_pods(record, case.snapshot)} if allowed else set()
            )
        if source and targets and source not in targets:
            yield record, (*sorted(targets), source)
