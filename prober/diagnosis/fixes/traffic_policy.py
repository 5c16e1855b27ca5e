"""What the two rules about traffic policies share: where a Service has endpoints, and the fix."""

from __future__ import annotations

from prober.diagnosis.facts.case import Case
from prober.diagnosis.fixes.patches import patched
from prober.model.objects import Service, ServicePort
from prober.model.run import Fix
from prober.policy.deciding import Undecided, endpoints_of


def nodes_with_endpoints(service: Service, port: ServicePort, case: Case) -> frozenset[str]:
    """The nodes on which the Service has a ready endpoint for this port."""
    try:
        endpoints = endpoints_of(case.predictor.world, service, port, port.port)
    except Undecided:
        return frozenset()
    return frozenset(backend.endpoint.node for backend in endpoints if backend.endpoint.node)


def spread(service: Service, field: str, case: Case) -> Fix:
    """Let any node send to any endpoint."""
    patch = ({"op": "add", "path": f"/spec/{field}", "value": "Cluster"},)
    return Fix(
        summary=(
            f"set {field} of Service {service.ref} to Cluster; or run a pod of it on every node, "
            "to keep Local"
        ),
        target=service.ref,
        patch=patch,
        manifest=patched(case.snapshot.sources.get(service.ref), patch),
        opens=("with Cluster, the pods see a node's address instead of an outside client's",)
        if field == "externalTrafficPolicy"
        else (),
    )


def keep_source(service: Service, case: Case) -> Fix:
    """Let the pods see the client's own address: connections go to endpoints of the node that they
    come in on."""
    patch = ({"op": "add", "path": "/spec/externalTrafficPolicy", "value": "Local"},)
    return Fix(
        summary=(
            f"set externalTrafficPolicy of Service {service.ref} to Local: the pods then see the "
            "client's own address, and its load balancer sends to nodes with an endpoint alone"
        ),
        target=service.ref,
        patch=patch,
        manifest=patched(case.snapshot.sources.get(service.ref), patch),
        opens=("the clients that the policies name, by their own address",),
    )
