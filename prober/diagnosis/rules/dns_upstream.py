"""Names of the cluster resolve and others do not: cluster DNS does not reach the servers that it
forwards to."""

from __future__ import annotations

from collections.abc import Iterable

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.dns import CLUSTER_DOMAIN, asked, asked_cluster_dns, server_of
from prober.diagnosis.facts.followups import SERVED, name_at
from prober.diagnosis.facts.machinery import parts
from prober.model.check import Endpoint, EndpointKind, Flow
from prober.model.network.components import Component
from prober.model.outcome import Outcome
from prober.model.prediction import Ruling
from prober.model.run import CheckRecord, Confidence, Finding

ID = "dns-upstream-unreachable"
INSIDE = f"kubernetes.default.svc.{CLUSTER_DOMAIN}"
"""A name that every cluster has, and that is answered without asking anybody."""


def find(case: Case) -> Iterable[Finding]:
    open_names = (Outcome.DNS_SERVFAIL, Outcome.DNS_TIMEOUT)
    lost = [
        record
        for record in case.troubled
        if record.observation.outcome in open_names
        and _is_foreign(record)
        and asked_cluster_dns(record, case.snapshot)
    ]
    records = [record for record in lost if _answers_for_itself(record, case)]
    if not records:
        return
    denial = _denial(case)
    yield Finding(
        id=ID,
        cause=(
            "cluster DNS does not reach the servers that it forwards to, so only names of the "
            "cluster resolve"
        )
        + (f": {denial}" if denial else ""),
        confidence=Confidence.CERTAIN if denial else Confidence.LIKELY,
        evidence=(*asked(records), f"asked for {INSIDE}, the same server answers at once"),
        checks=tuple(record.check.id for record in records),
    )


def _is_foreign(record: CheckRecord) -> bool:
    name = record.observation.evidence.dns[-1].name if record.observation.evidence.dns else ""
    return bool(name) and not name.rstrip(".").endswith(CLUSTER_DOMAIN)


def _answers_for_itself(record: CheckRecord, case: Case) -> bool:
    answer = name_at(record, server_of(record), case, INSIDE)
    return answer is not None and answer.outcome in SERVED


def _denial(case: Case) -> str:
    """Why a server's own policies keep it in; empty where they do not."""
    upstream = Endpoint(EndpointKind.OUTSIDE, name="the upstream DNS servers")
    for pod in parts(case.snapshot, Component.CLUSTER_DNS):
        source = Endpoint(EndpointKind.POD, pod.namespace, pod.name)
        prediction = case.predictor.predict(Flow(source, upstream, "UDP", 53))
        if not pod.host_network and prediction.verdict is Ruling.DENIED:
            return prediction.reason
    return ""


RULE = Rule(
    id=ID,
    concludes=(
        "Cluster DNS answers for the cluster's names, but does not reach the servers that it "
        "forwards others to."
    ),
    advice=(
        "look at what `forward` says in CoreDNS's Corefile, and at the way from its pods to "
        "those servers"
    ),
    needs=(
        "names outside the cluster that cluster DNS did not resolve, and the prediction for its "
        "own questions"
    ),
    asks="from the same place: a name of the cluster, of the same server",
    find=find,
)
