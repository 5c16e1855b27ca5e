"""What rules a cause out: for each cause, what it implies of a check, held against what was seen.

A cause fits every observation of the run, passes included: a pod is not dead that another check
reached, and a node's proxy is not down when a Service worked from there. Each condition below looks
at one check and at all others, and gives the sentence that rules the cause out; none where it does
not. `RULED_OUT_BY` is the one table of them, by the id of the rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from prober.diagnosis.facts.case import Case
from prober.diagnosis.facts.denials import DENIALS
from prober.diagnosis.facts.engine import enforcers, enforcing_agent
from prober.diagnosis.facts.followups import LOST
from prober.diagnosis.facts.node_paths import worked_between_nodes
from prober.diagnosis.facts.reasons import destination_pods, source_node, target_nodes
from prober.model.check import EndpointKind, VantageKind
from prober.model.listing import listed
from prober.model.objects import Pod
from prober.model.outcome import Outcome
from prober.model.prediction import Ruling
from prober.model.probe import ProbeKind
from prober.model.run import CheckRecord, Verdict

Condition = Callable[[CheckRecord, Case], str]
"""The sentence that rules a cause out for a check; empty: it does not."""

_UNANSWERED = (Outcome.DNS_TIMEOUT, Outcome.DNS_REFUSED, Outcome.DNS_SERVFAIL)


def got_through(record: CheckRecord, _: Case) -> str:
    """For whatever stops a flow."""
    return "it got through" if record.observation.outcome is Outcome.OK else ""


def answered(record: CheckRecord, _: Case) -> str:
    """For whatever swallows packets."""
    outcome = record.observation.outcome
    lost = outcome in LOST or outcome is Outcome.ERROR
    return "" if lost else f"somebody answered: {outcome}"


def connected(record: CheckRecord, _: Case) -> str:
    """For whatever loses every packet: the first ones got there and back."""
    # The handshake of TCP went through, so the Service was translated, the way is open in both
    # directions and the pod is alive. Whatever hangs afterwards has another cause.
    return "the connection was made" if record.observation.connected else ""


def name_answered(record: CheckRecord, _: Case) -> str:
    """For whatever keeps names from being answered."""
    outcome = record.observation.outcome
    return "" if outcome in _UNANSWERED else f"the name is not what failed: {outcome}"


def name_exists(record: CheckRecord, _: Case) -> str:
    """For names that nobody has."""
    outcome = record.observation.outcome
    return "" if outcome is Outcome.DNS_NXDOMAIN else f"no server denies the name: {outcome}"


def not_leaking(record: CheckRecord, _: Case) -> str:
    """For whatever fails to enforce policies."""
    leaks = record.verdict is Verdict.LEAK or record.check.expected in DENIALS
    through = record.observation.outcome.reached
    return "" if leaks and through else "nothing got through that ought to be stopped"


def somebody_enforces(record: CheckRecord, case: Case) -> str:
    """For clusters in which nobody enforces policies."""
    # Where the engine's agent is ready on every node that should have stopped the flow, the engine
    # reads the policies otherwise, or hangs, or was told not to enforce: "nobody enforces, install
    # one that does" would be wrong for each of these. What enforces only when it is told to (the
    # table of plugins says which) may well be there and enforce nothing.
    nodes = sorted(set(enforcers(record, case.snapshot)))
    agents = [enforcing_agent(node, case.snapshot) for node in nodes]
    if not all(agents):
        return ""
    return listed(
        f"the agent of {agent} on {node} is ready"
        for agent, node in zip(agents, nodes, strict=True)
    )


def not_refused(record: CheckRecord, _: Case) -> str:
    """For targets on which nothing listens."""
    controls = (control.observation for control in record.target_controls if control.observation)
    said = (record.observation.outcome, *(observation.outcome for observation in controls))
    return "" if Outcome.REFUSED in said else "the target refused nobody"


def not_blocked(record: CheckRecord, _: Case) -> str:
    """For whatever stops what policies allow."""
    return "" if record.verdict is Verdict.BLOCKED else "the policies do not promise that it passes"


def inside(record: CheckRecord, _: Case) -> str:
    """For whatever is outside of the cluster."""
    outside = record.check.flow.destination.kind is EndpointKind.OUTSIDE
    behind = any(backend.pod for backend in record.prediction.backends)
    return "" if outside and not behind else "the target is inside the cluster"


def node_reaches_it(record: CheckRecord, _: Case) -> str:
    """For whatever stops nodes, too."""
    passed = next((control for control in record.target_controls if control.passed), None)
    return passed.name if passed else ""


def no_service(record: CheckRecord, _: Case) -> str:
    """For whatever translates Services; cluster DNS is asked by its Service."""
    by_service = bool(record.prediction.translation)
    named = record.check.flow.destination.kind is EndpointKind.SERVICE
    names = record.observation.outcome.is_dns
    return "" if by_service or named or names else "no Service is on its way"


def service_works_there(record: CheckRecord, case: Case) -> str:
    """A Service that worked from the same node was translated there."""
    # kube-proxy programs all Services of a node at once (iptables, ipvs and nftables modes alike).
    # One that works shows that the proxy of this node is alive, though perhaps stale.
    node = source_node(record.check.vantage, case.snapshot)
    for other in case.records:
        same = node and source_node(other.check.vantage, case.snapshot) == node
        service = case.snapshot.services.get(
            (other.check.flow.destination.namespace, other.check.flow.destination.name)
        )
        # A headless Service is only a name in DNS: nothing translates it, so it says nothing about
        # kube-proxy.
        addressed = service is not None and not service.headless and bool(service.cluster_ips)
        is_service = other.check.flow.destination.kind is EndpointKind.SERVICE
        by_address = addressed and is_service
        if same and by_address and other.observation.outcome is Outcome.OK:
            return f"{other.check.name} works from node {node}, through a Service"
    return ""


def same_node(record: CheckRecord, case: Case) -> str:
    """For whatever is between nodes."""
    if record.observation.outcome.is_dns:
        return ""
    source = source_node(record.check.vantage, case.snapshot)
    nodes = {pod.node for pod in destination_pods(record, case.snapshot)}
    if source and nodes == {source}:
        return f"both ends are on {source}"
    return "" if nodes and source else "it is not between the pods of two nodes"


def nodes_are_connected(record: CheckRecord, case: Case) -> str:
    """What passed from the one node to the other was not lost between them."""
    # A query goes to whichever DNS server the Service picks. On which node that one is, the check
    # does not say.
    source = source_node(record.check.vantage, case.snapshot)
    nodes = {pod.node for pod in destination_pods(record, case.snapshot)}
    worked = worked_between_nodes(case)
    for node in nodes:
        if (source, node) in worked:
            return f"{worked[source, node][0].check.name} got from {source} to {node}"
    return ""


def ends_are_heard(record: CheckRecord, case: Case) -> str:
    """A pod is alive that another check reached, or from which one got out."""
    ends = list(destination_pods(record, case.snapshot))
    source = record.check.vantage
    if source.kind is VantageKind.POD and (source.namespace, source.name) in case.snapshot.pods:
        ends.append(case.snapshot.pods[source.namespace, source.name])
    # Both ends have to be heard of: the cause is about either of them, and one live end leaves the
    # other under suspicion.
    heard = [_heard(pod, record, case) for pod in ends]
    return heard[0] if heard and all(heard) else ""


def _heard(pod: Pod, record: CheckRecord, case: Case) -> str:
    for other in case.records:
        if other is record or not other.observation.outcome.reached:
            continue
        vantage = other.check.vantage
        source = vantage.kind is VantageKind.POD and (vantage.namespace, vantage.name)
        # Hearing its own node is not enough, see `dead_pods`: some CNIs allow that whatever state
        # the pod is in.
        elsewhere = source_node(vantage, case.snapshot) != pod.node
        reached = [pod.ref for pod in destination_pods(other, case.snapshot)] == [pod.ref]
        if source == (pod.namespace, pod.name) or (reached and elsewhere):
            return f"{pod.ref} is heard of: {other.check.name} {other.observation.outcome}"
    return ""


def not_hung(record: CheckRecord, _: Case) -> str:
    """For paths that swallow large packets: a connection is made with small ones."""
    kind = record.check.probe.kind
    large = kind is ProbeKind.ICMP and record.check.probe.size > 0
    # The TCP handshake fits into small packets and passes any MTU; the certificate of a TLS server
    # or the body of an HTTP response does not (RFC 2923, section 2.1). So only a connection that
    # was established and then hung points to a black hole. A plain TCP check ends with the
    # handshake and can never show it.
    hung = record.observation.connected and record.observation.outcome in LOST
    return "" if hung or large else "no connection was made and then hung"


def has_backends(record: CheckRecord, _: Case) -> str:
    """For Services that have nothing behind them."""
    return "the Service has endpoints" if record.prediction.backends else ""


def not_on_node_network(record: CheckRecord, case: Case) -> str:
    """For a node's own firewall."""
    at_node = any(target_nodes(record, case.snapshot))
    return "" if at_node else "the target is not on the network of its node"


_LOST_PACKETS = (answered,)
RULED_OUT_BY: Mapping[str, tuple[Condition, ...]] = {
    "cni-lost-rights": (got_through, connected, ends_are_heard),
    "pod-network-dead": (answered, connected, ends_are_heard),
    "pod-without-network": (got_through,),
    "enforcement-delay": (not_leaking,),
    "host-network-escapes": (not_leaking,),
    "named-port-enforced-as-all-ports": (not_leaking,),
    "policy-not-enforced": (not_leaking, somebody_enforces),
    "policy-agent-stopped": (not_leaking,),
    "port-range-not-enforced": (got_through, not_blocked),
    "policy-agent-stale": (got_through, not_blocked),
    "cluster-dns-down": (name_answered,),
    "node-dns-denied": (name_answered,),
    "cluster-dns-denied": (name_answered,),
    "cluster-dns-silent": (name_answered,),
    "node-dns-cut-off": (name_answered,),
    "dns-upstream-unreachable": (name_answered,),
    "no-such-name": (name_exists,),
    "kube-proxy-down": (got_through, connected, no_service, service_works_there),
    "cni-agent-down": (answered, connected, same_node, nodes_are_connected),
    "one-way-blocked": (answered, connected, same_node, nodes_are_connected),
    "node-unreachable": (answered, connected, same_node, nodes_are_connected),
    "node-firewall": (got_through, connected, not_on_node_network),
    "external-traffic-policy-local": (got_through, connected),
    "internal-traffic-policy-local": (got_through, has_backends),
    "service-port-unknown": (got_through, has_backends),
    "pods-not-ready": (got_through, has_backends),
    "service-without-endpoints": (got_through, has_backends),
    "endpoints-by-hand": (got_through, no_service),
    "nothing-listens": (got_through, not_refused),
    "proxy-not-used": (got_through, inside),
    "mtu-black-hole": (got_through, not_hung),
    "outside-firewall": (got_through, inside, node_reaches_it),
    "blocked-against-policy": (got_through, not_blocked),
}
"""By the id of a rule. Causes that follow from the objects and the prediction alone are not here:
they are held against the run when they are found, since a denial is one only if nothing passed."""


def ruled_out(rule: str, record: CheckRecord, case: Case) -> str:
    """What rules the cause out for this check; empty: nothing that was seen does."""
    sentences = (condition(record, case) for condition in RULED_OUT_BY.get(rule, ()))
    return next(filter(None, sentences), "")


def denied_anyway(record: CheckRecord) -> str:
    """The policies deny it: whatever else may be wrong, that has to change, and it is enough."""
    # Occam: a cause that would also explain the failure is not needed where the policies already
    # do. It is not disproved either, which is why this counts as an exclusion only for causes of
    # the table.
    if record.prediction.verdict is Ruling.DENIED and record.check.expected not in DENIALS:
        return f"the policies deny it, which is enough: {record.prediction.reason}"
    return ""
