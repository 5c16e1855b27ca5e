"""The policy that should deny it selects no pod."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.unwanted import ends, unwanted
from prober.diagnosis.fixes.distinct_labels import identity
from prober.diagnosis.fixes.hypothetical import Supposing
from prober.diagnosis.fixes.patches import patched
from prober.manifest import whole_manifest
from prober.model.objects import LabelSelector, NetworkPolicy, Pod
from prober.model.prediction import Ruling
from prober.model.run import CheckRecord, Confidence, Finding, Fix
from prober.model.snapshot import Snapshot
from prober.policy.deciding import describe, selects

ID = "deny-selects-no-pod"


def find(case: Case) -> Iterable[Finding]:
    idle = [matcher.policy for matcher in case.predictor.world.policies if not matcher.subjects]
    supposing = Supposing(case.predictor)
    groups: dict[str, tuple[NetworkPolicy, Pod, list[CheckRecord]]] = {}
    for record in unwanted(case) if idle else ():
        for policy, pod in _candidates(idle, record, case.snapshot):
            predictor = supposing.instead_of(policy, _meant(policy, pod))
            if predictor.rulings(record.check.flow).verdict is Ruling.DENIED:
                groups.setdefault(str(policy.ref), (policy, pod, []))[2].append(record)
                break
    for policy, pod, records in groups.values():
        yield Finding(
            id=ID,
            cause=f"NetworkPolicy {policy.ref} would deny it, but {_why(policy, pod)}",
            confidence=Confidence.LIKELY,
            evidence=(
                (
                    f"{pod.name} has "
                    f"{', '.join(f'{key}={value}' for key, value in sorted(pod.labels.items()))}"
                ),
                *(f"{record.check.name}: {record.observation.outcome}" for record in records[:2]),
            ),
            fix=_fix(policy, pod, case.snapshot),
            checks=tuple(record.check.id for record in records),
            objects=(policy.ref,),
        )


def _candidates(
    idle: Iterable[NetworkPolicy], record: CheckRecord, snapshot: Snapshot
) -> Iterator[tuple[NetworkPolicy, Pod]]:
    """Policies that nobody has, each with a pod at one end that they may have meant."""
    for pod in ends(record, snapshot):
        yield from ((policy, pod) for policy in idle if _is_astray(policy, pod))
        mine = (policy for policy in idle if policy.namespace == pod.namespace)
        # A selector with none of the pod's label keys means something else that is not there now.
        yield from (
            (policy, pod)
            for policy in mine
            if pod.labels.keys() & policy.pod_selector.match_labels.keys()
        )


def _is_astray(policy: NetworkPolicy, pod: Pod) -> bool:
    """Whether the policy selects the pod by its labels, in another namespace."""
    named = not policy.pod_selector.empty and selects(policy.pod_selector, pod.labels)
    return policy.namespace != pod.namespace and named


def _why(policy: NetworkPolicy, pod: Pod) -> str:
    """Why it selects nobody."""
    if policy.namespace == pod.namespace:
        return f"selects no pod: none in {policy.namespace} has {describe(policy.pod_selector)}"
    return (
        f"is in namespace {policy.namespace}, where it selects no pod: a policy is for pods of its "
        f"own namespace, and {pod.ref} is in {pod.namespace}"
    )


def _meant(policy: NetworkPolicy, pod: Pod) -> NetworkPolicy:
    """The policy as it was meant: for the pod, in its namespace."""
    if policy.namespace != pod.namespace:
        return replace(policy, namespace=pod.namespace)
    return _selecting(policy, pod)


def _selecting(policy: NetworkPolicy, pod: Pod) -> NetworkPolicy:
    """The policy with the pod's own values of the labels that it asks for, else with those that
    name the pod."""
    own = {key: pod.labels[key] for key in policy.pod_selector.match_labels if key in pod.labels}
    return replace(policy, pod_selector=LabelSelector(match_labels=own or identity(pod)))


def _fix(policy: NetworkPolicy, pod: Pod, snapshot: Snapshot) -> Fix:
    if policy.namespace != pod.namespace:
        moved = replace(policy, namespace=pod.namespace)
        return Fix(
            summary=f"make the same NetworkPolicy in namespace {pod.namespace}; then delete the "
            f"one in {policy.namespace}",
            target=moved.ref,
            manifest=whole_manifest(moved),
            supplements=policy.ref,
            opens=("nothing: it closes",),
        )
    labels = dict(_selecting(policy, pod).pod_selector.match_labels)
    patch = ({"op": "replace", "path": "/spec/podSelector", "value": {"matchLabels": labels}},)
    return Fix(
        summary=(
            f"let NetworkPolicy {policy.ref} select "
            f"{', '.join(f'{key}={value}' for key, value in labels.items())}"
        ),
        target=policy.ref,
        patch=patch,
        manifest=patched(snapshot.sources.get(policy.ref), patch),
        opens=("nothing: it closes",),
    )


RULE = Rule(
    id=ID,
    concludes=(
        "The policy that should deny the flow selects no pod: its podSelector is misspelt or out "
        "of date, or it is in another namespace than its pods."
    ),
    advice="let the policy's podSelector choose the pods that it is to guard",
    needs=(
        "a flow that should be denied and gets through, and the prediction with the policy "
        "applied to the pod"
    ),
    find=find,
)
