"""Names do not resolve although the policies allow the question and the servers count as ready:
they do not answer."""

from __future__ import annotations

from collections.abc import Iterable

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.dns import asked, asked_cluster_dns, sources, unanswered
from prober.diagnosis.facts.followups import LOST, name_probe
from prober.diagnosis.facts.machinery import parts
from prober.diagnosis.facts.node_paths import is_lost_between_nodes
from prober.model.network.components import Component
from prober.model.outcome import Outcome
from prober.model.run import CheckRecord, Confidence, Finding

ID = "cluster-dns-silent"


def find(case: Case) -> Iterable[Finding]:
    lost = [
        record
        for record in unanswered(case)
        if asked_cluster_dns(record, case.snapshot) and not is_lost_between_nodes(record, case)
    ]
    if not lost:
        return
    dead = _silent_at_home(lost[0], case)
    answers = any(
        r.observation.evidence.dns and r.observation.outcome is Outcome.OK for r in case.records
    )
    others = (
        f" {sources(lost)}, though it answers others"
        if answers
        else ": its servers are down or cut off"
    )
    yield Finding(
        id=ID,
        cause="cluster DNS does not answer"
        + (": its servers run, are ready and dead" if dead else others),
        confidence=Confidence.LIKELY if dead or not answers else Confidence.POSSIBLE,
        evidence=(*asked(lost), *(f"not even from its own node: {server}" for server in dead)),
        checks=tuple(record.check.id for record in lost),
    )


def _silent_at_home(record: CheckRecord, case: Case) -> list[str]:
    """The servers that do not answer their own node either, where no policy applies; empty unless
    all are."""
    servers = [pod for pod in parts(case.snapshot, Component.CLUSTER_DNS) if pod.ips and pod.node][
        :3
    ]
    answers = [case.ask_node(pod.node, name_probe(record, pod.ips[0])) for pod in servers]
    if servers and all(answer is not None and answer.outcome in LOST for answer in answers):
        return [str(pod.ref) for pod in servers]
    return []


RULE = Rule(
    id=ID,
    concludes=(
        "Cluster DNS does not answer, and no policy forbids the question: its servers are dead "
        "or cut off."
    ),
    advice="read the log of the DNS servers, and restart them",
    needs="names that got no answer, and the prediction for port 53 from the same pods",
    asks="the servers' own nodes: the same name, of each server; the client and the servers: "
    "other flows between their nodes",
    find=find,
)
