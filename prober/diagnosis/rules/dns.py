"""What the two rules about cluster DNS share: which names got no answer, and whether policies forbade the question."""

from __future__ import annotations

from prober.diagnosis.case import Case
from prober.diagnosis.rules.denials import listed
from prober.model.check import Endpoint, EndpointKind, Flow
from prober.model.objects import Service
from prober.model.outcome import Outcome
from prober.model.prediction import Ruling
from prober.model.run import CheckRecord
from prober.model.snapshot import Snapshot

LOST = (Outcome.DNS_TIMEOUT, Outcome.DNS_REFUSED)


def unanswered(case: Case) -> tuple[list[CheckRecord], list[CheckRecord]]:
    """The troubled checks whose name got no answer: those that policies keep from cluster DNS, and the rest."""
    lost = [record for record in case.troubled if record.observation.outcome in LOST]
    service = dns_service(case.snapshot)
    denied = [record for record in lost if service is not None and _denied(record, service, case)]
    return denied, [record for record in lost if record not in denied]


def dns_service(snapshot: Snapshot) -> Service | None:
    """The Service of cluster DNS, by the name that every distribution gives it."""
    return snapshot.services.get(("kube-system", "kube-dns"))


def asked(records: list[CheckRecord]) -> tuple[str, ...]:
    """Who asked whom for what, and what came of it."""
    lines = [
        f"{record.check.flow.source} asked {dns.server} for {dns.name}: {dns.error or dns.rcode}"
        for record in records
        for dns in record.observation.evidence.dns[-1:]
    ]
    return tuple(dict.fromkeys(lines))[:3]


def sources(records: list[CheckRecord]) -> str:
    """The pods that asked, as a sentence wants them."""
    return listed(sorted({str(record.check.flow.source) for record in records}))


def _denied(record: CheckRecord, service: Service, case: Case) -> bool:
    destination = Endpoint(EndpointKind.SERVICE, service.namespace, service.name)
    flow = Flow(record.check.flow.source, destination, "UDP", 53)
    return case.predictor.predict(flow).verdict is Ruling.DENIED
