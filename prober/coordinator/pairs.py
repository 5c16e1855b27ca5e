"""The checks of a matrix: every pair of pods, every port that the destination declares. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from prober.model.check import Check, Endpoint, EndpointKind, Flow, Vantage, VantageKind
from prober.model.objects import ContainerPort, Pod
from prober.model.prediction import Ruling
from prober.model.probe import Probe, ProbeKind
from prober.model.run import PredictedOnly
from prober.model.snapshot import Snapshot
from prober.policy import strangers

KINDS = {"TCP": ProbeKind.TCP, "UDP": ProbeKind.UDP}
"""SCTP is predicted but not probed: most kernels that run pods come without it."""


def pair_checks(
    snapshot: Snapshot, *, timeout: float, wanted: Callable[[Pod], bool] = lambda pod: True
) -> list[Check]:
    """A check for each pair of running pods and each TCP or UDP port of the second.

    A pod and itself is a pair too: the API says that a pod always reaches itself. `wanted` chooses
    the pods on both sides. Expectations are `predicted`: a matrix asks whether the network does
    what the policies say.
    """
    pods = taking_part(snapshot, wanted)
    return [
        check_of(source, destination, port, timeout)
        for source in pods
        for destination in pods
        for port in ports_of(destination)
    ]


def taking_part(snapshot: Snapshot, wanted: Callable[[Pod], bool]) -> list[Pod]:
    """The pods that are probed from and to: those that run and have an address."""
    return [
        pod for _, pod in sorted(snapshot.pods.items()) if pod.running and pod.ips and wanted(pod)
    ]


def ports_of(pod: Pod) -> Iterator[ContainerPort]:
    """The declared ports that can be probed, each once."""
    seen: set[tuple[int, str]] = set()
    for port in pod.ports:
        if port.protocol in KINDS and (port.number, port.protocol) not in seen:
            seen.add((port.number, port.protocol))
            yield port


def without_network(
    snapshot: Snapshot, *, wanted: Callable[[Pod], bool] = lambda pod: True
) -> list[str]:
    """The pods that take no part though they should run, each with what keeps it: a sentence for
    each."""
    return [
        (
            f"pod {pod.ref} has no address and takes no part: "
            f"{pod.waiting_reason or 'the cluster does not say why'}"
        )
        for _, pod in sorted(snapshot.pods.items())
        if pod.without_network and wanted(pod)
    ]


def with_strangers(
    snapshot: Snapshot, *, wanted: Callable[[Pod], bool] = lambda pod: True
) -> tuple[PredictedOnly, ...]:
    """What the policies say about the pods of the matrix and those that no check can stand for: a
    pod of any other namespace, and a host outside. Raises `UsageError` for an ipBlock that is not a
    CIDR."""
    others = strangers(snapshot)
    return tuple(
        PredictedOnly(
            f"{pod.namespace}/{pod.name}",
            _in_order(others.inward[pod.namespace, pod.name]),
            _in_order(others.outward[pod.namespace, pod.name]),
        )
        for pod in taking_part(snapshot, wanted)
    )


def _in_order(rulings: Collection[Ruling]) -> tuple[Ruling, ...]:
    return tuple(ruling for ruling in Ruling if ruling in rulings)


def check_of(source: Pod, destination: Pod, port: ContainerPort, timeout: float) -> Check:
    """One pair, on one port."""
    flow = Flow(_endpoint(source), _endpoint(destination), port.protocol, port.number)
    name = f"{source.ref} → {destination.ref}:{port.number}/{port.protocol.lower()}"
    probe = Probe(
        id=name,
        kind=KINDS[port.protocol],
        host=destination.ips[0],
        port=port.number,
        timeout=timeout,
    )
    vantage = Vantage(VantageKind.POD, source.namespace, source.name)
    return Check(id=name, name=name, vantage=vantage, flow=flow, probe=probe, group="matrix")


def _endpoint(pod: Pod) -> Endpoint:
    return Endpoint(EndpointKind.POD, pod.namespace, pod.name)


def vantages_of(checks: Sequence[Check]) -> int:
    """How many places the checks are made from."""
    return len({check.vantage for check in checks})
