"""The pods that a reference means, looked up in a snapshot."""

from __future__ import annotations

from collections.abc import Iterable

from prober.model.errors import UsageError
from prober.model.objects import LabelSelector, Pod, Ref, Service, ServicePort
from prober.model.snapshot import Snapshot
from prober.policy.deciding import describe, selects
from prober.scenario.hints import did_you_mean, enumerate_names, suggest
from prober.scenario.refs import ALIASES, ObjectRef, RefKind

NO_NETWORK = "pods that have finished have no network any more"


def pods_of(ref: ObjectRef, snapshot: Snapshot) -> tuple[Pod, ...]:
    """The running pods that a reference means, at least one, the ready ones first, then by name;
    those that failed where none runs.

    Raises `UsageError` when the object does not exist, or no pod belongs to it but such as have
    done their work.
    """
    foreign = _of_foreign_kind(ref, snapshot)
    if foreign is not None:
        return _running(snapshot.pods_of(foreign), f"{foreign.kind} {foreign}")
    _check_namespace_of(ref, snapshot)
    if ref.kind is RefKind.POD or (
        ref.kind is RefKind.NAMED and (ref.namespace, ref.name) in snapshot.pods
    ):
        return (_one(ref, snapshot),)
    if ref.kind is RefKind.NAMED:
        return _running(_pods_of_named(ref, snapshot), f"workload {ref}")
    if ref.kind is RefKind.WORKLOAD:
        return _running(
            snapshot.pods_of(_workload(ref, snapshot)), f"{ref.workload} {ref.namespace}/{ref.name}"
        )
    if ref.kind is RefKind.SERVICE:
        service = service_of(ref, snapshot)
        return _running(pods_behind(service, snapshot), f"Service {service.ref}")
    inside = [pod for pod in snapshot.pods.values() if pod.namespace == ref.namespace]
    if ref.kind is RefKind.SELECTOR:
        return _running(_selected(inside, ref, ref.selector or LabelSelector()), f"`{ref}`")
    return _running(inside, f"namespace `{ref.namespace}`")


def _of_foreign_kind(ref: ObjectRef, snapshot: Snapshot) -> Ref | None:
    """The workload of a kind that Kubernetes does not have, as in `rollout/api.shop`: what reads
    like a namespace is none, and such a kind has pods. Without a namespace, the only one of the
    name. Raises `UsageError` where there are several."""
    if ref.kind is not RefKind.NAMED or ref.namespace in snapshot.namespaces:
        return None
    owners = {pod.owner for pod in snapshot.pods.values() if pod.owner}
    alike = [owner for owner in owners if owner.kind.lower() == ref.namespace]
    exact = [owner for owner in alike if f"{owner.name}.{owner.namespace}" == ref.name]
    named = exact or [owner for owner in alike if owner.name == ref.name]
    if len(named) > 1:
        spaces = sorted(owner.namespace for owner in named)
        raise UsageError(
            f"`{ref.namespace}/{ref.name}`: there is one in several namespaces",
            hint=f"write {ref.namespace}/{ref.name}.{spaces[0]}",
        )
    return named[0] if named else None


def down(pod: Pod) -> str:
    """Why nothing can be sent from a pod of a cluster now; empty when it can. From one that stands
    in for pods that run at other times, a probe pod can."""
    if pod.stand_in or (pod.running and pod.ips):
        return ""
    state = "has no address" if pod.running else "does not run"
    return f"pod {pod.ref} {state}: {pod.waiting_reason or 'the cluster does not say why'}"


def no_target(pod: Pod) -> str:
    """Why nothing can be sent to a pod of a cluster now; empty when it can."""
    if pod.stand_in and pod.owner:
        return f"no pod of {pod.owner.kind} {pod.owner} runs now, so nothing has its address"
    return down(pod)


def check_namespace(name: str, snapshot: Snapshot) -> None:
    """Raises `UsageError` when there is no such namespace."""
    if name not in snapshot.namespaces:
        raise UsageError(f"there is no namespace `{name}`", hint=suggest(name, snapshot.namespaces))


def _check_namespace_of(ref: ObjectRef, snapshot: Snapshot) -> None:
    """Raises `UsageError` when a reference's namespace is not there: in `NS/NAME` it may be a kind
    written wrong."""
    meant = did_you_mean(ref.namespace, ALIASES) if ref.kind is RefKind.NAMED else ""
    if meant and ref.namespace not in snapshot.namespaces:
        problem = f"`{ref}`: there is no namespace `{ref.namespace}`, and it is no kind of object"
        raise UsageError(problem, hint=did_you_mean(ref.namespace, snapshot.namespaces) or meant)
    check_namespace(ref.namespace, snapshot)


def service_of(ref: ObjectRef, snapshot: Snapshot) -> Service:
    """The Service that a reference names. Raises `UsageError` when there is none."""
    check_namespace(ref.namespace, snapshot)
    service = snapshot.services.get((ref.namespace, ref.name))
    if service is None:
        raise _missing("Service", ref, (service.ref for service in snapshot.services.values()))
    return service


def pods_behind(service: Service, snapshot: Snapshot) -> tuple[Pod, ...]:
    """The pods of a Service: those in its EndpointSlices when it has any, else those that it
    selects."""
    slices = [
        endpoint_slice
        for endpoint_slice in snapshot.slices
        if (endpoint_slice.namespace, endpoint_slice.service) == (service.namespace, service.name)
    ]
    if slices:
        names = {
            endpoint.pod
            for endpoint_slice in slices
            for endpoint in endpoint_slice.endpoints
            if endpoint.ready and endpoint.pod
        }
        return tuple(
            snapshot.pods[service.namespace, name]
            for name in names
            if (service.namespace, name) in snapshot.pods
        )
    if service.selector is None:
        return ()
    selector = LabelSelector(service.selector)
    inside = (pod for pod in snapshot.pods.values() if pod.namespace == service.namespace)
    return tuple(
        pod
        for pod in inside
        if selects(selector, pod.labels) and (pod.ready or service.publish_not_ready)
    )


def port_of_service(service: Service, port: int | str, protocol: str) -> ServicePort:
    """The Service's port of this number or name. Raises `UsageError` with those that it has."""
    ports = [port for port in service.ports if port.protocol == protocol]
    matched = next(
        (candidate for candidate in ports if port in (candidate.port, candidate.name)), None
    )
    if matched is None:
        has = enumerate_names(
            f"{port.port}{f' ({port.name})' if port.name else ''}" for port in ports
        )
        inner = next((candidate for candidate in ports if port == candidate.target_port), None)
        hint = (
            f"{port} is the pods' port: the Service's is {inner.port}"
            if inner
            else f"it has {has or 'none'}"
        )
        raise UsageError(f"Service {service.ref} has no {protocol} port {port}", hint=hint)
    return matched


def port_of_pod(pod: Pod, port: int | str, protocol: str) -> int:
    """The number of a pod's port; a number stands for itself. Raises `UsageError` with the names
    that the pod has."""
    if isinstance(port, int):
        return port
    named = {
        port.name: port.number for port in pod.ports if port.protocol == protocol and port.name
    }
    if port not in named:
        hint = suggest(port, named, otherwise="its ports have no names: write the number")
        raise UsageError(f"pod {pod.ref} has no {protocol} port named `{port}`", hint=hint)
    return named[port]


def _one(ref: ObjectRef, snapshot: Snapshot) -> Pod:
    pod = snapshot.pods.get((ref.namespace, ref.name))
    if pod is None:
        raise _missing("pod", ref, (pod.ref for pod in snapshot.pods.values()))
    if not pod.running and not pod.waiting_reason:
        raise UsageError(f"pod {pod.ref} has finished", hint=NO_NETWORK)
    return pod


def _pods_of_named(ref: ObjectRef, snapshot: Snapshot) -> tuple[Pod, ...]:
    """The pods of the workload that `NS/NAME` means, whatever its kind."""
    owners = {pod.owner for pod in snapshot.pods.values() if pod.owner}
    workloads = sorted(snapshot.workloads.keys() | owners)
    named = [
        owner for owner in workloads if (owner.namespace, owner.name) == (ref.namespace, ref.name)
    ]
    if named:
        return tuple(pod for owner in named for pod in snapshot.pods_of(owner))
    known = {(owner.namespace, owner.name) for owner in workloads} | set(snapshot.pods)
    elsewhere = sorted(f"{space}/{name}" for space, name in known if name == ref.name)
    here = (f"{space}/{name}" for space, name in known if space == ref.namespace)
    hint = did_you_mean(str(ref), elsewhere or here)
    if (ref.namespace, ref.name) in snapshot.services:
        hint = f"there is a Service of that name: svc/{ref}"
    raise UsageError(f"there is no pod {ref}", hint=hint)


def _workload(ref: ObjectRef, snapshot: Snapshot) -> Ref:
    wanted = Ref(ref.workload, ref.namespace, ref.name)
    if wanted in snapshot.workloads or any(pod.owner == wanted for pod in snapshot.pods.values()):
        return wanted
    same_name = [
        owner
        for owner in snapshot.workloads
        if (owner.namespace, owner.name) == (ref.namespace, ref.name)
    ]
    if same_name:
        problem = f"there is no {ref.workload} `{ref.name}` in namespace `{ref.namespace}`"
        raise UsageError(problem, hint=f"there is a {same_name[0].kind} of that name")
    raise _missing(
        ref.workload, ref, (owner for owner in snapshot.workloads if owner.kind == ref.workload)
    )


def _missing(what: str, ref: ObjectRef, known: Iterable[Ref]) -> UsageError:
    """There is no such object: with the likeliest name in the namespace, or the namespace that has
    it."""
    refs = list(known)
    inside = [other.name for other in refs if other.namespace == ref.namespace]
    elsewhere = sorted(other.namespace for other in refs if other.name == ref.name)
    hint = did_you_mean(ref.name, inside)
    if not hint and elsewhere:
        hint = f"namespace {enumerate_names(elsewhere)} has one of that name"
    hint = hint or suggest(ref.name, inside, otherwise="this namespace has none")
    return UsageError(f"there is no {what} `{ref.name}` in namespace `{ref.namespace}`", hint=hint)


def _selected(pods: Iterable[Pod], ref: ObjectRef, selector: LabelSelector) -> tuple[Pod, ...]:
    candidates = list(pods)
    chosen = tuple(pod for pod in candidates if selects(selector, pod.labels))
    if not chosen:
        problem = f"no pod in namespace `{ref.namespace}` has the labels `{describe(selector)}`"
        raise UsageError(problem, hint=_nearest_label(selector, candidates))
    return chosen


def _nearest_label(selector: LabelSelector, pods: Iterable[Pod]) -> str:
    labels = {f"{key}={value}" for pod in pods for key, value in pod.labels.items()}
    for key, value in selector.match_labels.items():
        if f"{key}={value}" not in labels:
            same_key = [label for label in labels if label.startswith(f"{key}=")]
            return suggest(f"{key}={value}", same_key) or suggest(f"{key}={value}", labels)
    return "each label is there, but no pod has them all"


def _running(pods: Iterable[Pod], what: str) -> tuple[Pod, ...]:
    existing = list(pods)
    running = [pod for pod in existing if pod.running] or [
        pod for pod in existing if pod.waiting_reason
    ]
    if not running:
        raise UsageError(
            f"{what} has no pod that runs",
            hint=NO_NETWORK if existing else "it has no pods: scale it up",
        )
    named = sorted(running, key=lambda pod: pod.name, reverse=_is_scheduled(running[0]))
    return tuple(sorted(named, key=lambda pod: (not pod.ready, not pod.node)))


def _is_scheduled(pod: Pod) -> bool:
    """Is it of a CronJob, whose latest Job has the highest name: the minute it was made for."""
    return pod.owner is not None and pod.owner.kind == "CronJob"
