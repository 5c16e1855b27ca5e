"""Pods of two nodes do not reach each other, and each node reaches its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.followups import DISCARD, LOST
from prober.diagnosis.facts.machinery import is_down
from prober.diagnosis.facts.node_paths import (
    back,
    denied_between_nodes,
    far_ends,
    is_lost,
    lost_between_nodes,
    there,
    worked_between_nodes,
)
from prober.model.listing import listed
from prober.model.network.components import Component
from prober.model.outcome import Outcome
from prober.model.probe import Probe, ProbeKind
from prober.model.run import CheckRecord, Confidence, Finding

ID = "node-unreachable"
Pair = tuple[str, str]
"""Two nodes, by name."""


def find(case: Case) -> Iterable[Finding]:
    worked = worked_between_nodes(case)
    groups: dict[Pair, list[CheckRecord]] = {}
    for record, nodes in lost_between_nodes(case):
        target, source = nodes[0], nodes[-1]
        passes = (source, target) in worked or (target, source) in worked
        if not passes and _is_alive(record):
            first, second = sorted((source, target))
            groups.setdefault((first, second), []).append(record)
    groups = {pair: records for pair, records in groups.items() if _is_about_nodes(records, case)}
    for pairs, records in _joined(groups):
        yield _finding(pairs, records, case)


def find_supplementary(case: Case) -> Iterable[Finding]:
    """Where policies deny the flow as well: others that they allow are lost between the two nodes,
    whichever way they go."""
    worked = worked_between_nodes(case)
    for record, (target, source) in denied_between_nodes(case):
        if (source, target) in worked or (target, source) in worked or not _is_alive(record):
            continue
        answers = [*there(record, target, case), *back(record, case)]
        if answers and all(is_lost(answer) for _, answer in answers):
            first, second = sorted((source, target))
            finding = _finding([(first, second)], [record], case)
            lost = f"lost between nodes: {listed(name for name, _ in answers)}"
            yield replace(finding, evidence=(lost, *finding.evidence[1:]))


def _joined(
    groups: dict[Pair, list[CheckRecord]],
) -> Iterable[tuple[list[Pair], list[CheckRecord]]]:
    """All pairs in one, where they have a node in common: then it is that node."""
    common = frozenset.intersection(*map(frozenset, groups)) if groups else frozenset()
    if common and len(groups) > 1:
        yield list(groups), [record for records in groups.values() for record in records]
    else:
        yield from (([pair], records) for pair, records in groups.items())


def _finding(pairs: list[Pair], records: list[CheckRecord], case: Case) -> Finding:
    common = frozenset.intersection(*map(frozenset, pairs))
    where = (
        f"the pods of {next(iter(common))} and other nodes"
        if len(common) == 1
        else f"the pods of {listed(sorted(pairs[0]))}"
    )
    reached = [_reach_each_other(pair, records[0], case) for pair in pairs]
    nodes = listed(sorted({node for pair in pairs for node in pair}))
    if all(reached):
        why = "the tunnel between them is blocked, or the routes to their pods are gone"
        proof = f"the nodes {nodes} answer each other by their own addresses"
    else:
        why = "a route, a tunnel or a firewall between the nodes"
        proof = (
            ""
            if None in reached
            else f"the nodes {nodes} do not answer each other by their own addresses either"
        )
    agents = all(
        is_down(case.snapshot, Component.CNI_AGENT, node) is False
        for pair in pairs
        for node in pair
    )
    return Finding(
        id=ID,
        cause=f"nothing passes between {where}: {why}",
        confidence=Confidence.LIKELY if all(reached) else Confidence.POSSIBLE,
        evidence=(
            f"lost between nodes: {listed(record.check.name for record in records)}",
            *([proof] if proof else []),
            *(["the agents of the CNI are ready there"] if agents else []),
        ),
        checks=tuple(record.check.id for record in records),
    )


def _is_about_nodes(records: list[CheckRecord], case: Case) -> bool:
    """One pair of pods says as much about these pods as about the way: it takes another target
    there, of the run or one that is asked; and where there is no other, the other way round."""
    ends = {pod.ref for record in records for pod in far_ends(record, case)}
    resolved = [record for record in records if not record.observation.outcome.is_dns]
    if len(ends) > 1 and resolved:
        return True
    nodes = {pod.node for pod in far_ends(records[0], case)}
    answers = [answer for node in nodes for _, answer in there(records[0], node, case)]
    if not answers:
        answers = [answer for _, answer in back(records[0], case)]
    return bool(answers) and all(map(is_lost, answers))


def _is_alive(record: CheckRecord) -> bool:
    """The target answers on its own node, or is a name server."""
    return record.observation.outcome.is_dns or any(
        control.passed for control in record.target_controls
    )


def _reach_each_other(pair: Pair, record: CheckRecord, case: Case) -> bool | None:
    """Whether one node gets an answer of the other, be it a refusal. None: not known."""
    node = case.snapshot.nodes.get(pair[1])
    if node is None or not node.addresses:
        return None
    probe = Probe("", ProbeKind.TCP, node.addresses[0], DISCARD, record.check.probe.timeout)
    answer = case.ask_node(pair[0], probe)
    if answer is None or answer.outcome is Outcome.ERROR:
        return None
    return answer.outcome not in LOST


RULE = Rule(
    id=ID,
    concludes=(
        "Between the pods of two nodes nothing passes, though each node reaches its own pods: a "
        "tunnel's port is blocked, a route is gone, or the nodes do not reach each other."
    ),
    advice=(
        "let the tunnel's port through between these nodes (VXLAN 8472/UDP or 4789/UDP, Geneve "
        "6081/UDP, WireGuard 51820/UDP or 51871/UDP, IP-in-IP protocol 4), look at the routes to "
        "their pods, and at the CNI's agents on both"
    ),
    needs=(
        "lost connections between pods of two nodes, whose controls from the target's own node "
        "passed"
    ),
    asks="one of the nodes: the other's own address; the client: another pod of that node; the "
    "target: the client",
    find=find,
    find_supplementary=find_supplementary,
)
