"""Small worlds whose policies deny what is checked, and how they are broken and run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml
from dead_networks import Try

from prober.coordinator.run import Request, execute
from prober.fabric.lab import LabFabric
from prober.manifest import load_manifests, parse_fault
from prober.model.check import Vantage, VantageKind
from prober.model.lab import Enforcement, LabSpec
from prober.model.run import RunRecord
from prober.scenario import load_scenario, resolve

TIMEOUT = "1s"
EXPECTED = ("denied", "predicted", "timeout", "refused")

_PODS = """
apiVersion: prober.dev/v1alpha1
kind: Lab
outside:
  - {name: far.example, addresses: [203.0.113.20], listeners: [{port: 443, speaks: https}]}
  - {name: customer.example, addresses: [203.0.113.30]}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec:
  nodeName: n1
  containers: [{name: c, image: x, ports: [{containerPort: 8080}]}]
---
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: shop, labels: {app: db}}
spec:
  nodeName: n2
  containers:
  - name: c
    image: x
    ports:
    - {containerPort: 5432, name: sql}
    - {containerPort: 8080, name: http}
    - {containerPort: 8443, name: https}
    - {containerPort: 514, name: log, protocol: UDP}
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec:
  selector: {app: db}
  ports:
  - {name: sql, port: 5432}
  - {name: http, port: 80, targetPort: 8080}
  - {name: https, port: 443, targetPort: 8443}
  - {name: log, port: 514, protocol: UDP}
---
apiVersion: v1
kind: Pod
metadata: {name: here, namespace: open, labels: {app: open}}
spec:
  nodeName: n1
  containers: [{name: c, image: x, ports: [{containerPort: 9000}]}]
---
apiVersion: v1
kind: Pod
metadata: {name: there, namespace: open, labels: {app: open}}
spec:
  nodeName: n2
  containers: [{name: c, image: x, ports: [{containerPort: 9000}]}]
"""

_FROM = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db-admits, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  policyTypes: [Ingress]
  ingress: [{from: [{podSelector: {matchLabels: {app: friend}}}]}]
"""

_TO = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web-reaches, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Egress]
  egress: [{to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: open}}}]}]
"""

_SEALED = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: nothing, namespace: shop}
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
"""

WORLDS: Mapping[str, str] = {
    "ingress": "---".join((_PODS, _FROM)),
    "egress": "---".join((_PODS, _TO)),
    "sealed": "---".join((_PODS, _SEALED)),
}
"""The target admits others only; the source may go elsewhere only; nobody may anything."""

_POD: Sequence[str] = (
    "tcp://pod/db.shop:5432",
    "http://pod/db.shop:8080/",
    "tls://pod/db.shop:8443?verify=no",
    "udp://pod/db.shop:514?payload=hello",
)
_SERVICE: Sequence[str] = (
    "tcp://svc/db.shop:5432",
    "https://svc/db.shop:443/?verify=no",
    "udp://svc/db.shop:514?payload=hello",
)
TARGETS: Mapping[str, Sequence[str]] = {
    "pod": _POD,
    "service": _SERVICE,
    "both": (*_POD, *_SERVICE),
    "echo": ("icmp://pod/db.shop",),
    "large": ("icmp://pod/db.shop?size=1400", f"udp://pod/db.shop:514?payload={'x' * 1400}"),
    "dns": ("dns://db.shop.svc.cluster.local",),
    "names": ("dns://db.shop.svc.cluster.local", "tcp://far.example:443"),
    "udp": ("udp://pod/db.shop:514?payload=hello", "udp://svc/db.shop:514?payload=hello"),
    "outside": ("tcp://203.0.113.20:443", "https://203.0.113.20/?verify=no"),
    "nobody": ("tcp://198.18.2.200:5432", "udp://198.18.2.201:514", "tcp://203.0.113.99:443"),
}


async def observe(one_try: Try, root: Path) -> RunRecord:
    """Build the world, break it, run every target with every expectation, take it away."""
    folder = root / one_try.id
    folder.mkdir()
    (folder / "world.yaml").write_text(WORLDS[one_try.world])
    (folder / "scenario.yaml").write_text(yaml.safe_dump(_scenario(one_try)))
    loaded = load_manifests([folder / "world.yaml"], nodes=("n1", "n2"))
    scenario = load_scenario(folder / "scenario.yaml")
    fabric = LabFabric(
        loaded.snapshot,
        loaded.lab or LabSpec(),
        enforcement=Enforcement(one_try.enforcement),
        faults=[parse_fault(fault) for fault in one_try.network.faults],
    )
    async with fabric:
        for place, script in one_try.network.scripts:
            code, said = await fabric.command(_vantage(place), "sh", "-ec", script)
            assert code == 0, said
        request = Request(
            one_try.id, lambda snapshot: resolve(scenario, snapshot, outside=tuple(fabric.hosts))
        )
        return await execute(fabric, request)


def _vantage(place: str) -> Vantage:
    kind, *rest = place.split("/")
    namespace, name = rest if len(rest) > 1 else ("", rest[0])
    return Vantage(VantageKind(kind), namespace, name)


def _scenario(one_try: Try) -> Mapping[str, object]:
    checks = [
        {
            "name": f"{target[:40]} {expected}",
            "from": one_try.source,
            "to": target,
            "expect": expected,
        }
        for target in TARGETS[one_try.targets]
        for expected in (one_try.expected or EXPECTED)
    ]
    return {
        "apiVersion": "prober.dev/v1alpha1",
        "kind": "Scenario",
        "metadata": {"name": "denials"},
        "defaults": {"timeout": TIMEOUT},
        "checks": checks,
    }
