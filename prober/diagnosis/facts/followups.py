"""The further probes that rules ask for: past the Service, from the node, to the node. Each is None
until answered."""

from __future__ import annotations

from dataclasses import replace

from prober.diagnosis.facts.case import Case
from prober.model.objects import Pod
from prober.model.outcome import Observation, Outcome
from prober.model.probe import Probe, ProbeKind
from prober.model.run import CheckRecord

LOST = (Outcome.TIMEOUT, Outcome.UNREACHABLE, Outcome.SILENT, Outcome.DNS_TIMEOUT)
"""Outcomes of packets that vanished."""
SERVED = (Outcome.OK, Outcome.DNS_NXDOMAIN)
"""What a server that lives says to a question: that there is no such name is an answer, too."""
DISCARD = 9
"""A port (RFC 863) that nobody uses: a live host refuses it."""


def past_the_service(record: CheckRecord, case: Case) -> Observation | None:
    """From the check's vantage to the endpoint behind the Service."""
    for backend in record.prediction.backends:
        pod = (
            case.snapshot.pods.get((backend.pod.namespace, backend.pod.name))
            if backend.pod
            else None
        )
        if pod is not None and pod.ips and backend.port:
            kind = ProbeKind.UDP if record.check.flow.protocol == "UDP" else ProbeKind.TCP
            return case.ask(
                record.check.vantage,
                Probe("", kind, pod.ips[0], backend.port, record.check.probe.timeout),
            )
    return None


def again_at(record: CheckRecord, address: str, port: int, case: Case) -> Observation | None:
    """From the check's vantage, a connection to another address and port."""
    kind = ProbeKind.UDP if record.check.flow.protocol == "UDP" else ProbeKind.TCP
    probe = Probe("", kind, address, port, record.check.probe.timeout)
    return case.ask(record.check.vantage, probe)


def name_at(record: CheckRecord, server: str, case: Case, name: str = "") -> Observation | None:
    """From the check's vantage, the name that it could not resolve (or another one), of a server of
    our choice."""
    return case.ask(record.check.vantage, name_probe(record, server, name))


def name_probe(record: CheckRecord, server: str, name: str = "") -> Probe:
    """A question for the name that a check could not resolve."""
    asked = record.observation.evidence.dns[-1:]
    wanted = name or (asked[0].name if asked else record.check.probe.host)
    probe = record.check.probe
    return Probe("", ProbeKind.DNS, f"{wanted.rstrip('.')}.", timeout=probe.timeout, server=server)


def echo(host: str, timeout: float, size: int = 0) -> Probe:
    """An ICMP echo, with don't-fragment when it has a size."""
    return Probe("", ProbeKind.ICMP, host, timeout=timeout, size=size)


def again(record: CheckRecord, case: Case) -> Observation | None:
    """The check's own probe once more."""
    return case.ask(record.check.vantage, replace(record.check.probe, hops=False))


def hears_its_node(pod: Pod, timeout: float, case: Case) -> bool | None:
    """Whether a pod answers its own node, be it with a refusal. No policy may stop what a node
    sends to its own pods. None: not known."""
    return hears_node(pod, pod.node, timeout, case)


def hears_node(pod: Pod, node: str, timeout: float, case: Case) -> bool | None:
    """Whether a pod answers a node, be it with a refusal. None: not known."""
    if not pod.ips:
        return None
    answer = case.ask_node(node, Probe("", ProbeKind.TCP, pod.ips[0], asked_port(pod), timeout))
    if answer is None or answer.outcome is Outcome.ERROR:
        return None
    return answer.outcome not in LOST


def asked_port(pod: Pod) -> int:
    """The port by which a pod is asked whether it lives."""
    return next((port.number for port in pod.ports if port.protocol == "TCP"), DISCARD)
