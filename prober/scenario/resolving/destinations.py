"""From a target reference to the endpoints that a check goes to, with the address and the port to
probe."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from ipaddress import ip_address

from prober.model.check import Endpoint, EndpointKind, VantageKind
from prober.model.errors import UsageError
from prober.model.kubernetes import SHORT_KINDS
from prober.model.objects import Pod, Protocol, Service, ServicePort
from prober.model.protocol import PROTOCOLS
from prober.model.snapshot import Snapshot
from prober.scenario.destination import Destination
from prober.scenario.refs import Family, ObjectRef, RefKind, TargetRef
from prober.scenario.resolving.naming import pod_labels
from prober.scenario.resolving.pods import (
    no_target,
    pods_behind,
    pods_of,
    port_of_pod,
    port_of_service,
    service_of,
)
from prober.scenario.resolving.recognise import Recogniser, service_name
from prober.scenario.resolving.sources import Start, chosen_pods, nodes_of
from prober.scenario.spec import MANY, CheckSpec, EndpointChoice
from prober.scenario.text.words import is_address

OWN_NAME_SERVERS = "resolv.conf"
"""The name of the endpoint where a vantage asks name servers that the snapshot does not know."""


@dataclass(frozen=True, slots=True)
class Finder:
    """Finds destinations in one snapshot."""

    snapshot: Snapshot
    recogniser: Recogniser
    addressed: bool = True
    """Must every pod and node have an address. False for manifests alone, which rarely say them."""

    def objects(self, spec: CheckSpec, ref: ObjectRef) -> tuple[Destination, ...]:
        """The destinations of a target that names an object, at least one, the same from every
        source.

        Raises `UsageError` for what does not exist or has no address.
        """
        if ref.kind is RefKind.NODE:
            return tuple(self._node(name, spec.target) for name in nodes_of(ref, self.snapshot))
        if ref.kind is RefKind.SERVICE:
            service = service_of(ref, self.snapshot)
            if not service.headless and spec.endpoints != "all":
                return (self._service(service, spec),)
            return self._endpoints(service, spec, ref)
        pods = chosen_pods(pods_of(ref, self.snapshot), spec.endpoints or _usual(ref))
        labels = _labels(pods, ref)
        return tuple(self._pod(pod, label, spec) for pod, label in zip(pods, labels, strict=True))

    def host(self, spec: CheckSpec, start: Start) -> Destination:
        """The destination of a target that names a host or nothing, as seen from one source."""
        place = spec.target.place
        port = place.port if isinstance(place.port, int) else None
        if place.host:
            endpoint = self.recogniser.endpoint(place.host, start.endpoint.namespace)
            return Destination(
                endpoint,
                place.host,
                place.host if is_address(place.host) else "",
                port,
                short=False,
            )
        dns = self.recogniser.cluster_dns() if start.cluster_dns else None
        if dns is not None:
            return Destination(dns, "", port=53)
        label = f"name servers of {start.endpoint.label}"
        return Destination(
            Endpoint(EndpointKind.OUTSIDE, name=OWN_NAME_SERVERS, label=label),
            "",
            port=53,
            short=False,
        )

    def seen_from(self, start: Start, spec: CheckSpec, destination: Destination) -> Destination:
        """A Service that a host outside asks for by its object is what it is there: its load
        balancer's address, or a node's and the node port. Its ClusterIP exists inside alone."""
        end = destination.endpoint
        service = self.snapshot.services.get((end.namespace, end.name))
        if start.vantage.kind is not VantageKind.OUTSIDE or service is None:
            return destination
        if end.kind is not EndpointKind.SERVICE or destination.problem:
            return destination
        addresses = [
            address
            for address in (*service.load_balancer_ips, *service.external_ips)
            if not spec.target.family or f"ipv{ip_address(address).version}" == spec.target.family
        ]
        if addresses:
            return replace(destination, host=addresses[0], address=addresses[0])
        port = _port(service, spec.target)
        return (
            self._at_a_node(port, destination)
            if port is not None and port.node_port
            else destination
        )

    def _at_a_node(self, port: ServicePort, destination: Destination) -> Destination:
        for name, node in sorted(self.snapshot.nodes.items()):
            if node.addresses:
                end = Endpoint(
                    EndpointKind.NODE,
                    name=name,
                    address=node.addresses[0],
                    label=destination.endpoint.label,
                )
                return Destination(end, node.addresses[0], node.addresses[0], port.node_port)
        return destination

    def _node(self, name: str, target: TargetRef) -> Destination:
        node = self.snapshot.nodes.get(name)
        address = self._address(node.addresses if node else (), target.family, f"node `{name}`")
        endpoint = Endpoint(EndpointKind.NODE, name=name, address=address, label=f"node/{name}")
        return Destination(endpoint, address or name, address, _number(target))

    def _service(self, service: Service, spec: CheckSpec) -> Destination:
        """By its ClusterIP where it has one, so that a check of a connection is not a check of DNS
        as well."""
        port = _port(service, spec.target)
        if port is None:
            hint = "check a pod behind it: `endpoints: all`, or icmp://pod/NAME.NAMESPACE"
            raise UsageError(
                f"Service {service.ref} answers no ICMP: its address is a virtual one", hint=hint
            )
        addresses = service.cluster_ips
        address = (
            self._address(addresses, spec.target.family, f"Service {service.ref}")
            if addresses
            else ""
        )
        endpoint = Endpoint(
            EndpointKind.SERVICE, service.namespace, service.name, label=f"svc/{service.name}"
        )
        return Destination(endpoint, service_name(service), address, port.port)

    def _endpoints(
        self, service: Service, spec: CheckSpec, ref: ObjectRef
    ) -> tuple[Destination, ...]:
        """The pods behind a Service, each by its own address: what a headless Service's name means.

        Nothing translates ports there: a headless Service's port number is the pods' own; a name,
        and any port of a Service with a ClusterIP, is the port that the Service sends to.
        """
        if self.addressed and not pods_behind(service, self.snapshot):
            return (self._nobody_behind(service, spec),)
        pods = chosen_pods(pods_of(ref, self.snapshot), spec.endpoints or "one")
        port = spec.target.place.port
        untranslated = service.headless and isinstance(port, int)
        chosen_port = None if untranslated else _port(service, spec.target)
        wanted = chosen_port.target_port if chosen_port else port
        labels = [f"pod/{pod.name}" for pod in pods] if len(pods) > 1 else [f"svc/{service.name}"]
        return tuple(
            self._pod(pod, label, spec, wanted) for pod, label in zip(pods, labels, strict=True)
        )

    def _nobody_behind(self, service: Service, spec: CheckSpec) -> Destination:
        """The Service itself, where none of its pods is ready."""
        endpoint = Endpoint(
            EndpointKind.SERVICE, service.namespace, service.name, label=f"svc/{service.name}"
        )
        problem = f"Service {service.ref} has no ready pod behind it"
        return Destination(
            endpoint, service_name(service), "", _number(spec.target), problem=problem
        )

    def _pod(
        self, pod: Pod, label: str, spec: CheckSpec, port: int | str | None = None
    ) -> Destination:
        wanted = port or spec.target.place.port
        number = None if wanted is None else port_of_pod(pod, wanted, transport_of(spec.target))
        problem = no_target(pod) if self.addressed else ""
        address = "" if problem else self._address(pod.ips, spec.target.family, f"pod {pod.ref}")
        endpoint = Endpoint(EndpointKind.POD, pod.namespace, pod.name, address, label)
        return Destination(endpoint, address or pod.name, address, number, problem=problem)

    def _address(self, addresses: Iterable[str], family: Family, what: str) -> str:
        known = [address for address in addresses if is_address(address)]
        fitting = [
            address
            for address in known
            if not family or f"ipv{ip_address(address).version}" == family
        ]
        if not fitting and (self.addressed or known):
            wanted = {"ipv4": "IPv4 ", "ipv6": "IPv6 "}.get(family, "")
            raise UsageError(
                f"{what} has no {wanted}address", hint="wait until it has one, or check another"
            )
        return fitting[0] if fitting else ""


def transport_of(target: TargetRef) -> Protocol:
    """The protocol that policies see, of a target with a port. Only DNS is asked for over either
    of two."""
    transport = PROTOCOLS[target.scheme].transport
    return "TCP" if target.transport == "tcp" or transport == "ICMP" else transport


def _port(service: Service, target: TargetRef) -> ServicePort | None:
    port = target.place.port
    return None if port is None else port_of_service(service, port, transport_of(target))


def _number(target: TargetRef) -> int | None:
    return target.place.port if isinstance(target.place.port, int) else None


def _usual(ref: ObjectRef) -> EndpointChoice:
    return "all" if ref.kind in MANY else "one"


def _labels(pods: tuple[Pod, ...], ref: ObjectRef) -> list[str]:
    """`deploy/web` where that is enough to tell the pod, else `pod/web-7d9f-x2x4v`."""
    by_workload = ref.kind is RefKind.WORKLOAD or (
        ref.kind is RefKind.NAMED and pods[0].name != ref.name
    )
    names = pod_labels(pods, by_workload=by_workload)
    return [f"{_word(pod, name)}/{name}" for pod, name in zip(pods, names, strict=True)]


def _word(pod: Pod, name: str) -> str:
    """The kind of object that has this name: the pod itself, or its workload."""
    return (
        "pod" if name == pod.name or pod.owner is None else SHORT_KINDS.get(pod.owner.kind, "pod")
    )
