"""Incidents in memory: a snapshot, what the probes saw, and what the diagnosis makes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from prober.coordinator.verdict import judge, settle
from prober.diagnosis import Question, diagnose
from prober.diagnosis.facts.reasons import reasons_for
from prober.model.check import (
    Check,
    Endpoint,
    EndpointKind,
    Expectation,
    Flow,
    Vantage,
    VantageKind,
)
from prober.model.objects import (
    ContainerPort,
    Labels,
    Namespace,
    NetworkPolicy,
    Node,
    Pod,
    Ref,
    Service,
    ServicePort,
)
from prober.model.outcome import DnsEvidence, Evidence, IcmpEvidence, Observation, Outcome
from prober.model.probe import Probe, ProbeKind
from prober.model.run import CheckRecord, Control, Finding
from prober.model.snapshot import Snapshot
from prober.policy.predictor import Predictor

NODES = {
    f"n{i}": Node(f"n{i}", (f"198.51.100.{10 + i}",), pod_cidrs=(f"198.18.{i}.0/24",))
    for i in (1, 2)
}


def pod(name: str, node: str = "n1", *, labels: Labels | None = None, ready: bool = True) -> Pod:
    """A pod of namespace shop that declares 9090/TCP as http."""
    number = 10 + sum(map(ord, name)) % 200
    return Pod(
        "shop",
        name,
        labels=labels or {"app": name},
        node=node,
        ips=(f"198.18.{node[1:]}.{number}",),
        ports=(ContainerPort(9090, "TCP", "http"),),
        ready=ready,
        owner=Ref("Deployment", "shop", name),
    )


def service(name: str, app: str) -> Service:
    """80 → 9090."""
    return Service(
        "shop",
        name,
        cluster_ips=("198.19.0.80",),
        selector={"app": app},
        ports=(ServicePort(80, "TCP", "http", 9090),),
    )


def shop(
    *pods: Pod, policies: Sequence[NetworkPolicy] = (), services: Sequence[Service] = ()
) -> Snapshot:
    """A snapshot of namespace shop on two nodes."""
    return Snapshot(
        namespaces={
            name: Namespace(name, {"kubernetes.io/metadata.name": name})
            for name in ("shop", "kube-system")
        },
        nodes=NODES,
        pods={(one.namespace, one.name): one for one in pods},
        services={(one.namespace, one.name): one for one in services},
        policies=tuple(policies),
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """One check and what its probe saw."""

    source: str
    to: str
    """`pod`, `svc/name` or a host's name."""
    port: int
    outcome: str
    icmp: str = ""
    """The sender of ICMP 3/3."""
    control: str = ""
    """The outcome of the control; empty: none was made."""
    expected: str = "ok"
    dns: str = ""
    """The error of the name server."""


Answering = Callable[[Question], Outcome | None]
"""What somebody who is asked says; None: nobody can be asked."""


def diagnosed(
    snapshot: Snapshot, *seen: Seen, answering: Answering = lambda question: None
) -> tuple[Finding, ...]:
    """The findings of a run that saw this, after its questions were answered."""
    predictor = Predictor(snapshot)
    records = [record(snapshot, predictor, one) for one in seen]
    pods = [Vantage(VantageKind.POD, *key) for key in snapshot.pods]
    vantages = [*pods, *(Vantage(VantageKind.NODE, "", name) for name in snapshot.nodes)]
    answers: dict[str, Observation] = {}
    for _ in range(3):
        found = diagnose(records, snapshot, predictor, vantages=vantages, answers=answers)
        for question in found.questions:
            outcome = answering(question)
            if outcome is not None:
                answers[question.probe.id] = Observation(question.probe.id, outcome)
    return found.findings


def record(snapshot: Snapshot, predictor: Predictor, seen: Seen) -> CheckRecord:
    """One judged check."""
    check = _check(snapshot, seen)
    evidence = Evidence(
        icmp=(IcmpEvidence(3, 3, seen.icmp),) if seen.icmp else (),
        dns=(DnsEvidence(seen.to, "198.19.0.10", "", error=seen.dns),) if seen.dns else (),
    )
    observation = Observation(check.id, Outcome(seen.outcome), 1.0, evidence=evidence)
    controls = [_control(seen.control)] if seen.control else []
    observation = settle(check, observation, controls)
    prediction = predictor.predict(check.flow)
    verdict, result = judge(check, prediction, observation, controls)
    found = CheckRecord(check, prediction, observation, verdict, result, controls=tuple(controls))
    return replace(found, reasons=reasons_for(found, snapshot))


def _check(snapshot: Snapshot, seen: Seen) -> Check:
    source = Endpoint(EndpointKind.POD, "shop", seen.source)
    if seen.to.startswith("svc/"):
        target = Endpoint(EndpointKind.SERVICE, "shop", seen.to.removeprefix("svc/"))
    elif ("shop", seen.to) in snapshot.pods:
        target = Endpoint(EndpointKind.POD, "shop", seen.to)
    else:
        target = Endpoint(EndpointKind.OUTSIDE, "", seen.to, address="203.0.113.10")
    name = f"{seen.source} → {seen.to}:{seen.port}/tcp"
    return Check(
        id=name,
        name=name,
        vantage=Vantage(VantageKind.POD, "shop", seen.source),
        flow=Flow(source, target, "TCP", seen.port),
        probe=Probe(name, ProbeKind.TCP, seen.to, seen.port),
        expected=Expectation(seen.expected),
    )


def _control(outcome: str) -> Control:
    observation = Observation("control", Outcome(outcome))
    return Control(
        "from its own node n2, it answers", "node/n2", "control", observation, outcome == "ok"
    )
