"""A policy that would allow it selects no pod, so its rules never count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from difflib import get_close_matches

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.denials import Denial, denials
from prober.diagnosis.facts.wanted_flows import wanted_by
from prober.diagnosis.fixes.distinct_labels import identity
from prober.diagnosis.fixes.hypothetical import Supposing
from prober.diagnosis.fixes.patches import edit_policy
from prober.diagnosis.fixes.policy_fixes import is_open
from prober.diagnosis.fixes.policy_gap import gap
from prober.manifest import whole_manifest
from prober.model.objects import LabelSelector, NetworkPolicy, Pod
from prober.model.prediction import POLICY_TYPES, Direction
from prober.model.run import Finding, Fix
from prober.policy.deciding import describe, selects

ID = "policy-selects-no-pod"


def find(case: Case, direction: Direction) -> Iterable[Finding]:
    idle = [matcher.policy for matcher in case.predictor.world.policies if not matcher.subjects]
    kind = POLICY_TYPES[direction]
    supposing = Supposing(case.predictor)
    groups: dict[str, tuple[NetworkPolicy, Pod, list[Denial]]] = {}
    for denial in denials(case, direction) if idle else ():
        pod = _subject(denial, case)
        for policy in idle:
            if pod is None or kind not in policy.types:
                continue
            here = _may_mean(policy, pod) and _would_allow(policy, denial, supposing)
            if here or _would_allow_there(policy, pod, denial, case):
                groups.setdefault(str(policy.ref), (policy, pod, []))[2].append(denial)
                break
    for policy, pod, group in groups.values():
        elsewhere = policy.namespace != pod.namespace
        yield (_astray if elsewhere else _finding)(case, policy, pod, group)


def _astray(case: Case, policy: NetworkPolicy, pod: Pod, group: list[Denial]) -> Finding:
    """A policy in another namespace than its pods."""
    moved = replace(policy, namespace=pod.namespace)
    cause = (
        f"NetworkPolicy {policy.ref} would allow {group[0].needed}, but is in namespace "
        f"{policy.namespace}, where it selects no pod: a policy is for pods of its own namespace, "
        f"and {pod.ref} is in {pod.namespace}"
    )
    fix = Fix(
        summary=f"make the same NetworkPolicy in namespace {pod.namespace}; then delete the one in "
        f"{policy.namespace}",
        target=moved.ref,
        manifest=whole_manifest(moved),
        supplements=policy.ref,
        opens=tuple(dict.fromkeys(str(denial.record.check.flow) for denial in group)),
        wanted=wanted_by(denial.record for denial in group),
    )
    taken = any(known.ref == moved.ref for known in case.snapshot.policies)
    return gap(case, ID, cause, policy.ref, group, fixes=[None if taken else fix])


def _would_allow_there(policy: NetworkPolicy, pod: Pod, denial: Denial, case: Case) -> bool:
    """Whether the policy selects the pod by its labels, and would let the flow through if it were
    in the pod's namespace."""
    named = not policy.pod_selector.empty and selects(policy.pod_selector, pod.labels)
    if policy.namespace == pod.namespace or not named:
        return False
    moved = replace(policy, namespace=pod.namespace)
    after = replace(case.snapshot, policies=(*case.snapshot.policies, moved))
    return is_open(denial, case.predictor.over(after))


def _finding(case: Case, policy: NetworkPolicy, pod: Pod, group: list[Denial]) -> Finding:
    labels = _meant(policy, pod)
    fix = edit_policy(
        (
            f"let NetworkPolicy {policy.ref} select "
            f"{', '.join(f'{key}={value}' for key, value in labels.items())}"
        ),
        policy,
        replace(policy, pod_selector=LabelSelector(match_labels=labels)),
        [{"op": "replace", "path": "/spec/podSelector", "value": {"matchLabels": labels}}],
        group,
        case,
    )
    cause = (
        f"NetworkPolicy {policy.ref} would allow {group[0].needed}, but selects no pod: none "
        f"in {policy.namespace} has "
        f"{describe(policy.pod_selector)}"
    )
    evidence = [
        f"{pod.name} has {', '.join(f'{key}={value}' for key, value in sorted(pod.labels.items()))}"
    ]
    return gap(case, ID, cause, policy.ref, group, evidence=evidence, fixes=[fix])


def _subject(denial: Denial, case: Case) -> Pod | None:
    ref = denial.trail.pod
    return case.snapshot.pod(ref)


def _may_mean(policy: NetworkPolicy, pod: Pod) -> bool:
    """Whether the selector looks like the pod's labels written wrong. A policy for something that
    is not there now, such as a workload without replicas, means nobody else."""
    near = (
        value in pod.labels.values() or get_close_matches(value, [pod.labels.get(key, "")], n=1)
        for key, value in policy.pod_selector.match_labels.items()
    )
    return policy.namespace == pod.namespace and any(near)


def _would_allow(policy: NetworkPolicy, denial: Denial, supposing: Supposing) -> bool:
    return is_open(
        denial, supposing.instead_of(policy, replace(policy, pod_selector=LabelSelector()))
    )


def _meant(policy: NetworkPolicy, pod: Pod) -> dict[str, str]:
    """The pod's own values of the labels that the selector asks for; else the labels that name
    it."""
    asked = dict(_shared(policy.pod_selector, pod))
    return asked or dict(identity(pod))


def _shared(selector: LabelSelector, pod: Pod) -> Iterator[tuple[str, str]]:
    yield from ((key, pod.labels[key]) for key in selector.match_labels if key in pod.labels)


RULE = Rule(
    id=ID,
    concludes=(
        "A policy that would allow the flow selects no pod: its podSelector is misspelt or out "
        "of date, or it is in another namespace than its pods."
    ),
    advice="let the policy's podSelector choose the pods that it is for, in their namespace",
    needs="the prediction with the policy applied to the pod",
    find_in=find,
)
