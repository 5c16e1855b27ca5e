"""A pod on its node's network: policies do not reach it."""

from __future__ import annotations

from collections.abc import Iterable

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.unwanted import ends, unwanted
from prober.model.listing import listed
from prober.model.objects import Pod
from prober.model.run import CheckRecord, Confidence, Finding, Verdict

ID = "host-network-escapes"


def find(case: Case) -> Iterable[Finding]:
    groups: dict[str, tuple[Pod, list[CheckRecord]]] = {}
    leaks = [record for record in case.troubled if record.verdict is Verdict.LEAK]
    for record in (*unwanted(case), *leaks):
        pod = next((pod for pod in ends(record, case.snapshot) if pod.host_network), None)
        if pod is not None:
            groups.setdefault(str(pod.ref), (pod, []))[1].append(record)
    for pod, records in groups.values():
        named = listed(
            str(policy.ref)
            for policy in case.snapshot.policies
            if policy.namespace == pod.namespace
        )
        yield Finding(
            id=ID,
            cause=(
                f"pod {pod.ref} is on its node's network (hostNetwork), where NetworkPolicies do "
                "not reach it"
            ),
            confidence=Confidence.CERTAIN,
            evidence=(
                f"what it sends comes from node {pod.node}, and what goes to it goes to the node",
                *([f"{named} in its namespace have no effect on it"] if named else []),
            ),
            checks=tuple(record.check.id for record in records),
            objects=(pod.ref,),
        )


RULE = Rule(
    id=ID,
    concludes=(
        "A pod on its node's network is neither isolated nor selected by policies, so it gets "
        "through."
    ),
    advice="take the pod off its node's network, or guard the node itself: NetworkPolicies cannot",
    needs=(
        "a flow that should be denied and gets through, and whether a pod at one end is on the "
        "host network"
    ),
    find=find,
)
