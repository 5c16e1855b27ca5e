"""The sentences under a check: what the policies say, what the wire said, what the controls showed.
Pure."""

from __future__ import annotations

from collections.abc import Iterator

from prober.diagnosis.facts.locate import describe, node_of
from prober.model.check import EndpointKind, Vantage, VantageKind
from prober.model.objects import Pod
from prober.model.outcome import IcmpEvidence, Observation, Outcome
from prober.model.prediction import Ruling
from prober.model.probe import ProbeKind
from prober.model.run import CheckRecord, Control, Verdict
from prober.model.snapshot import Snapshot

ICMP_WORDS = {
    (3, 0): "network unreachable",
    (3, 1): "host unreachable",
    (3, 3): "port unreachable",
    (3, 4): "fragmentation needed",
    (3, 9): "network administratively prohibited",
    (3, 10): "host administratively prohibited",
    (3, 13): "administratively prohibited",
    (11, 0): "time exceeded",
}
"""RFC 792 and RFC 1812, type and code."""

ICMP6_WORDS = {
    (1, 0): "no route",
    (1, 1): "administratively prohibited",
    (1, 3): "address unreachable",
    (1, 4): "port unreachable",
    (1, 5): "source address failed policy",
    (1, 6): "reject route",
    (2, 0): "packet too big",
    (3, 0): "time exceeded",
}
"""RFC 4443, type and code."""


def reasons_for(record: CheckRecord, snapshot: Snapshot) -> tuple[str, ...]:
    """Why the check came out as it did; of one that is as it should be, only what was noted on the
    way: how long a fresh pod took to settle, for one."""
    if record.as_expected:
        return record.observation.evidence.notes
    if record.check.skip_reason:
        said = (
            _policy(record) if record.check.flow.protocol == "SCTP" else ()
        )  # else policies are not what is asked
        return (record.check.skip_reason, *said)
    lines = [*_policy(record), *_wire(record, snapshot), *_controls(record)]
    return tuple(dict.fromkeys(line for line in lines if line))


def _policy(record: CheckRecord) -> Iterator[str]:
    prediction = record.prediction
    if prediction.verdict is Ruling.DENIED:
        yield from _denials(record)
    elif prediction.verdict is Ruling.ALLOWED:
        unresolved = record.observation.outcome.is_dns and record.check.probe.kind != ProbeKind.DNS
        what = "the connection itself, which was never tried" if unresolved else "it"
        yield f"the policies allow {what}: {prediction.reason}"
    else:
        yield prediction.reason


def _denials(record: CheckRecord) -> Iterator[str]:
    """The directions that are denied, of the first backend that is."""
    backend = next(
        (trail for trail in record.prediction.backends if trail.ruling is Ruling.DENIED), None
    )
    if backend is None:
        yield record.prediction.reason
        return
    for trail in (backend.egress, backend.ingress):
        if trail.ruling is Ruling.DENIED:
            yield trail.reason


def _wire(record: CheckRecord, snapshot: Snapshot) -> Iterator[str]:
    observation = record.observation
    senders = observation.evidence.icmp
    for icmp in [error for error in senders if node_of(error.sender, snapshot)] or senders[:1]:
        yield icmp_sentence(icmp, record, snapshot)
    if observation.outcome is Outcome.REFUSED:
        yield "the refusal is the target's own reset: nothing listens there"
    if observation.evidence.hops and not senders:
        yield walk_sentence(observation, record, snapshot)
    yield from observation.evidence.notes
    if observation.detail and not observation.evidence.icmp:
        # with ICMP evidence, the sentence above says the same and whose address it is
        yield observation.detail


def icmp_sentence(icmp: IcmpEvidence, record: CheckRecord, snapshot: Snapshot) -> str:
    """Who sent the ICMP error, what it says, and what that means for the packet."""
    words = ICMP6_WORDS if ":" in icmp.sender else ICMP_WORDS
    text = words.get((icmp.type, icmp.code), "")
    said = f"{describe(icmp.sender, snapshot)} answered ICMP {icmp.type}/{icmp.code}" + (
        f", {text}" if text else ""
    )
    node = node_of(icmp.sender, snapshot)
    if record.check.flow.destination.kind is EndpointKind.SERVICE and not node:
        return f"{said}: a Service's address hides which node sent it"
    source, target = source_node(record.check.vantage, snapshot), destination_node(record, snapshot)
    if not node or source == target:
        return said  # on one node it says nothing about which side stopped the packet
    if node == source:
        return f"{said}: the packet never left the source's node"
    return f"{said}: the packet was stopped at the target's node"


def walk_sentence(observation: Observation, record: CheckRecord, snapshot: Snapshot) -> str:
    """How far the packets got before they vanished."""
    answered = [hop for hop in observation.evidence.hops if hop.sender]
    if not answered:
        return "TTL walk: no router answered, so packets were dropped before the first one"
    last = answered[-1]
    way = " → ".join(dict.fromkeys(describe(hop.sender, snapshot) for hop in answered))
    node = node_of(last.sender, snapshot)
    side = ""
    if node and node == source_node(record.check.vantage, snapshot):
        side = ": dropped on the source's side"
    elif node and node == destination_node(record, snapshot):
        side = ": dropped on the target's side"
    return f"TTL walk: {way} answered, then nothing{side}"


def _controls(record: CheckRecord) -> Iterator[str]:
    for control in record.target_controls:
        if control.passed or control.observation is None or not record.doubts:
            yield control_sentence(control)
    yield from record.doubts
    if record.verdict is Verdict.INCONCLUSIVE and not record.controls:
        if record.observation.outcome.is_dns and record.check.probe.kind is not ProbeKind.DNS:
            yield "the name did not resolve, so the connection was never tried"
        elif record.observation.outcome is not Outcome.ERROR:
            yield "no control could be made, so this proves nothing about the way"


def control_sentence(control: Control) -> str:
    """What a control showed."""
    if control.observation is None:
        return f"control not made: {control.name}"
    if control.passed:
        banner = control.observation.evidence.banner
        return f"control: {control.name}" + (f" ({banner})" if banner else "")
    return f"control failed: {control.name} was expected, but it says {control.observation.outcome}"


def source_node(vantage: Vantage, snapshot: Snapshot) -> str:
    """The node a vantage is on; empty for a host outside."""
    if vantage.kind is VantageKind.NODE:
        return vantage.name
    pod = snapshot.pods.get((vantage.namespace, vantage.name))
    return pod.node if pod else ""


def destination_pods(record: CheckRecord, snapshot: Snapshot) -> tuple[Pod, ...]:
    """The pods the flow may end at: the destination itself, or the backends of a Service."""
    refs = [backend.pod for backend in record.prediction.backends if backend.pod]
    return tuple(
        snapshot.pods[ref.namespace, ref.name]
        for ref in refs
        if (ref.namespace, ref.name) in snapshot.pods
    )


def target_nodes(record: CheckRecord, snapshot: Snapshot) -> Iterator[str]:
    """The nodes on whose own network the flow may end: the target itself, a pod on its node's
    network, or an endpoint of a Service that is no pod, such as the API server's."""
    if record.check.flow.destination.kind is EndpointKind.NODE:
        yield record.check.flow.destination.name
    for backend in record.prediction.backends:
        ref = backend.pod
        pod = snapshot.pod(ref)
        if pod is not None and pod.host_network:
            yield pod.node
        named = backend.destination.removeprefix("node ").rpartition(":")[0]
        if pod is None and named in snapshot.nodes:
            yield named


def destination_node(record: CheckRecord, snapshot: Snapshot) -> str:
    """The one node that all possible destinations are on; empty where there is none or more than
    one."""
    if record.check.flow.destination.kind is EndpointKind.NODE:
        return record.check.flow.destination.name
    nodes = {pod.node for pod in destination_pods(record, snapshot)}
    return nodes.pop() if len(nodes) == 1 else ""
