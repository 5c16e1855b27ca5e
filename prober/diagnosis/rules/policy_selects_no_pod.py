"""A policy that would allow it selects no pod, so its rules never count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from prober.diagnosis.case import Case, Rule
from prober.diagnosis.fixes import identity, is_open
from prober.diagnosis.patches import edit_policy, with_policy
from prober.diagnosis.rules.denials import Denial, denials
from prober.diagnosis.rules.policy_gap import gap
from prober.model.objects import LabelSelector, NetworkPolicy, Pod
from prober.model.prediction import Direction
from prober.model.run import Finding
from prober.policy.predictor import Predictor
from prober.policy.selectors import describe

ID = "policy-selects-no-pod"


def find(case: Case, direction: Direction) -> Iterable[Finding]:
    idle = [matcher.policy for matcher in case.predictor.world.policies if not matcher.subjects]
    kind = "Egress" if direction == "egress" else "Ingress"
    groups: dict[str, tuple[NetworkPolicy, Pod, list[Denial]]] = {}
    for denial in denials(case, direction) if idle else ():
        pod = _subject(denial, case)
        for policy in idle:
            if (
                pod
                and kind in policy.types
                and policy.namespace == pod.namespace
                and _would_allow(policy, denial, case)
            ):
                groups.setdefault(str(policy.ref), (policy, pod, []))[2].append(denial)
                break
    yield from (_finding(case, *group) for group in groups.values())


def _finding(case: Case, policy: NetworkPolicy, pod: Pod, group: list[Denial]) -> Finding:
    labels = _meant(policy, pod)
    fix = edit_policy(
        f"let NetworkPolicy {policy.ref} select {', '.join(f'{key}={value}' for key, value in labels.items())}",
        policy,
        replace(policy, pod_selector=LabelSelector(match_labels=labels)),
        [{"op": "replace", "path": "/spec/podSelector", "value": {"matchLabels": labels}}],
        group,
        case.snapshot,
    )
    cause = (
        f"NetworkPolicy {policy.ref} would allow {group[0].needed}, but selects no pod: none in {policy.namespace} has "
        f"{describe(policy.pod_selector)}"
    )
    evidence = [f"{pod.name} has {', '.join(f'{key}={value}' for key, value in sorted(pod.labels.items()))}"]
    return gap(case, ID, cause, policy.ref, group, evidence=evidence, fix=fix)


def _subject(denial: Denial, case: Case) -> Pod | None:
    ref = denial.trail.pod
    return case.snapshot.pods.get((ref.namespace, ref.name)) if ref else None


def _would_allow(policy: NetworkPolicy, denial: Denial, case: Case) -> bool:
    everywhere = replace(policy, pod_selector=LabelSelector())
    return is_open(denial, Predictor(with_policy(case.snapshot, policy, everywhere)))


def _meant(policy: NetworkPolicy, pod: Pod) -> dict[str, str]:
    """The pod's own values of the labels that the selector asks for; else the labels that name it."""
    asked = dict(_shared(policy.pod_selector, pod))
    return asked or dict(identity(pod))


def _shared(selector: LabelSelector, pod: Pod) -> Iterator[tuple[str, str]]:
    yield from ((key, pod.labels[key]) for key in selector.match_labels if key in pod.labels)


RULE = Rule(
    id=ID,
    concludes="A policy that would allow the flow selects no pod: its podSelector is misspelt, or out of date.",
    needs="the prediction with the policy applied to the pod",
    find_in=find,
)
