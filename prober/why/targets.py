"""What a complaint's client dialled, as a check's target; or why it cannot be checked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from prober.model.check import EndpointKind
from prober.model.objects import Pod
from prober.model.protocol import Scheme
from prober.model.snapshot import Snapshot
from prober.scenario.refs import ObjectRef, Place, RefKind, TargetRef
from prober.scenario.resolving.recognise import CLUSTER_DOMAIN, Recogniser
from prober.symptom import Direction, Symptom
from prober.why.complaints import Complaint

OWN_NAME = f"kubernetes.default.svc.{CLUSTER_DOMAIN}"
"""A name that every cluster has: what is asked where a line names only the name server."""
_PROBED = re.compile(r"(?:readiness|liveness|startup) probe (?:failed|errored)", re.IGNORECASE)
SERVICE_BITS = 16
"""How near a ClusterIP an address is that was a Service's: the common size of a Service range."""


@dataclass(frozen=True, slots=True)
class Unchecked:
    """No check can be made of it."""

    reason: str
    """In words, as the end of a sentence."""


def target_of(symptom: Symptom, snapshot: Snapshot, namespace: str) -> TargetRef | Unchecked:
    """The target that a client in `namespace` dialled."""
    if symptom.outcome.is_dns or (symptom.name_server and not symptom.port):
        return _question(symptom, snapshot)
    place = symptom.host or symptom.address
    if is_itself(place):
        return Unchecked("it dialled itself")
    if symptom.port is None:
        return _question(symptom, snapshot) if symptom.host else Unchecked("no port is named")
    gone = _gone(symptom, snapshot, namespace)
    if gone:
        return gone
    where = Place(host=place.lower(), port=symptom.port)
    if symptom.protocol == "udp":
        return _udp(symptom, where)
    # Where TLS failed the connection had been made: whether it still can be is all that is asked.
    return TargetRef(Scheme.TCP, where)


def dialled_by_others(complaint: Complaint, snapshot: Snapshot) -> TargetRef | None:
    """What the kubelet and the API server dial without asking a name server, as they know it.

    The kubelet probes the pod that the event is about, whatever address that had then; the API
    server finds a webhook's Service by itself. None: it is dialled as it is written.
    """
    symptom, statement = complaint.symptom, complaint.statement
    if symptom.port is None:
        return None
    if symptom.direction is Direction.PROBE and _PROBED.search(statement.text):
        pod = _pod_of(statement.about, snapshot)
        if pod and pod.ips and not pod.host_network:
            there = ObjectRef(RefKind.POD, pod.name, pod.namespace)
            return TargetRef(Scheme.TCP, Place(there, port=symptom.port))
    if symptom.direction is Direction.WEBHOOK and symptom.host:
        found = Recogniser(snapshot).endpoint(symptom.host.lower(), "default")
        if found.kind is EndpointKind.SERVICE:
            service = ObjectRef(RefKind.SERVICE, found.name, found.namespace)
            return TargetRef(Scheme.TCP, Place(service, port=symptom.port))
    return None


def _pod_of(about: str, snapshot: Snapshot) -> Pod | None:
    """The pod, or the first one of the workload."""
    kind, _, rest = about.partition("/")
    name, _, namespace = rest.rpartition(".")
    if kind == "pod":
        return snapshot.pods.get((namespace, name))
    owned = (
        pod
        for _, pod in sorted(snapshot.pods.items())
        if pod.namespace == namespace and pod.owner and pod.owner.name == name
    )
    return next(owned, None)


def beneath(symptom: Symptom, snapshot: Snapshot, namespace: str) -> TargetRef | None:
    """Of a Service whose name did not resolve: its address, where the connection would have gone.
    Whoever mends DNS alone would meet the next cause there."""
    if not (symptom.outcome.is_dns and symptom.host and symptom.port):
        return None
    there = Recogniser(snapshot).endpoint(symptom.host.lower(), namespace, search=True)
    if there.kind is not EndpointKind.SERVICE:
        return None
    service = ObjectRef(RefKind.SERVICE, there.name, there.namespace)
    return TargetRef(Scheme.TCP, Place(service, port=symptom.port))


def _question(symptom: Symptom, snapshot: Snapshot) -> TargetRef:
    """The name asked of the name servers of whoever dials; of the one that is named where the
    cluster's own are not."""
    server = symptom.name_server
    known = Recogniser(snapshot).endpoint(server, "") if server else None
    own = known is None or known.kind is EndpointKind.SERVICE or _node_local(server)
    place = Place() if own else Place(host=server, port=53)
    return TargetRef(Scheme.DNS, place, name=symptom.host or OWN_NAME)


def _udp(symptom: Symptom, where: Place) -> TargetRef:
    if symptom.port == 53:
        return TargetRef(Scheme.DNS, where, name=OWN_NAME)
    return TargetRef(Scheme.UDP, where)


def _node_local(server: str) -> bool:
    """A node-local cache's address is link-local: what pods ask anyway."""
    try:
        return ip_address(server).is_link_local
    except ValueError:
        return False


def is_itself(place: str) -> bool:
    """A loopback address, or a name for one."""
    if place.lower() in ("localhost", "localhost.localdomain", "ip6-localhost"):
        return True
    try:
        address = ip_address(place)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _gone(symptom: Symptom, snapshot: Snapshot, namespace: str) -> Unchecked | None:
    """An address of the cluster that nobody has any more."""
    if symptom.host or not symptom.address:
        return None
    known = Recogniser(snapshot).endpoint(symptom.address, namespace)
    if known.kind is not EndpointKind.OUTSIDE:
        return None
    if _within(symptom.address, pod_ranges(snapshot)):
        return Unchecked(f"no pod has {symptom.address} any more")
    if _within(symptom.address, service_ranges(snapshot)):
        return Unchecked(f"no Service has {symptom.address} any more")
    return None


def pod_ranges(snapshot: Snapshot) -> tuple[str, ...]:
    """Where pods get their addresses from, as nodes say."""
    return tuple(cidr for node in snapshot.nodes.values() for cidr in node.pod_cidrs)


def service_ranges(snapshot: Snapshot) -> tuple[str, ...]:
    """Around the API server's own ClusterIP: the API does not tell the range."""
    service = snapshot.services.get(("default", "kubernetes"))
    return tuple(
        f"{address}/{SERVICE_BITS}"
        for address in (service.cluster_ips if service else ())
        if ":" not in address
    )


def _within(address: str, ranges: tuple[str, ...]) -> bool:
    try:
        wanted = ip_address(address)
        return any(wanted in ip_network(cidr, strict=False) for cidr in ranges)
    except ValueError:
        return False
