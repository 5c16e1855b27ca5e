"""The policy that should deny it selects no pod."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.unwanted import ends, unwanted
from prober.diagnosis.fixes.distinct_labels import identity
from prober.diagnosis.fixes.hypothetical import Supposing
from prober.diagnosis.fixes.patches import patched
from prober.model.objects import LabelSelector, NetworkPolicy, Pod
from prober.model.prediction import Ruling
from prober.model.run import CheckRecord, Confidence, Finding, Fix
from prober.model.snapshot import Snapshot
from prober.policy.deciding import describe

ID = "deny-selects-no-pod"


def find(case: Case) -> Iterable[Finding]:
    idle = [matcher.policy for matcher in case.predictor.world.policies if not matcher.subjects]
    supposing = Supposing(case.predictor)
    groups: dict[str, tuple[NetworkPolicy, Pod, list[CheckRecord]]] = {}
    for record in unwanted(case) if idle else ():
        for policy, pod in _candidates(idle, record, case.snapshot):
            predictor = supposing.instead_of(policy, _selecting(policy, pod))
            if predictor.rulings(record.check.flow).verdict is Ruling.DENIED:
                groups.setdefault(str(policy.ref), (policy, pod, []))[2].append(record)
                break
    for policy, pod, records in groups.values():
        yield Finding(
            id=ID,
            cause=f"NetworkPolicy {policy.ref} would deny it, but selects no pod: none in "
            f"{policy.namespace} has "
            f"{describe(policy.pod_selector)}",
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
        mine = (policy for policy in idle if policy.namespace == pod.namespace)
        # A selector with none of the pod's label keys means something else that is not there now.
        yield from (
            (policy, pod)
            for policy in mine
            if pod.labels.keys() & policy.pod_selector.match_labels.keys()
        )


def _selecting(policy: NetworkPolicy, pod: Pod) -> NetworkPolicy:
    """The policy with the pod's own values of the labels that it asks for, else with those that
    name the pod."""
    own = {key: pod.labels[key] for key in policy.pod_selector.match_labels if key in pod.labels}
    return replace(policy, pod_selector=LabelSelector(match_labels=own or identity(pod)))


def _fix(policy: NetworkPolicy, pod: Pod, snapshot: Snapshot) -> Fix:
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
        "The policy that should deny the flow selects no pod: its podSelector is misspelt, or "
        "out of date."
    ),
    advice="let the policy's podSelector choose the pods that it is to guard",
    needs=(
        "a flow that should be denied and gets through, and the prediction with the policy "
        "applied to the pod"
    ),
    find=find,
)
