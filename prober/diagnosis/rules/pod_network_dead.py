"""A pod's network is dead: nothing gets out, nothing gets in, not even from its own node."""

from __future__ import annotations

from collections.abc import Iterable

from prober.diagnosis.case import Case, Rule
from prober.model.check import EndpointKind, VantageKind
from prober.model.outcome import Outcome
from prober.model.run import CheckRecord, Confidence, Finding

ID = "pod-network-dead"

DEAD = (Outcome.TIMEOUT, Outcome.DNS_TIMEOUT, Outcome.SILENT, Outcome.UNREACHABLE)


def find(case: Case) -> Iterable[Finding]:
    for namespace, name in case.snapshot.pods:
        outgoing = [r for r in case.records if _is_pod(r, namespace, name)]
        incoming = [r for r in case.records if _is_to(r, namespace, name)]
        if not _dead(outgoing, incoming, case.records):
            continue
        troubled = {record.check.id for record in case.troubled}
        checks = tuple(r.check.id for r in (*outgoing, *incoming) if r.check.id in troubled)
        if checks:
            yield Finding(
                id=ID,
                cause=f"the network of pod {namespace}/{name} is dead: the CNI drops all of its traffic "
                "(as for a pod whose identity it lost)",
                confidence=Confidence.LIKELY,
                evidence=(
                    f"none of its {len(outgoing)} probes got an answer, DNS included",
                    *(f"from its own node: {control}" for control in _own_node(incoming)),
                ),
                checks=checks,
            )


def _dead(outgoing: list[CheckRecord], incoming: list[CheckRecord], everything: Iterable[CheckRecord]) -> bool:
    """Every way out is dead, against the policies at least once, and some other pod's network works."""
    if len(outgoing) < 2 or any(record.observation.outcome not in DEAD for record in outgoing):
        return False
    if any(record.observation.outcome is Outcome.OK for record in incoming):
        return False
    others = [r for r in everything if r.check.vantage.kind is VantageKind.POD and r not in outgoing]
    works_elsewhere = any(record.observation.outcome is Outcome.OK for record in others)
    against = any(record.prediction.verdict == "allowed" for record in outgoing)
    return works_elsewhere and against


def _own_node(incoming: list[CheckRecord]) -> list[str]:
    return [
        f"{control.name.split(', ', 1)[-1].removesuffix(' answers')}: {control.observation.outcome}"
        for record in incoming
        for control in record.controls
        if control.observation is not None and not control.passed
    ][:1]


def _is_pod(record: CheckRecord, namespace: str, name: str) -> bool:
    vantage = record.check.vantage
    return vantage.kind is VantageKind.POD and (vantage.namespace, vantage.name) == (namespace, name)


def _is_to(record: CheckRecord, namespace: str, name: str) -> bool:
    destination = record.check.flow.destination
    return destination.kind is EndpointKind.POD and (destination.namespace, destination.name) == (namespace, name)


RULE = Rule(
    id=ID,
    concludes="The CNI drops all traffic of one pod, as it does for a pod whose identity it lost.",
    needs="two or more probes from the pod, all lost, while other pods' probes get through",
    find=find,
)
