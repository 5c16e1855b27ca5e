"""A policy of their own for the pods that need a flow, where extending the policy that isolates
them would open it to others as well. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from prober.diagnosis.facts.denials import Denial
from prober.diagnosis.facts.wanted_flows import OUTSIDE, FlowKey, asked_for, flow_key, wanted_flows
from prober.diagnosis.fixes.distinct_labels import replicas, singled_out
from prober.model.check import Endpoint, EndpointKind, Flow
from prober.model.listing import listed
from prober.model.objects import NetworkPolicy, Pod, PolicyRule, Ref
from prober.model.prediction import POLICY_TYPES, Direction, Ruling
from prober.model.run import CheckRecord
from prober.model.snapshot import Snapshot
from prober.policy import Predictor
from prober.policy.deciding import selects

_LONGEST = 63
"""Characters of a name that people still read; the API takes 253."""


def subjects(denials: Sequence[Denial], snapshot: Snapshot) -> tuple[Pod, ...]:
    """The pods whose policies deny, with the other replicas of their workloads."""
    refs = {denial.trail.pod for denial in denials if denial.trail.pod}
    return replicas([snapshot.pods[ref.namespace, ref.name] for ref in refs], snapshot)


def gains(
    denials: Sequence[Denial],
    policy: NetworkPolicy,
    before: Predictor,
    after: Predictor,
    records: Sequence[CheckRecord],
) -> tuple[Pod, ...]:
    """The pods beside those that need it which `policy` selects too, and which would get what they
    need as well.

    One direction is looked at, because the other may be about to be opened too. What a check of the
    run asks for anyway is no gain, nor is a port that a pod does not declare: what nobody listens
    on is not reached.
    """
    # Only the direction of the denial counts as a gain. If egress of the other pods were opened
    # while their ingress targets stay closed, they gain nothing today, and would gain silently
    # when somebody fixes ingress tomorrow.
    snapshot, asked = before.world.snapshot, asked_for(records)
    direction, own = denials[0].direction, {pod.ref for pod in subjects(denials, snapshot)}
    flows = _needed(denials)
    return tuple(
        pod
        for pod in _selected(policy, snapshot)
        if pod.ref not in own
        and any(
            _key(flow) not in asked and _opens(flow, direction, before, after)
            for flow in _with_end(flows, pod, direction)
        )
    )


def separate_policy(
    denials: Sequence[Denial], existing: Ref, rule: PolicyRule, snapshot: Snapshot
) -> NetworkPolicy | None:
    """A policy with this one rule for exactly the pods that need it; None where no labels single
    them out.

    They are isolated in this direction already, so the policy closes nothing.
    """
    pods, direction = subjects(denials, snapshot), denials[0].direction
    # No matchExpressions by pod name or template hash: both change with the next rollout, and the
    # policy would select nothing from then on without anybody noticing.
    selector = singled_out(pods, snapshot)
    if selector is None:
        return None
    name = _name(
        pods,
        direction,
        rule,
        {policy.name for policy in snapshot.policies if policy.namespace == existing.namespace},
    )
    # Exactly one type. With both, the new policy would isolate the pods in the other direction,
    # too, and close what nobody asked about (API reference, policyTypes).
    kind = POLICY_TYPES[direction]
    made = NetworkPolicy(existing.namespace, name, selector, types=(kind,))
    return (
        replace(made, egress=(rule,)) if direction == "egress" else replace(made, ingress=(rule,))
    )


def workloads(pods: Collection[Pod]) -> str:
    """What people call them: `backend and frontend`."""
    return listed(_workload(pod) for pod in pods)


def _workload(pod: Pod) -> str:
    return pod.owner.name if pod.owner else pod.name


def _name(
    pods: Collection[Pod], direction: Direction, rule: PolicyRule, taken: Collection[str]
) -> str:
    """As in `allow-web-egress-22`, with a number where that is taken."""
    names = list(dict.fromkeys(_workload(pod) for pod in pods))
    who = "-".join(names[:2]) + (f"-and-{len(names) - 2}-more" if len(names) > 2 else "")
    ports = "-".join(dict.fromkeys(str(port.port) for port in rule.ports)) or "all-ports"
    end = f"-{direction}-{ports}"
    base = f"allow-{who}"[: _LONGEST - len(end)].rstrip("-.") + end
    return next(name for name in _numbered(base) if name not in taken)


def _numbered(base: str) -> Iterator[str]:
    yield base
    number = 2
    while True:
        yield f"{base}-{number}"
        number += 1


def _selected(policy: NetworkPolicy, snapshot: Snapshot) -> Iterator[Pod]:
    for _, pod in sorted(snapshot.pods.items()):
        # Pods on the host network are left out: whether policies apply to them at all is up to the
        # implementation (concept page).
        mine = pod.namespace == policy.namespace and pod.running and not pod.host_network
        if mine and selects(policy.pod_selector, pod.labels):
            yield pod


def _needed(denials: Sequence[Denial]) -> Collection[Flow]:
    """The flows to each backend; to a host outside as it is, because its address may be what a rule
    is about."""
    needed: dict[FlowKey, Flow] = {}
    for denial in denials:
        flow = denial.record.check.flow
        for wanted in [flow] if denial.backend.pod is None else wanted_flows(denial.record):
            needed[flow_key(wanted)] = wanted
    return needed.values()


def _key(flow: Flow) -> FlowKey:
    outside = flow.destination.kind is EndpointKind.OUTSIDE
    return flow_key(replace(flow, destination=OUTSIDE) if outside else flow)


def _with_end(flows: Collection[Flow], pod: Pod, direction: Direction) -> Iterator[Flow]:
    """The flows as they would be from, or to, this pod."""
    end = Endpoint(EndpointKind.POD, pod.namespace, pod.name)
    for flow in flows:
        if direction == "egress":
            yield replace(flow, source=end)
        # A pod that does not declare the port gains nothing by it. containerPort is informational
        # in Kubernetes, so this is a heuristic; it keeps a policy for one port from being split
        # because of pods that have never listened there.
        elif any((port.number, port.protocol) == (flow.port, flow.protocol) for port in pod.ports):
            yield replace(flow, destination=end)


def _opens(flow: Flow, direction: Direction, before: Predictor, after: Predictor) -> bool:
    old, new = before.rulings(flow), after.rulings(flow)
    if direction == "egress":
        return new.egress is Ruling.ALLOWED and old.egress is not Ruling.ALLOWED
    return new.ingress is Ruling.ALLOWED and old.ingress is not Ruling.ALLOWED
