"""Hosts that are really something in the cluster: cluster DNS names, and addresses of pods,
Services and nodes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address

from prober.manifest.standard import dns_service
from prober.model.check import Endpoint, EndpointKind
from prober.model.objects import Service
from prober.model.snapshot import Snapshot
from prober.scenario.hints import close_to
from prober.scenario.text.words import is_address

CLUSTER_DOMAIN = "cluster.local"
"""The domain of cluster DNS; clusters that use another one are rare, and there the short forms
work."""


def service_name(service: Service) -> str:
    """The full name of a Service in cluster DNS."""
    return f"{service.name}.{service.namespace}.svc.{CLUSTER_DOMAIN}"


@dataclass(frozen=True)
class Recogniser:
    """Turns what a person wrote as a host into the endpoint that the flow really goes to."""

    snapshot: Snapshot

    def endpoint(self, host: str, namespace: str, *, search: bool = False) -> Endpoint:
        """The endpoint that `host` (a name or an address) is, seen from a pod of `namespace`
        (empty: from elsewhere). `search` completes `NAME.NAMESPACE` also where no pod asks for it:
        a person who writes it means the Service.

        A load balancer's address stays a host with that address: what policies see there differs
        from what they see behind a ClusterIP, and the predictor tells them apart by the address.
        Anything that is not known is a host outside.
        """
        if is_address(host):
            known = self._addresses.get(str(ip_address(host)))
            return known or Endpoint(EndpointKind.OUTSIDE, name=host, address=host, label=host)
        return self._named(host, _meanings(host, namespace, search=search)) or Endpoint(
            EndpointKind.OUTSIDE, name=host, label=host
        )

    def cluster_dns(self) -> Endpoint | None:
        """The Service that pods ask for names; None when the snapshot has none."""
        service = dns_service(self.snapshot)
        if service is None or not _answers_dns(service):
            return None
        return Endpoint(
            EndpointKind.SERVICE, service.namespace, service.name, label=f"svc/{service.name}"
        )

    def _named(self, host: str, meanings: Iterable[list[str]]) -> Endpoint | None:
        for labels in meanings:
            *pod, name, space = labels
            if (space, name) not in self.snapshot.services or len(pod) > 1:
                continue
            if not pod:
                return Endpoint(EndpointKind.SERVICE, space, name, label=host)
            if (space, pod[0]) in self.snapshot.pods:
                return Endpoint(EndpointKind.POD, space, pod[0], label=host)
        return None

    @cached_property
    def _addresses(self) -> Mapping[str, Endpoint]:
        """Every address of the cluster's own objects."""
        known: dict[str, Endpoint] = {}
        for node in self.snapshot.nodes.values():
            for address in node.addresses:
                known[address] = Endpoint(
                    EndpointKind.NODE, name=node.name, address=address, label=address
                )
        for pod in self.snapshot.pods.values():
            for address in pod.ips if pod.running and not pod.host_network else ():
                known[address] = Endpoint(
                    EndpointKind.POD, pod.namespace, pod.name, address, address
                )
        for service in self.snapshot.services.values():
            for address in service.cluster_ips:
                known[address] = Endpoint(
                    EndpointKind.SERVICE, service.namespace, service.name, address, address
                )
        return {
            str(ip_address(address)): endpoint
            for address, endpoint in known.items()
            if is_address(address)
        }


def _meanings(host: str, namespace: str, *, search: bool) -> list[list[str]]:
    """What a name may be in cluster DNS, as labels up to the namespace: [SERVICE, NS] or [POD,
    SERVICE, NS].

    A pod's search path completes short names (NS.svc, svc, and the cluster's domain), but never one
    that ends in a dot.
    """
    name = host.removesuffix(".")
    full = f".svc.{CLUSTER_DOMAIN}"
    if name.endswith(full) or (name.endswith(".svc") and namespace and name == host):
        labels = [name.removesuffix(full).removesuffix(".svc").split(".")]
    elif namespace and name == host:
        labels = [[*name.split("."), namespace], name.split(".")]
    elif search and name == host:
        labels = [name.split(".")]
    else:
        labels = []
    return [label for label in labels if len(label) > 1]


def _answers_dns(service: Service) -> bool:
    return any(port.port == 53 and port.protocol == "UDP" for port in service.ports)


def doubt(endpoint: Endpoint, snapshot: Snapshot) -> str:
    """What is odd about a host outside whose name is more like a Service's: one word, or a name and
    a namespace. Empty for all others."""
    if endpoint.kind is not EndpointKind.OUTSIDE or endpoint.address:
        return ""
    *rest, last = endpoint.name.rstrip(".").split(".")
    services = {name: f"{name}.{namespace}" for namespace, name in snapshot.services}
    if rest and last not in snapshot.namespaces and (len(rest) > 1 or rest[0] not in services):
        return ""
    near = close_to(rest[0] if rest else last, services)
    meant = f"did you mean {services[near]}?" if near else "a Service is written svc/NAMESPACE/NAME"
    return f"no Service has the name {endpoint.name}, so it is taken for a host outside: {meant}"
