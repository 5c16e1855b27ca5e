"""What the rules about peers share: the items of `from` and `to` that leave a pod out, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from difflib import get_close_matches

from prober.diagnosis.facts.case import Case
from prober.diagnosis.facts.denials import Denial, peer_is_missing
from prober.model.kubernetes import NAMESPACE_NAME
from prober.model.objects import Labels, LabelSelector, Pod, PolicyPeer, Ref
from prober.model.prediction import PolicyTrail
from prober.policy.deciding import selects


def items(denial: Denial) -> Iterator[tuple[PolicyTrail, PolicyPeer]]:
    """Every peer of the rules that name the port but not the other end."""
    for policy, rule in denial.near(peer_is_missing):
        yield from ((policy, peer) for peer in rule.rule.peers)


def other_pod(denial: Denial, case: Case) -> Pod | None:
    """The pod that is left out; None where the other end is no pod."""
    return case.snapshot.pod(denial.other)


def blaming(
    case: Case, test: Callable[[PolicyPeer, Pod, PolicyTrail], bool]
) -> Callable[[Denial], PolicyTrail | None]:
    """A denial's policy with a peer that passes the test, which is given the pod that is left
    out."""

    def blamed(denial: Denial) -> PolicyTrail | None:
        pod = other_pod(denial, case)
        if pod is None:
            return None
        return next((policy for policy, peer in items(denial) if test(peer, pod, policy)), None)

    return blamed


def first_peer(
    denial: Denial, case: Case, test: Callable[[PolicyPeer, Pod, PolicyTrail], bool]
) -> tuple[PolicyPeer, Pod] | None:
    """The peer that the test found."""
    pod = other_pod(denial, case)
    if pod is None:
        return None
    return next(((peer, pod) for policy, peer in items(denial) if test(peer, pod, policy)), None)


def namespace_labels(case: Case, name: str) -> Labels:
    """With the label that the API server sets, also where no Namespace object is known."""
    namespace = case.snapshot.namespaces.get(name)
    return namespace.labels if namespace else {NAMESPACE_NAME: name}


def selects_pod(selector: LabelSelector | None, pod: Pod) -> bool:
    """Whether the pod half of a peer holds; an absent one always does."""
    return selector is None or selects(selector, pod.labels)


def likeness(peer: PolicyPeer, pod: Pod | None, policy: Ref, case: Case) -> int:
    """How much a peer that leaves a pod out is like it: labels that hold, then values that the pod
    has nearly, or for another key. 0: nothing says that it was meant for this pod."""
    if pod is None or peer.ip_block is not None:
        return 0
    spaces, selector = peer.namespace_selector, peer.pod_selector
    halves = [(selector, pod.labels)] if selector is not None else []
    halves += [(spaces, namespace_labels(case, pod.namespace))] if spaces is not None else []
    return sum(
        2 if labels.get(key) == value else _is_near(key, value, labels)
        for half, labels in halves
        for key, value in half.match_labels.items()
    )


def _is_near(key: str, value: str, labels: Labels) -> bool:
    """Whether a label is there in another form: with nearly this value, or this value for another
    key."""
    return value in labels.values() or bool(get_close_matches(value, [labels.get(key, "")], n=1))


def selected_by(peer: PolicyPeer, namespace: str, case: Case) -> int:
    """How many pods a peer of a policy in `namespace` selects."""
    sets = case.predictor.world.sets
    within = (
        sets.of_namespace(namespace)
        if peer.namespace_selector is None
        else sets.select_namespaces(peer.namespace_selector)
    )
    pods = sets.all if peer.pod_selector is None else sets.select(peer.pod_selector)
    return (within & pods).bit_count()
