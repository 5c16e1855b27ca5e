"""The address of a Service fails where its endpoint works: nobody translates it on this node."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeGuard

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.dns import asked_cluster_dns, dns_ruling, dns_service
from prober.diagnosis.facts.followups import LOST, SERVED, name_at, past_the_service
from prober.diagnosis.facts.machinery import is_down, state_of
from prober.diagnosis.facts.node_paths import dns_servers, is_lost
from prober.diagnosis.facts.reasons import destination_pods, source_node
from prober.model.check import EndpointKind
from prober.model.listing import listed
from prober.model.network.components import Component
from prober.model.objects import Pod, Service
from prober.model.outcome import Observation, Outcome
from prober.model.prediction import Ruling
from prober.model.probe import Probe, ProbeKind
from prober.model.run import CheckRecord, Confidence, Finding

ID = "kube-proxy-down"
_DNS = 53
MOST_ASKED = 4
"""Checks of one node that are repeated without the Service; when all of them work, so would the
others."""


def find(case: Case) -> Iterable[Finding]:
    groups: dict[str, list[CheckRecord]] = {}
    for record in case.troubled:
        node = source_node(record.check.vantage, case.snapshot)
        if node and record.observation.outcome in LOST and _is_through_service(record, case):
            groups.setdefault(node, []).append(record)
    for node, records in groups.items():
        asked = records[:MOST_ASKED]
        working = [record for record in asked if _works_without(record, case)]
        if working:
            yield _finding(node, records if working == asked else working, case)


def find_supplementary(case: Case) -> Iterable[Finding]:
    """Where policies deny the flow as well, its node is asked, whom they do not concern."""
    groups: dict[str, list[CheckRecord]] = {}
    for record in case.denied:
        node = source_node(record.check.vantage, case.snapshot)
        if node and _node_sees_no_service(node, record, case):
            groups.setdefault(node, []).append(record)
    for node, records in groups.items():
        asked = f"{node} itself gets no answer of a Service, and one of a pod behind a Service"
        yield _finding(node, records, case, asked)


def _node_sees_no_service(node: str, record: CheckRecord, case: Case) -> bool:
    """Whether the node reaches the endpoint and not the Service's address."""
    destination, port = record.check.flow.destination, record.check.flow.port
    service = case.snapshot.services.get((destination.namespace, destination.name))
    is_service = destination.kind is EndpointKind.SERVICE and service is not None
    if not is_service or not service or not service.cluster_ips or not isinstance(port, int):
        return False
    if record.check.flow.protocol != "TCP":
        return False
    timeout = record.check.probe.timeout
    number = record.prediction.backends[0].port
    pods = destination_pods(record, case.snapshot)[:1] if number else ()
    dns, servers = dns_service(case.snapshot), dns_servers(case)[:1]
    dns_address = dns.cluster_ips[0] if dns and dns.cluster_ips and dns is not service else ""
    # All is asked at once: the run makes a few rounds of probes only. Policies may keep the node
    # from this endpoint as well, without a word; those of cluster DNS let everybody in, nearly
    # everywhere.
    lost = _is_lost(node, service.cluster_ips[0], port, timeout, case)
    answered = [_is_answered(node, pod, number or 0, timeout, case) for pod in pods]
    no_dns = bool(dns_address) and _is_lost(node, dns_address, _DNS, timeout, case)
    dns_lives = [_is_answered(node, pod, _DNS, timeout, case) for pod in servers]
    return lost and (any(answered) or (no_dns and any(dns_lives)))


def _is_lost(node: str, address: str, port: int, timeout: float, case: Case) -> bool:
    """Whether a node gets no answer there."""
    answer = case.ask_node(node, Probe("", ProbeKind.TCP, address, port, timeout))
    return answer is not None and answer.outcome in LOST


def _is_answered(node: str, pod: Pod, port: int, timeout: float, case: Case) -> bool:
    """Whether a node's packets get to the pod's node or further, be they refused there."""
    answer = case.ask_node(node, Probe("", ProbeKind.TCP, pod.ips[0], port, timeout))
    return answer is not None and answer.outcome is not Outcome.ERROR and not is_lost(answer)


def _is_through_service(record: CheckRecord, case: Case) -> bool:
    """Whether the policies allow it, and it went to the address of a Service: the check's own, or
    cluster DNS's."""
    if record.observation.outcome is Outcome.DNS_TIMEOUT:
        return (
            asked_cluster_dns(record, case.snapshot) and dns_ruling(record, case) is Ruling.ALLOWED
        )
    is_service = record.check.flow.destination.kind is EndpointKind.SERVICE
    return is_service and record.prediction.verdict is Ruling.ALLOWED


def _works_without(record: CheckRecord, case: Case) -> bool:
    """Whether the endpoint answers by its own address; or, for a name, the DNS server."""
    answer: Observation | None = None
    if record.observation.outcome is not Outcome.DNS_TIMEOUT:
        answer = past_the_service(record, case)
    elif servers := dns_servers(case):
        answer = name_at(record, servers[0].ips[0], case)
        # One lost question is no proof: on a busy node an answer may come too late. Asked again at
        # the same time, a Service that is translated answers as its endpoint does.
        service = dns_service(case.snapshot)
        again = name_at(record, service.cluster_ips[0], case) if _addressed(service) else None
        if again is not None and again.outcome in SERVED:
            return False
    return answer is not None and answer.outcome in SERVED


def _addressed(service: Service | None) -> TypeGuard[Service]:
    return service is not None and bool(service.cluster_ips)


def _finding(node: str, records: list[CheckRecord], case: Case, asked: str = "") -> Finding:
    state = state_of(case.snapshot, Component.KUBE_PROXY, node)
    down = is_down(case.snapshot, Component.KUBE_PROXY, node)
    names = any(record.observation.outcome is Outcome.DNS_TIMEOUT for record in records)
    return Finding(
        id=ID,
        cause=(
            f"nobody translates the addresses of Services on {node}: kube-proxy or its stand-in "
            "is down there"
        ),
        confidence=Confidence.CERTAIN if down else Confidence.LIKELY,
        evidence=(
            asked
            or "from the same place, the endpoint itself answers: "
            f"{listed(record.check.name for record in records)}",
            *(
                [
                    (
                        "cluster DNS answers at its pod's address and not at its Service's, so "
                        "no name resolves"
                    )
                ]
                if names
                else []
            ),
            *([state] if state else []),
        ),
        checks=tuple(record.check.id for record in records),
    )


RULE = Rule(
    id=ID,
    concludes=(
        "On a node no Service address is translated: kube-proxy, or what stands for it, is down."
    ),
    advice="look at kube-proxy (or at what stands for it) on that node, and restart it",
    needs="lost connections to Services, or lost questions to cluster DNS, that the policies allow",
    asks="from the same place: the endpoint behind the Service, or the DNS server's own address; "
    "where policies deny the flow, its node: the same, and cluster DNS",
    find=find,
    find_supplementary=find_supplementary,
)
