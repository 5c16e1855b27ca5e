"""From a source reference to the vantages that a check starts from."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from prober.model.check import Endpoint, EndpointKind, Vantage, VantageKind
from prober.model.errors import UsageError
from prober.model.objects import Pod
from prober.model.snapshot import Snapshot
from prober.scenario.hints import suggest
from prober.scenario.refs import ObjectRef, RefKind
from prober.scenario.resolving.naming import pod_labels
from prober.scenario.resolving.pods import down, pods_of
from prober.scenario.resolving.recognise import Recogniser
from prober.scenario.spec import MANY, CheckSpec, PodChoice

EVERY = "*"


@dataclass(frozen=True, slots=True)
class Start:
    """Where one check starts."""

    vantage: Vantage
    endpoint: Endpoint
    """With a short label: its namespace is added where it is not obvious."""
    problem: str = ""
    """Why nothing can be sent from there now; empty: it can."""
    cluster_dns: bool = True
    """Does it ask cluster DNS for names; not so on a node's own network."""


def starts_of(
    spec: CheckSpec, recogniser: Recogniser, outside: Collection[str], *, addressed: bool = True
) -> tuple[Start, ...]:
    """The vantages of a check, at least one; `addressed` False where pods need no address, as for
    manifests alone. Raises `UsageError` for what does not exist."""
    snapshot = recogniser.snapshot
    ref = spec.source if spec.source.name in outside else inside(spec.source, recogniser)
    if ref.kind is RefKind.NODE:
        return tuple(_node(name) for name in nodes_of(ref, snapshot))
    if ref.kind is RefKind.OUTSIDE:
        return (_outside(ref, outside),)
    pods = chosen_pods(pods_of(ref, snapshot), spec.pods or ("all" if ref.kind in MANY else "one"))
    labels = pod_labels(pods, by_workload=ref.kind is not RefKind.POD)
    return tuple(
        _pod(pod, label, addressed=addressed) for pod, label in zip(pods, labels, strict=True)
    )


def inside(ref: ObjectRef, recogniser: Recogniser) -> ObjectRef:
    """The object of the cluster that has the name or the address of a host, where one has; else the
    host itself."""
    if ref.kind is not RefKind.OUTSIDE:
        return ref
    endpoint = recogniser.endpoint(ref.name, "", search=True)
    kinds = {
        EndpointKind.POD: RefKind.POD,
        EndpointKind.SERVICE: RefKind.SERVICE,
        EndpointKind.NODE: RefKind.NODE,
    }
    kind = kinds.get(endpoint.kind)
    return ObjectRef(kind, endpoint.name, endpoint.namespace) if kind else ref


def chosen_pods(pods: Sequence[Pod], choice: PodChoice) -> tuple[Pod, ...]:
    """Which of several pods, of which the first is the best."""
    if choice == "one":
        return tuple(pods[:1])
    if choice == "per-node":
        first: dict[str, Pod] = {}
        for pod in pods:
            first.setdefault(pod.node, pod)
        return tuple(first.values())
    return tuple(sorted(pods, key=lambda pod: pod.name))


def nodes_of(ref: ObjectRef, snapshot: Snapshot) -> tuple[str, ...]:
    """The names of the nodes that a reference means, at least one."""
    known = {*snapshot.nodes, *(pod.node for pod in snapshot.pods.values() if pod.node)}
    if ref.name == EVERY and known:
        return tuple(sorted(known))
    if ref.name not in known:
        problem = "there are no nodes" if ref.name == EVERY else f"there is no node `{ref.name}`"
        raise UsageError(problem, hint=suggest(ref.name, known))
    return (ref.name,)


def _pod(pod: Pod, label: str, *, addressed: bool) -> Start:
    endpoint = Endpoint(EndpointKind.POD, pod.namespace, pod.name, label=label)
    vantage = Vantage(VantageKind.POD, pod.namespace, pod.name)
    return Start(
        vantage, endpoint, down(pod) if addressed else "", cluster_dns=not pod.host_network
    )


def _node(name: str) -> Start:
    endpoint = Endpoint(EndpointKind.NODE, name=name, label=f"node/{name}")
    return Start(Vantage(VantageKind.NODE, "", name), endpoint, cluster_dns=False)


def _outside(ref: ObjectRef, outside: Collection[str]) -> Start:
    if ref.name not in outside:
        otherwise = (
            f"is it this machine: --outside {ref.name}; in the lab: name it under `outside` of a "
            "kind: Lab document"
        )
        hint = suggest(ref.name, outside, otherwise=otherwise)
        raise UsageError(f"there is no host outside named `{ref.name}`", hint=hint)
    endpoint = Endpoint(EndpointKind.OUTSIDE, name=ref.name, label=ref.name)
    return Start(Vantage(VantageKind.OUTSIDE, "", ref.name), endpoint, cluster_dns=False)
