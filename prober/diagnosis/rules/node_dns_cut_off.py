"""The node's DNS cache does not answer for names that cluster DNS knows: it is cut off from it."""

from __future__ import annotations

from collections.abc import Iterable

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.dns import asked, asked_node_cache, server_of
from prober.diagnosis.facts.followups import SERVED, name_at
from prober.diagnosis.facts.machinery import parts, state_of
from prober.diagnosis.facts.reasons import source_node
from prober.model.listing import listed
from prober.model.network.components import Component
from prober.model.outcome import Outcome
from prober.model.run import CheckRecord, Confidence, Finding

ID = "node-dns-cut-off"


def find(case: Case) -> Iterable[Finding]:
    silent = (Outcome.DNS_TIMEOUT, Outcome.DNS_REFUSED, Outcome.DNS_SERVFAIL)
    lost = [record for record in case.troubled if record.observation.outcome in silent]
    groups: dict[str, list[CheckRecord]] = {}
    for record in lost:
        if asked_node_cache(record, case.snapshot) and _known_to_cluster_dns(record, case):
            groups.setdefault(source_node(record.check.vantage, case.snapshot), []).append(record)
    if not groups:
        return
    records = [record for group in groups.values() for record in group]
    states = [
        state
        for node in groups
        if (state := state_of(case.snapshot, Component.NODE_LOCAL_DNS, node))
    ]
    yield Finding(
        id=ID,
        cause=f"the DNS cache of {listed(sorted(groups))} ({server_of(records[0])}) is cut off "
        "from cluster DNS, which "
        "itself answers",
        confidence=Confidence.LIKELY,
        evidence=(
            *asked(records),
            "asked past the cache, cluster DNS answers from the same place",
            *states,
        ),
        checks=tuple(record.check.id for record in records),
    )


def _known_to_cluster_dns(record: CheckRecord, case: Case) -> bool:
    """Whether a server of cluster DNS answers the question that the cache left open."""
    servers = [pod for pod in parts(case.snapshot, Component.CLUSTER_DNS) if pod.ips and pod.ready]
    answer = name_at(record, servers[0].ips[0], case) if servers else None
    return answer is not None and answer.outcome in SERVED


RULE = Rule(
    id=ID,
    concludes=(
        "A node's DNS cache does not reach cluster DNS, so names of the cluster do not resolve "
        "on that node."
    ),
    advice=(
        "restart the cache on that node; if it stays so, look for what keeps the node from the "
        "pods of cluster DNS"
    ),
    needs="names that a node-local DNS cache did not resolve",
    asks="from the same place: the same name, of a server of cluster DNS",
    find=find,
)
