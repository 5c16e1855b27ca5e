"""The CNI's agents have lost their rights at the API server, so they no longer know who the pods
are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.dead_pods import dead_pods, explained_by, witnessed, works_from_nodes
from prober.diagnosis.facts.engine import may_be
from prober.diagnosis.facts.machinery import parts, without_rights
from prober.diagnosis.rules.pod_without_network import ends_without_network
from prober.model.check import EndpointKind
from prober.model.listing import listed
from prober.model.network.components import Component
from prober.model.objects import Pod, Ref
from prober.model.run import CheckRecord, Confidence, Finding, Fix
from prober.model.snapshot import Snapshot

ID = "cni-lost-rights"


def find(case: Case) -> Iterable[Finding]:
    accounts = list(without_rights(case.snapshot))
    dead = dead_pods(case) if accounts else ()
    waiting = list(_waiting_for_network(case)) if accounts else []
    records = [*explained_by(dead, case), *(record for record, _ in waiting)]
    if not records:
        return
    account = accounts[0]
    yield Finding(
        id=ID,
        cause=f"the CNI's agents lost their rights: {_missing(account, case.snapshot)}, so they "
        "cannot read pods and "
        "policies, and new pods get no identity",
        confidence=Confidence.CERTAIN,
        evidence=(
            " → ".join(_chain(account, dead, records, case.snapshot)),
            *dict.fromkeys(
                f"{pod.ref} on {pod.node} gets no address: {pod.waiting_reason}"
                for _, pod in waiting
            ),
            *_observed(dead, records, case),
        ),
        fix=_fix(account, case.snapshot),
        checks=tuple(record.check.id for record in records),
        objects=(account,),
    )


def _waiting_for_network(case: Case) -> Iterator[tuple[CheckRecord, Pod]]:
    """The checks that could not be tested because the CNI gives a pod no network: it is on a node,
    and that is all."""
    for record in case.untested:
        for pod in ends_without_network(record, case.snapshot):
            if pod.node and pod.without_network:
                yield record, pod


def _missing(account: Ref, snapshot: Snapshot) -> str:
    """What exactly is gone."""
    bound = [
        binding
        for binding in snapshot.cluster_role_bindings.values()
        if account in binding.service_accounts
    ]
    if bound:
        return (
            f"ClusterRole {bound[0].role}, to which {bound[0].name} binds {account}, does not exist"
        )
    return f"no ClusterRoleBinding names their service account {account}"


def _chain(
    account: Ref, dead: Collection[Pod], records: Collection[CheckRecord], snapshot: Snapshot
) -> Iterator[str]:
    """From the cause to what people see."""
    yield f"{account} has no rights"
    in_cilium = " (in Cilium: identity reserved:init)" if may_be("Cilium", snapshot) else ""
    yield f"its agents cannot tell who a pod is{in_cilium}"
    if dead:
        yield (
            f"the network of {len(dead)} pod{'s' * (len(dead) != 1)} is dead, the nodes' own is "
            "fine"
        )
    else:
        yield "pods that start get no network"
    servers = [pod for pod in parts(snapshot, Component.CLUSTER_DNS) if pod in dead]
    if servers:
        yield (
            f"cluster DNS ({listed(str(pod.ref) for pod in servers)}) is among them, so no name "
            "resolves"
        )
    if any(_is_api(record) for record in records):
        yield "pods do not reach the API server"


def _is_api(record: CheckRecord) -> bool:
    destination = record.check.flow.destination
    return destination.kind is EndpointKind.SERVICE and (
        destination.namespace,
        destination.name,
    ) == (
        "default",
        "kubernetes",
    )


def _observed(dead: Collection[Pod], records: Collection[CheckRecord], case: Case) -> Iterator[str]:
    yield from witnessed(dead, case)
    yield from list(dict.fromkeys(works_from_nodes(records, case.snapshot)))[:2]


def _fix(account: Ref, snapshot: Snapshot) -> Fix:
    """Rights are restored from where they came: nobody else knows them. Pods then need a new
    identity."""
    agents = [
        pod for pod in parts(snapshot, Component.CNI_AGENT) if pod.service_account == account.name
    ]
    owner = next((pod.owner for pod in agents if pod.owner), None)
    restart = (
        f"kubectl -n {owner.namespace} rollout restart {owner.kind.lower()}/{owner.name}"
        if owner
        else "its agents"
    )
    return Fix(
        summary="restore the CNI's ClusterRole and ClusterRoleBinding "
        "from its chart or manifest (as "
        "with `helm "
        f"upgrade --reuse-values`), restart it ({restart}), then restart the dead pods, DNS first",
    )


RULE = Rule(
    id=ID,
    concludes=(
        "The CNI's agents lost their ClusterRole or its binding: pods have no identity, their "
        "network is dead."
    ),
    advice="restore the CNI's ClusterRole and ClusterRoleBinding from its chart, restart its "
    "agents, then "
    "the dead pods, DNS first",
    needs="pods whose network is dead, the CNI's pods, ClusterRoles and ClusterRoleBindings",
    asks="each silent pod's own node, and another one: a connection to the pod",
    find=find,
)
