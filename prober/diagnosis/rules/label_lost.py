"""A pod or a namespace lacks a label that its siblings have, and a policy asks for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.denials import Denial, denials, peer_is_missing
from prober.diagnosis.facts.peers import namespace_labels, other_pod, selects_pod
from prober.diagnosis.facts.siblings import missing_labels, sibling_namespaces, siblings
from prober.diagnosis.facts.wanted_flows import wanted_by
from prober.diagnosis.fixes.hypothetical import TEMPLATE_LABELS, WORKLOADS
from prober.diagnosis.fixes.policy_fixes import is_open
from prober.diagnosis.fixes.policy_gap import gap
from prober.model.listing import listed
from prober.model.objects import Labels, LabelSelector, Pod, PolicyPeer, Ref
from prober.model.patches.jsonpatch import pointer
from prober.model.prediction import POLICY_TYPES, Direction
from prober.model.run import Finding, Fix
from prober.model.snapshot import Snapshot
from prober.policy.deciding import selects

ID = "label-lost"


@dataclass(frozen=True, slots=True)
class _Loss:
    """A label that is gone."""

    whose: Ref
    """A Pod or a Namespace; the workload where none of its pods has the label."""
    labels: tuple[tuple[str, str], ...]
    policy: Ref
    having: tuple[str, ...]
    """The siblings that have it."""
    asks: str
    """What the policy asks it for."""
    instead: tuple[tuple[str, str], ...] = ()
    """The labels that it has with another value, misspelt."""


def find(case: Case, direction: Direction) -> Iterable[Finding]:
    groups: dict[_Loss, list[Denial]] = {}
    for denial in denials(case, direction):
        loss = next((loss for loss in _losses(denial, case) if _restores(loss, denial, case)), None)
        if loss is not None:
            groups.setdefault(loss, []).append(denial)
    for loss, group in groups.items():
        said = listed(f"{key}={value}" for key, value in loss.labels)
        kind = loss.whose.kind.lower()
        instead = listed(f"{key}={value}" for key, value in loss.instead)
        lacks = f"has the label {instead} instead of" if instead else "lacks the label"
        yield gap(
            case,
            ID,
            f"{kind} {loss.whose} {lacks} {said}, which {listed(loss.having)} "
            f"{'has' if len(loss.having) == 1 else 'have'} and NetworkPolicy {loss.policy} asks "
            f"for {loss.asks}",
            loss.policy,
            group,
            evidence=[
                "if it was left out on purpose, allow it in a rule of its own instead of giving "
                "the label back"
            ],
            fixes=[_fix(loss, group, case)],
        )


def _losses(denial: Denial, case: Case) -> Iterator[_Loss]:
    """What may be gone: at the other end, for a rule that names the port; or at the pod itself, for
    a policy that would allow the flow."""
    pod = other_pod(denial, case)
    if pod is not None and not denial.seen_as_node:
        for policy, rule in denial.near(peer_is_missing):
            for peer in rule.rule.peers:
                yield from _of_peer(peer, pod, policy.policy, case)
    ref = denial.trail.pod
    subject = case.snapshot.pod(ref)
    if subject is not None:
        yield from _of_subject(subject, denial, case)


def _of_peer(peer: PolicyPeer, pod: Pod, policy: Ref, case: Case) -> Iterator[_Loss]:
    if peer.ip_block is not None:
        return
    labels = namespace_labels(case, pod.namespace)
    spaces = peer.namespace_selector
    in_space = pod.namespace == policy.namespace if spaces is None else selects(spaces, labels)
    asks = "in `from` or `to`"
    if in_space and peer.pod_selector is not None:
        yield from _pod_loss(pod, peer.pod_selector, policy, asks, case.snapshot)
    # A pod beside the policy is named without a namespaceSelector: there, both were not meant.
    beside = pod.namespace == policy.namespace and peer.pod_selector is not None
    if spaces is not None and not in_space and not beside and selects_pod(peer.pod_selector, pod):
        yield from _namespace_loss(pod.namespace, spaces, policy, asks, case)


def _of_subject(pod: Pod, denial: Denial, case: Case) -> Iterator[_Loss]:
    kind = POLICY_TYPES[denial.direction]
    for policy in case.snapshot.policies:
        mine = policy.namespace == pod.namespace and kind in policy.types
        if mine and not selects(policy.pod_selector, pod.labels):
            asks = "of the pods that it is for"
            yield from _pod_loss(pod, policy.pod_selector, policy.ref, asks, case.snapshot)


def _pod_loss(
    pod: Pod, selector: LabelSelector, policy: Ref, asks: str, snapshot: Snapshot
) -> Iterator[_Loss]:
    alike = siblings(pod, snapshot)
    having = [sibling for sibling in alike if selects(selector, sibling.labels)]
    missing = missing_labels(selector, pod.labels, having[0].labels) if having else {}
    if not missing:
        return
    own = [sibling for sibling in having if sibling.owner == pod.owner]
    whole = pod.owner is not None and not own
    whose = pod.owner if whole and pod.owner is not None else pod.ref
    names = tuple(sorted({str(_named(sibling, whole=whole)) for sibling in having}))
    lost = tuple(sorted(missing.items()))
    yield _Loss(whose, lost, policy, names, asks, _instead(missing, pod.labels))


def _named(pod: Pod, *, whole: bool) -> Ref:
    """A sibling as the sentence names it: by its workload where a workload lacks the label."""
    return pod.owner if whole and pod.owner is not None else pod.ref


def _namespace_loss(
    name: str, selector: LabelSelector, policy: Ref, asks: str, case: Case
) -> Iterator[_Loss]:
    namespace = case.snapshot.namespaces.get(name)
    if namespace is None:
        return
    related = sibling_namespaces(namespace, case.snapshot)
    having = [namespace for namespace in related if selects(selector, namespace.labels)]
    labels = namespace_labels(case, name)
    missing = missing_labels(selector, labels, having[0].labels) if having else {}
    if missing:
        whose, names = Ref("Namespace", "", name), tuple(other.name for other in having)
        lost, instead = tuple(sorted(missing.items())), _instead(missing, namespace.labels)
        yield _Loss(whose, lost, policy, names, asks, instead)


def _instead(missing: Labels, labels: Labels) -> tuple[tuple[str, str], ...]:
    return tuple((key, labels[key]) for key in sorted(missing) if key in labels)


def _restores(loss: _Loss, denial: Denial, case: Case) -> bool:
    """Whether the label's return would let the flow through."""
    return is_open(denial, case.predictor.over(_restored(loss, case.snapshot)))


def _restored(loss: _Loss, snapshot: Snapshot) -> Snapshot:
    ref, more = loss.whose, dict(loss.labels)
    if ref.kind == "Namespace":
        old = snapshot.namespaces[ref.name]
        named = replace(old, labels={**old.labels, **more})
        return replace(snapshot, namespaces={**snapshot.namespaces, ref.name: named})
    changed = {
        key: replace(pod, labels={**pod.labels, **more})
        for key, pod in snapshot.pods.items()
        if ref in (pod.ref, pod.owner)
    }
    return replace(snapshot, pods={**snapshot.pods, **changed})


def _fix(loss: _Loss, group: list[Denial], case: Case) -> Fix:
    known = _labels(loss, case.snapshot)
    where = TEMPLATE_LABELS if loss.whose.kind in WORKLOADS else ("metadata", "labels")
    patch: tuple[Mapping[str, Any], ...] = tuple(
        {"op": "add", "path": pointer(*where, key), "value": value} for key, value in loss.labels
    )
    if not known:
        patch = ({"op": "add", "path": pointer(*where), "value": dict(loss.labels)},)
    said = listed(f"{key}={value}" for key, value in loss.labels)
    whom = f"{loss.whose.kind.lower()} {loss.whose}"
    if loss.whose.kind in WORKLOADS:
        whom = f"the pods of {whom}"
    return Fix(
        summary=f"give {whom} the label {said} back",
        target=loss.whose,
        patch=patch,
        opens=tuple(dict.fromkeys(str(denial.record.check.flow) for denial in group)),
        wanted=wanted_by(denial.record for denial in group),
    )


def _labels(loss: _Loss, snapshot: Snapshot) -> Mapping[str, str]:
    """The labels that it has; the API server sets one on namespaces."""
    if loss.whose.kind == "Namespace":
        return snapshot.namespaces[loss.whose.name].labels
    return next(pod.labels for pod in snapshot.pods.values() if loss.whose in (pod.ref, pod.owner))


RULE = Rule(
    id=ID,
    concludes=(
        "A pod or a namespace lacks a label that its siblings have, and a policy lets through who "
        "has it."
    ),
    advice="give the label back; if it was left out on purpose, allow the pod in a rule of its own",
    needs="the prediction's trail, and the labels of the pod's workload and of related namespaces",
    find_in=find,
)
