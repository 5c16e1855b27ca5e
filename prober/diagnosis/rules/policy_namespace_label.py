"""A policy lets namespaces in by a label that the namespace does not have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.peers import (
    blaming,
    first_peer,
    namespace_labels,
    selected_by,
    selects_pod,
)
from prober.diagnosis.fixes.peer_edits import peers_put_right
from prober.diagnosis.fixes.policy_gap import gap, grouped, who
from prober.model.kubernetes import NAMESPACE_NAME
from prober.model.listing import listed
from prober.model.objects import Labels, LabelSelector, Pod, PolicyPeer
from prober.model.prediction import Direction, PolicyTrail
from prober.model.run import Finding
from prober.policy.deciding import holds, selects

ID = "policy-namespace-label"


def find(case: Case, direction: Direction) -> Iterable[Finding]:
    def test(peer: PolicyPeer, pod: Pod, policy: PolicyTrail) -> bool:
        return _label_is_missing(peer, pod, policy, case)

    for (policy, port), group in grouped(case, direction, blaming(case, test)):
        first = first_peer(group[0], case, test)
        if first is None or first[0].namespace_selector is None:
            continue
        selector, pod = first[0].namespace_selector, first[1]
        wanted = dict(_failing(selector, namespace_labels(case, pod.namespace)))
        yield gap(
            case,
            ID,
            f"NetworkPolicy {policy} allows {port} {who(group)} only with a namespace label "
            "that namespace "
            f"{pod.namespace} does not have: {_said(wanted)}",
            policy,
            group,
            evidence=_advice(wanted, pod.namespace, case),
            fixes=peers_put_right(group, policy, first[0].__eq__, case),
        )


def _label_is_missing(peer: PolicyPeer, pod: Pod, policy: PolicyTrail, case: Case) -> bool:
    """The label is all that is missing; and it is not that other namespaces are meant.

    Other namespaces are meant when some have the label, unless the peer names this very pod
    besides, and nobody there.
    """
    selector = peer.namespace_selector
    labels = namespace_labels(case, pod.namespace)
    if selector is None or selects(selector, labels) or not selects_pod(peer.pod_selector, pod):
        return False
    if not any(
        selects(selector, namespace_labels(case, name)) for name in case.snapshot.namespaces
    ):
        return True
    names_pod = peer.pod_selector is not None and not peer.pod_selector.empty
    lacks_keys = all(key not in labels for key, _ in _failing(selector, labels))
    return names_pod and lacks_keys and not selected_by(peer, policy.policy.namespace, case)


def _failing(selector: LabelSelector, labels: Labels) -> Iterator[tuple[str, str]]:
    """The labels that are asked for and not there. Of several values that would do, all are
    said."""
    yield from (
        (key, value) for key, value in selector.match_labels.items() if labels.get(key) != value
    )
    for requirement in selector.match_expressions:
        if requirement.operator in ("In", "Exists") and not holds(requirement, labels):
            yield requirement.key, "|".join(requirement.values)


def _said(wanted: Mapping[str, str]) -> str:
    return listed(f"{key}={value}" if value else key for key, value in wanted.items())


def _advice(wanted: Mapping[str, str], namespace: str, case: Case) -> Iterable[str]:
    if NAMESPACE_NAME in wanted:
        return [f"no namespace is called {wanted[NAMESPACE_NAME]}; this one is {namespace}"]
    have = ", ".join(
        f"{key}={value}" for key, value in sorted(namespace_labels(case, namespace).items())
    )
    labels = " ".join(f"{key}={value}" for key, value in wanted.items())
    return [
        f"namespace {namespace} has {have}",
        f"if the label was forgotten, set it instead: kubectl label namespace {namespace} {labels}",
    ]


RULE = Rule(
    id=ID,
    concludes=(
        "A policy lets namespaces in or out by a label that the namespace does not have: "
        "forgotten or misspelt."
    ),
    advice=f"select the namespace by {NAMESPACE_NAME}, or give it the label",
    needs="the prediction's trail, and the labels of all namespaces",
    find_in=find,
)
