"""The client's address is translated on the way, so policies see a node's instead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.denials import Denial
from prober.diagnosis.fixes.policy_gap import Group, gap, grouped
from prober.diagnosis.fixes.traffic_policy import keep_source
from prober.model.listing import listed
from prober.model.objects import Service
from prober.model.prediction import Direction, PolicyTrail, Ruling
from prober.model.run import Finding, Fix
from prober.policy import Open

ID = "client-address-translated"


def find(case: Case, direction: Direction) -> Iterable[Finding]:
    if direction == "egress":
        return

    def blamed(denial: Denial) -> PolicyTrail | None:
        return denial.trail.policies[0] if _is_translated(denial, case) else None

    for (policy, port), group in grouped(case, direction, blamed):
        service = _service(group[0], case)
        names = listed(str(denial.record.check.flow.source) for denial in group)
        what = f"Service {service.ref}" if service else "the port of the node"
        yield gap(
            case,
            ID,
            f"NetworkPolicy {policy} lets {names} in to {port} by {_by(group[0])}, which does not "
            f"arrive: {what} takes connections on any node, and the pod sees {_seen(group)} "
            "instead of the client",
            policy,
            group,
            evidence=_evidence(service),
            fixes=_fixes(service, case),
        )


def _is_translated(denial: Denial, case: Case) -> bool:
    """It is denied with a node's address, and would be allowed with the client's own."""
    reading = denial.reading
    if reading is None or reading.opens is not Open.SOURCE_ADDRESS or not reading.as_node:
        return False
    return any(
        reading.ruling is Ruling.ALLOWED and not reading.as_node
        for backend in case.predictor.readings(denial.record.check.flow)
        if backend.destination == denial.backend.destination
        for reading in backend.ingress
    )


def _service(denial: Denial, case: Case) -> Service | None:
    """The Service whose translation it was: the one that the backend is behind."""
    translated = denial.record.prediction.translation
    services = sorted(case.snapshot.services.items())
    return next(
        (service for _, service in services if f"(Service {service.ref})" in translated), None
    )


def _by(denial: Denial) -> str:
    blocks = any(
        peer.ip_block
        for policy in denial.trail.policies
        for rule in policy.rules
        for peer in rule.rule.peers
    )
    return "its address" if blocks else "its labels"


def _seen(group: Group) -> str:
    """Whose address is seen instead."""
    return listed(denial.reading.peer for denial in group if denial.reading) or "a node"


def _evidence(service: Service | None) -> Iterator[str]:
    if service is not None:
        yield (
            f"externalTrafficPolicy of Service {service.ref} is "
            f"{service.external_traffic_policy}: the node that takes a connection puts its own "
            "address in the place of the client's"
        )


def _fixes(service: Service | None, case: Case) -> Iterator[Fix | None]:
    """A load balancer sends only to nodes that have an endpoint, so there the source can be kept;
    node ports of other nodes would be closed by that."""
    if service is not None and service.type == "LoadBalancer":
        yield keep_source(service, case)


RULE = Rule(
    id=ID,
    concludes=(
        "A policy names the client by its own address, and a NodePort or a load balancer (or what "
        "masquerades) gives the packet a node's address on the way."
    ),
    advice="set externalTrafficPolicy to Local and ask a node that has an endpoint; or allow the "
    "addresses of the nodes, which lets in whoever comes through them",
    needs="the prediction's readings of the source's address, and which of them was seen",
    find_in=find,
)
