"""The mitigation for a default deny that broke too much: policies that give back DNS and monitoring
for now. Pure.

They select exactly what the isolating policies select. A `podSelector: {}` would be shorter, and
would isolate pods that nobody isolated yet: the mitigation would break what still works.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from prober.manifest import dns_service
from prober.model.kubernetes import NAMESPACE_NAME
from prober.model.objects import (
    LabelSelector,
    NetworkPolicy,
    PolicyPeer,
    PolicyPort,
    PolicyRule,
    Ref,
)
from prober.model.prediction import POLICY_TYPES, Direction, Prediction, Ruling
from prober.model.snapshot import Snapshot
from prober.policy import (
    Kept,
    Predictor,
    Reference,
    difference,
    kept_from_dns,
    kept_from_monitoring,
    monitor_labels,
    with_dns,
)
from prober.policy.deciding import key_of, named_port, selects

NEEDS = ("dns", "monitoring")
"""What can be given back."""


@dataclass(frozen=True, slots=True)
class Mitigation:
    """One temporary policy."""

    need: str
    """One of `NEEDS`."""
    policy: NetworkPolicy
    helps: tuple[Ref, ...]
    """The pods that get back what they need."""


@dataclass(frozen=True, slots=True)
class MitigationPlan:
    """All that is offered, and what it does together."""

    mitigations: tuple[Mitigation, ...]
    opens: tuple[str, ...]
    """Every flow between pods that is opened, as prediction says."""
    left: tuple[str, ...]
    """Pods that stay without what they need: sentences."""


def plan(
    snapshot: Snapshot, needs: Collection[str] = NEEDS, namespaces: Collection[str] = ()
) -> MitigationPlan:
    """The temporary policies that these needs ask for, in these namespaces (none given: in all)."""
    world = with_dns(snapshot)
    kept = {need: _in(_kept(need, world), namespaces) for need in NEEDS if need in needs}
    candidates = _harmless(
        world,
        [
            candidate
            for need, waiting in kept.items()
            for candidate in _candidates(world, need, waiting)
        ],
    )
    # Which pods a temporary policy really helps is decided by prediction with all of them in
    # place. A pod whose DNS servers refuse it by their own ingress policy is not helped by its
    # egress.
    after = _with(world, candidates)
    still = {need: {entry.pod.ref for entry in _kept(need, after)} for need in kept}
    helping = [
        replace(
            candidate,
            helps=tuple(ref for ref in candidate.helps if ref not in still[candidate.need]),
        )
        for candidate in candidates
    ]
    chosen = tuple(candidate for candidate in helping if candidate.helps)
    left = {
        (need, entry.pod.ref): entry
        for need, waiting in kept.items()
        for entry in waiting
        if entry.pod.ref in still[need]
    }
    predictor = Predictor(after)
    return MitigationPlan(
        chosen,
        tuple(str(flow) for flow in difference(Reference(world), _with(world, chosen)).opened),
        tuple(
            f"{ref} stays without {need}: {_why(predictor.predict(entry.flow), need)}"
            for (need, ref), entry in left.items()
        ),
    )


def _why(prediction: Prediction, need: str) -> str:
    """Why a temporary policy does not help: NetworkPolicies only ever allow."""
    own = prediction.egress if need == "dns" else prediction.ingress
    if own is not Ruling.DENIED:
        return "the policies at the other end deny it too"
    return f"no NetworkPolicy can open it, {prediction.reason}"


def _harmless(world: Snapshot, candidates: Sequence[Mitigation]) -> list[Mitigation]:
    """Those that close nothing: a NetworkPolicy about a pod that only other languages' policies
    select may be the first to isolate it."""
    if not difference(Reference(world), _with(world, candidates)).closed:
        return list(candidates)
    return [
        candidate
        for candidate in candidates
        if not difference(Reference(world), _with(world, [candidate])).closed
    ]


def _with(world: Snapshot, mitigations: Sequence[Mitigation]) -> Snapshot:
    return replace(
        world, policies=(*world.policies, *(mitigation.policy for mitigation in mitigations))
    )


def _in(kept: Sequence[Kept], namespaces: Collection[str]) -> list[Kept]:
    return [entry for entry in kept if not namespaces or entry.pod.namespace in namespaces]


def _kept(need: str, snapshot: Snapshot) -> list[Kept]:
    if need == "dns":
        return [entry for group in kept_from_dns(snapshot).values() for entry in group]
    return list(kept_from_monitoring(snapshot))


def _candidates(world: Snapshot, need: str, kept: Sequence[Kept]) -> Iterator[Mitigation]:
    """One policy for each namespace and selector of a policy that isolates."""
    spaces: defaultdict[str, list[Kept]] = defaultdict(list)
    for entry in kept:
        spaces[entry.pod.namespace].append(entry)
    direction: Direction = "egress" if need == "dns" else "ingress"
    for namespace, group in spaces.items():
        rule = _dns_rule(world) if need == "dns" else _monitoring_rule(world, group)
        for number, selector in enumerate(_isolating(world, namespace, direction, group), start=1):
            name = f"prober-temporary-{need}" + (f"-{number}" if number > 1 else "")
            helps = dict.fromkeys(
                entry.pod.ref for entry in group if selects(selector, entry.pod.labels)
            )
            yield Mitigation(
                need, _policy(namespace, name, selector, direction, rule), tuple(helps)
            )


def _isolating(
    world: Snapshot, namespace: str, direction: Direction, kept: Sequence[Kept]
) -> list[LabelSelector]:
    """The selectors of the NetworkPolicies that isolate these pods, each once; one that selects all
    is enough. A pod that policies of another language isolate is selected by its own labels."""
    kind = POLICY_TYPES[direction]
    selectors = {
        key_of(policy.pod_selector): policy.pod_selector
        for policy in world.policies
        if policy.namespace == namespace
        and kind in policy.types
        and any(selects(policy.pod_selector, entry.pod.labels) for entry in kept)
    }
    # `podSelector: {}` already isolates the whole namespace, so one policy with the same selector
    # reaches all that need it and isolates nobody new.
    everything = [selector for selector in selectors.values() if selector.empty]
    if everything:
        return everything
    others = {
        key_of(own): own
        for entry in kept
        if not any(selects(selector, entry.pod.labels) for selector in selectors.values())
        if (own := LabelSelector(entry.pod.labels)) and entry.pod.labels
    }
    return [*selectors.values(), *others.values()]


def _dns_rule(world: Snapshot) -> PolicyRule:
    """To the pods of cluster DNS, on the ports behind the Service's 53."""
    service = dns_service(world)
    if service is None:
        raise AssertionError("with_dns adds what is missing")
    chosen = LabelSelector(service.selector or {})
    backends = [
        pod
        for pod in world.pods.values()
        if pod.namespace == service.namespace and selects(chosen, pod.labels)
    ]
    ports: dict[PolicyPort, None] = {}
    # The ports of the pods, not those of the Service: CoreDNS in some distributions listens on
    # 5353 or 8053 behind the Service's 53, and policies see only that.
    for offered in (port for port in service.ports if port.port == 53):
        for pod in backends:
            target = offered.target_port
            number = (
                target if isinstance(target, int) else named_port(pod, target, offered.protocol)
            )
            if number:
                ports[PolicyPort(offered.protocol, number)] = None
    return PolicyRule(
        (PolicyPeer(chosen, LabelSelector({NAMESPACE_NAME: service.namespace})),), tuple(ports)
    )


def _monitoring_rule(world: Snapshot, kept: Sequence[Kept]) -> PolicyRule:
    """From the Prometheus pods, to the ports for metrics."""
    peers: list[PolicyPeer] = []
    for _, pod in sorted(world.pods.items()):
        labels = monitor_labels(pod)
        peer = PolicyPeer(LabelSelector(labels), LabelSelector({NAMESPACE_NAME: pod.namespace}))
        if labels and peer not in peers:
            peers.append(peer)
    wanted = (
        PolicyPort(port.protocol, port.number)
        for entry in kept
        for port in entry.pod.ports
        if port.number == entry.flow.port
    )
    return PolicyRule(tuple(peers), tuple(dict.fromkeys(wanted)))


def _policy(
    namespace: str, name: str, selector: LabelSelector, direction: Direction, rule: PolicyRule
) -> NetworkPolicy:
    if direction == "egress":
        return NetworkPolicy(namespace, name, selector, ("Egress",), egress=(rule,))
    return NetworkPolicy(namespace, name, selector, ("Ingress",), ingress=(rule,))
