"""The smallest policy change that opens a flow, checked by prediction: a rule more, or a policy of
its own. Pure.

Extending the policy that isolates is the smaller change, and is offered where it opens nothing to
others. Where it would, the pods that need the flow get a policy of their own: what a change opens
counts for more than how long it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from ipaddress import ip_address

from prober.diagnosis.facts.case import Case
from prober.diagnosis.facts.denials import Denial, peer_is_missing
from prober.diagnosis.facts.wanted_flows import wanted_by
from prober.diagnosis.fixes.distinct_labels import identity, replicas, singled_out
from prober.diagnosis.fixes.hypothetical import with_policy
from prober.diagnosis.fixes.own_policy import gains, separate_policy, subjects, workloads
from prober.manifest import rule_manifest, whole_manifest
from prober.model.check import Endpoint, EndpointKind
from prober.model.kubernetes import NAMESPACE_NAME
from prober.model.listing import listed
from prober.model.objects import (
    IPBlock,
    LabelSelector,
    NetworkPolicy,
    Pod,
    PolicyPeer,
    PolicyPort,
    PolicyRule,
    Ref,
)
from prober.model.patches.jsonpatch import Operation, apply
from prober.model.prediction import Direction, Ruling
from prober.model.run import Fix
from prober.model.snapshot import Snapshot
from prober.model.text.addresses import is_address
from prober.policy import ANYWHERE, Predictor, allows


def open_port(denials: Sequence[Denial], policy: Ref, case: Case) -> Fix | None:
    """Allow the denied flows by one rule, for the other end and the port that each of them needs.

    All denials are of one direction and one port number. None when there is no such policy, or when
    prediction says that the change would not open the flows in this direction.
    """
    old = next((known for known in case.snapshot.policies if known.ref == policy), None)
    if old is None:
        return None
    rule, what = rule_for(denials, old, case.snapshot), listed(denial.needed for denial in denials)
    # From narrow to wide, and each is predicted before the next is tried: the other ends alone;
    # the other ends in the forms that the readings of the API give them; and only where no address
    # is known to be theirs, everybody.
    way = "to" if denials[0].direction == "egress" else "from"
    for peers in _narrow_to_wide(denials, old, rule, case):
        said = f"{what}{addresses_of(peers, way)}"
        fix = allow(denials, old, replace(rule, peers=peers), said, case)
        if fix is not None:
            return fix
    anybody = any(map(_is_client, denials)) or all(map(_has_no_pod, denials))
    return open_to_all(denials, policy, case) if anybody else None


def _narrow_to_wide(
    denials: Sequence[Denial], old: NetworkPolicy, rule: PolicyRule, case: Case
) -> Iterator[tuple[PolicyPeer, ...]]:
    """The peers of a rule, then those with the other forms that the same ends may have: pods on
    their node's network as pods and as nodes, endpoints of a Service beside the Service's address,
    clients outside beside the nodes that may put their address in the place of the client's."""
    yield rule.peers
    for wider in (
        _in_both_forms(denials, old, rule, case.snapshot),
        before_translation(denials, rule.peers, case.snapshot),
        _clients_and_nodes(denials, case),
    ):
        if wider and wider != rule.peers:
            yield wider


def before_translation(
    denials: Sequence[Denial], peers: Sequence[PolicyPeer], snapshot: Snapshot
) -> tuple[PolicyPeer, ...]:
    """The peers and the addresses of the Services that were asked for: ipBlocks may be compared
    before a Service is translated or after it. Nobody where no Service with endpoints that are no
    pods was asked for."""
    asked = [denial.record.check.flow.destination for denial in denials if _has_no_pod(denial)]
    services = (snapshot.services.get((end.namespace, end.name)) for end in asked)
    addresses = {
        address: None
        for service in services
        if service is not None and not service.headless
        for address in service.cluster_ips
    }
    return (*peers, *map(_block, addresses)) if peers and addresses else ()


def addresses_of(peers: Iterable[PolicyPeer], word: str) -> str:
    """The addresses that a rule names, as the end of a sentence after this word; empty where it
    names none."""
    blocks = [peer.ip_block.cidr for peer in peers if peer.ip_block is not None]
    return f" {word} {listed(blocks)}" if blocks else ""


def _has_no_pod(denial: Denial) -> bool:
    """Whether the flow leaves a pod for a node or a host outside, be it through a Service."""
    return denial.direction == "egress" and denial.backend.pod is None


def open_to_all(denials: Sequence[Denial], policy: Ref, case: Case) -> Fix | None:
    """Allow the port whoever is at the other end: for clients outside whose address is not what
    arrives, or is anybody's."""
    old = next((known for known in case.snapshot.policies if known.ref == policy), None)
    if old is None:
        return None
    rule, what = PolicyRule(ports=_ports(denials)), listed(denial.needed for denial in denials)
    return allow(denials, old, rule, what, case)


def _clients_and_nodes(denials: Sequence[Denial], case: Case) -> tuple[PolicyPeer, ...]:
    """Clients outside by their own addresses, and by those of the nodes that may put theirs in
    their place; nobody where a client's own address is not known."""
    readings = [
        reading
        for denial in denials
        for backend in case.predictor.readings(denial.record.check.flow)
        for reading in backend.ingress
    ]
    own = {
        address: None
        for reading in readings
        if not reading.as_node
        for address in reading.addresses
    }
    nodes = {address: None for node in case.snapshot.nodes.values() for address in node.addresses}
    if not own or not all(map(_is_client, denials)):
        return ()
    versions = {ip_address(address).version for address in own}
    return tuple(
        _block(address) for address in {**own, **nodes} if ip_address(address).version in versions
    )


def _is_client(denial: Denial) -> bool:
    source = denial.record.check.flow.source.kind
    return denial.direction == "ingress" and source is EndpointKind.OUTSIDE


def rule_for(denials: Sequence[Denial], policy: NetworkPolicy, snapshot: Snapshot) -> PolicyRule:
    """The narrowest rule of this policy for the flows: their other ends and their ports."""
    return PolicyRule(peers=peers_of(denials, policy, snapshot), ports=_ports(denials))


def allow(
    denials: Sequence[Denial], old: NetworkPolicy, rule: PolicyRule, what: str, case: Case
) -> Fix | None:
    """Add `rule` to the policy, or make a policy of it. `what` says what it allows."""
    direction = denials[0].direction
    # The decision between a rule more and a new policy is made by prediction, not by looking at
    # the selector: `podSelector: {}` in a namespace with a single workload opens nothing to
    # anybody else.
    after = case.predictor.over(with_policy(case.snapshot, old, _with_rule(old, direction, rule)))
    # Another tier may deny before NetworkPolicies are asked, or the peer may have no address that
    # a rule can name. A rule that does not open the flow is not a fix.
    if not all(is_open(denial, after) for denial in denials):
        return None
    others = gains(denials, old, case.predictor, after, case.records)
    if not others:
        return _extended(denials, old, rule, f"that allows {what}", after, case)
    own = separate_policy(denials, old.ref, rule, case.snapshot)
    if own is None:
        names = listed(str(pod.ref) for pod in others)
        note = (
            f"that allows {what}; no labels single out the pods that need it, so {names} get it too"
        )
        return _extended(denials, old, rule, note, after, case)
    return _separate(denials, own, old, what, len(others), case)


def _extended(
    denials: Sequence[Denial],
    old: NetworkPolicy,
    rule: PolicyRule,
    which: str,
    after: Predictor,
    case: Case,
) -> Fix:
    direction = denials[0].direction
    patch = (_patch(old, direction, rule),)
    source = case.snapshot.sources.get(old.ref)
    return Fix(
        summary=f"add a rule to {direction} of NetworkPolicy {old.ref} {which}",
        target=old.ref,
        patch=patch,
        manifest=None if source is None else apply(source, patch),
        opens=opened_by(denials, after, case.predictor),
        wanted=wanted_by(denial.record for denial in denials),
    )


def _separate(
    denials: Sequence[Denial],
    own: NetworkPolicy,
    old: NetworkPolicy,
    what: str,
    others: int,
    case: Case,
) -> Fix:
    """The new policy beside the old one."""
    who = workloads(subjects(denials, case.snapshot))
    whose = "their" if " and " in who else "its"
    after = case.predictor.over(replace(case.snapshot, policies=(*case.snapshot.policies, own)))
    return Fix(
        summary=f"give {who} a NetworkPolicy of {whose} own, {own.ref}, that allows {what}: in "
        f"{old.name} the same "
        f"rule would open it to {others} other pod{'s' * (others != 1)} too",
        target=own.ref,
        manifest=whole_manifest(own),
        opens=opened_by(denials, after, case.predictor),
        wanted=wanted_by(denial.record for denial in denials),
        supplements=old.ref,
    )


def _ports(denials: Sequence[Denial]) -> tuple[PolicyPort, ...]:
    """What they need; nothing for a flow without a port, which only a rule for all ports lets
    through."""
    needed = dict.fromkeys(
        (denial.record.check.flow.protocol, denial.backend.port) for denial in denials
    )
    return tuple(PolicyPort(protocol, port) for protocol, port in needed if port)  # type: ignore[arg-type]  # ICMP has no port


def peers_of(
    denials: Sequence[Denial], policy: NetworkPolicy, snapshot: Snapshot
) -> tuple[PolicyPeer, ...]:
    """The other ends of the flows, as narrowly as a policy can say it; nobody in particular where
    one of them is a host outside that is asked for by its name, whose addresses change. Replicas of
    a workload are one end; what policies see as a node is named by the addresses of the nodes, and
    a client outside by its own."""
    # What policies see as a node has no labels to select by; only an ipBlock with the node's
    # address can name it. And if one of a Service's endpoints is on the host network, its later
    # replicas will be on other nodes.
    at_nodes = [denial for denial in denials if denial.seen_as_node and _is_named(denial)]
    clients = [denial for denial in denials if denial not in at_nodes and _address_of(denial)]
    known = [*at_nodes, *clients]
    refs = dict.fromkeys(denial.other for denial in denials if denial not in known)
    pods = [snapshot.pod(ref) for ref in refs]
    # A host outside that is addressed by name. Its addresses are not ours to know and change
    # without notice, so a rule by address would break at night. No peers means everybody on that
    # port, and the line `opens` says so.
    if None in pods:
        return ()
    # One peer for each workload: replicas share their labels, and a rule per replica would be
    # noise.
    by_workload = {pod.owner or pod.ref: pod for pod in pods if pod}
    return (
        *(_peer(pod, policy, snapshot) for pod in by_workload.values()),
        *node_blocks(at_nodes, snapshot),
        *map(_block, dict.fromkeys(_address_of(denial) for denial in clients)),
    )


def _address_of(denial: Denial) -> str:
    """The address of the host outside at the other end, where it is sure to be met there, or where
    hosts are named so: the client's own, the one that was asked for itself, the endpoint of a
    Service, or the one that a name had; else empty."""
    flow, known = denial.record.check.flow, denial.reading.addresses if denial.reading else ()
    if denial.direction == "ingress":
        outside = flow.source.kind is EndpointKind.OUTSIDE and len(known) == 1
        return known[0] if outside and known else ""
    if denial.backend.pod is not None:
        return ""
    if flow.destination.kind is EndpointKind.SERVICE:
        return known[0] if len(known) == 1 else ""  # its endpoint, as an EndpointSlice has it
    if is_address(flow.destination.name):
        return flow.destination.name
    seen = denial.record.observation.address
    return seen if _names_hosts_by_address(denial) and is_address(seen) else ""


def _names_hosts_by_address(denial: Denial) -> bool:
    """Whether the policy names hosts outside by their addresses already, for this port: then this
    one's address of today is what belongs there, too."""
    return any(
        peer.ip_block for _, near in denial.near(peer_is_missing) for peer in near.rule.peers
    )


def _in_both_forms(
    denials: Sequence[Denial], policy: NetworkPolicy, rule: PolicyRule, snapshot: Snapshot
) -> tuple[PolicyPeer, ...]:
    """The other ends of a rule as pods and as nodes: whoever is on its node's network is either, as
    the implementation has it, and the rule has to hold for both."""
    peers = dict.fromkeys(map(repr, rule.peers))  # a peer holds mappings, so it has no hash
    wider = list(rule.peers)
    refs = {denial.other for denial in denials if denial.other}
    pods = [snapshot.pod(ref) for ref in refs]
    hosted = [pod for pod in pods if pod is not None and pod.host_network]
    addresses = {
        address: None
        for pod in hosted
        for replica in replicas([pod], snapshot)
        for address in (
            snapshot.nodes[replica.node].addresses if replica.node in snapshot.nodes else ()
        )
    }
    for peer in (
        *(_peer(pod, policy, snapshot) for pod in hosted),
        *map(_block, addresses if hosted else ()),
    ):
        if repr(peer) not in peers:
            wider.append(peer)
    return tuple(wider) if rule.peers else ()


def _block(address: str) -> PolicyPeer:
    return PolicyPeer(
        ip_block=IPBlock(f"{address}/{32 if ip_address(address).version == 4 else 128}")
    )


def node_blocks(denials: Sequence[Denial], snapshot: Snapshot) -> tuple[PolicyPeer, ...]:
    """An ipBlock for each address of the nodes that policies see at the other end, and of the nodes
    that other replicas of the same workload are on."""
    addresses: dict[str, None] = {}
    for denial in denials:
        known = denial.reading.addresses if denial.reading else ()
        addresses |= dict.fromkeys((*known, *_of_replicas(denial, snapshot)))
    return tuple(map(_block, addresses))


def _of_replicas(denial: Denial, snapshot: Snapshot) -> Iterator[str]:
    pod = snapshot.pod(denial.other)
    if pod is None or not pod.host_network:
        return
    version = ip_address(denial.reading.addresses[0]).version if _known(denial) else 4  # type: ignore[union-attr]  # known
    for replica in replicas([pod], snapshot):
        node = snapshot.nodes.get(replica.node)
        yield from (
            address
            for address in (node.addresses if node else ())
            if ip_address(address).version == version
        )


def _is_named(denial: Denial) -> bool:
    """Whether an ipBlock names the node at the other end. It does not where this very denial shows
    that ipBlocks are not compared with nodes, as in Cilium."""
    compared = denial.reading is None or denial.reading.holds is not False
    return _known(denial) and (compared or denial.direction == "ingress")


def _known(denial: Denial) -> bool:
    return denial.reading is not None and bool(denial.reading.addresses)


def _peer(pod: Pod, policy: NetworkPolicy, snapshot: Snapshot) -> PolicyPeer:
    elsewhere = {NAMESPACE_NAME: pod.namespace} if pod.namespace != policy.namespace else None
    selector = singled_out(replicas([pod], snapshot), snapshot)
    return PolicyPeer(
        pod_selector=selector or LabelSelector(match_labels=identity(pod)),
        namespace_selector=LabelSelector(match_labels=elsewhere) if elsewhere else None,
    )


def _with_rule(policy: NetworkPolicy, direction: Direction, rule: PolicyRule) -> NetworkPolicy:
    if direction == "egress":
        return replace(policy, egress=(*policy.egress, rule))
    return replace(policy, ingress=(*policy.ingress, rule))


def is_open(denial: Denial, predictor: Predictor) -> bool:
    """Whether the denied direction of the flow is allowed here, in every reading.

    Whoever is at a node's address can only be named by an ipBlock: that one may not be compared
    with nodes is then no objection.
    """
    flow = denial.record.check.flow
    prediction = predictor.predict(flow)
    ruling = prediction.egress if denial.direction == "egress" else prediction.ingress
    if ruling is Ruling.ALLOWED:
        return True
    for backend in predictor.readings(flow):
        if backend.destination == denial.backend.destination:
            readings = backend.of(denial.direction)
            return bool(readings) and all(
                reading.ruling is Ruling.ALLOWED or (reading.as_node and reading.holds is False)
                for reading in readings
            )
    return False


def _patch(policy: NetworkPolicy, direction: Direction, rule: PolicyRule) -> Operation:
    """Append to the list of rules, or make the list: JSON patch cannot append to what is not there
    (RFC 6902, 4.1)."""
    # RFC 6902, section 4.1: "add" with "-" appends to an array, which has to exist. A policy that
    # has no list for this direction yet gets the whole list.
    written = rule_manifest(rule, direction)
    if policy.egress if direction == "egress" else policy.ingress:
        return {"op": "add", "path": f"/spec/{direction}/-", "value": written}
    return {"op": "add", "path": f"/spec/{direction}", "value": [written]}


def opened_by(denials: Sequence[Denial], after: Predictor, before: Predictor) -> tuple[str, ...]:
    """What the change is for, by prediction; what else it opens is found out when it is vetted."""
    flow, port = denials[0].record.check.flow, denials[0].backend.port
    stranger = replace(flow, destination=Endpoint(EndpointKind.OUTSIDE, name=ANYWHERE), port=port)
    if denials[0].direction == "egress" and allows(after, stranger):
        sources = [replace(flow, source=pod) for pod in _pods(before.world.snapshot)]
        opened = [flow for flow in sources if not allows(before, flow) and allows(after, flow)]
        who = str(opened[0].source) if len(opened) == 1 else f"{len(opened)} pods"
        return (f"{who} → anywhere:{port}/{str(flow.protocol).lower()}",)
    flows = tuple(dict.fromkeys(str(denial.record.check.flow) for denial in denials))
    return (*flows, *_other_clients(denials, after, before))


def _other_clients(denials: Sequence[Denial], after: Predictor, before: Predictor) -> Iterator[str]:
    """That other clients get in as well, where a rule names nodes that stand for all of them."""
    anybody = Endpoint(EndpointKind.OUTSIDE, name=ANYWHERE)
    for denial in denials:
        flow = replace(denial.record.check.flow, source=anybody)
        closed, then = before.rulings(flow).verdict is Ruling.DENIED, after.rulings(flow).verdict
        if _is_client(denial) and closed and then is not Ruling.DENIED:
            where = "" if then is Ruling.ALLOWED else ", where a node's address stands for theirs"
            yield f"all other clients outside that come in that way{where}"
            return


def _pods(snapshot: Snapshot) -> list[Endpoint]:
    return [
        Endpoint(EndpointKind.POD, pod.namespace, pod.name)
        for pod in snapshot.pods.values()
        if pod.running
    ]
