"""Small worlds whose policies deny what is checked, and how they are broken and run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml
from dead_networks import Try
from published_objects import PUBLISHED

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
status: {phase: Running, podIP: 198.18.1.50, podIPs: [{ip: 198.18.1.50}]}
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
status: {phase: Running, podIP: 198.18.2.50, podIPs: [{ip: 198.18.2.50}]}
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

_ON_ONE_NODE = _PODS.replace("nodeName: n2", "nodeName: n1", 1).replace(
    "198.18.2.50", "198.18.1.51"
)
_NOBODY_ELSE = "---".join(part for part in _PODS.split("---") if "namespace: open" not in part)
_DUAL = _PODS.replace("kind: Lab\n", "kind: Lab\nipv6: true\n")

WORLDS: Mapping[str, str] = {
    f"{policies}{kind}": "---".join((pods, policy))
    for policies, policy in (("ingress", _FROM), ("egress", _TO), ("sealed", _SEALED))
    for kind, pods in (
        ("", _PODS),
        ("-published", "---".join((_PODS, PUBLISHED))),
        ("-one-node", _ON_ONE_NODE),
        ("-nobody-else", _NOBODY_ELSE),
        ("-dual", _DUAL),
    )
}
"""The target admits others only; the source may go elsewhere only; nobody may anything. With the
pods on two nodes, with Services of every type, on one node, without anybody else, over IPv6 too."""

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
    "over-ipv6": (
        "tcp://pod/db.shop:5432?family=ipv6",
        "udp://pod/db.shop:514?payload=hello&family=ipv6",
        "tcp://svc/db.shop:5432?family=ipv6",
    ),
    "node-port": (
        "tcp://node/n1:30432",
        "tcp://node/n2:30432",
        "udp://node/n1:30514?payload=hello",
    ),
    "other-nodes-port": ("tcp://node/n1:30432", "udp://node/n1:30514?payload=hello"),
    "local-node-port": ("tcp://node/n1:30433", "tcp://node/n2:30433"),
    "balancer": ("tcp://203.0.113.130:5432",),
    "host-port": ("tcp://node/n2:15432",),
    "host-network": ("tcp://node/n2:9100", "tcp://pod/metrics.shop:9100"),
    "headless": ("tcp://svc/heads.shop:5432", "tcp://heads.shop.svc.cluster.local:5432"),
    "by-hand": ("tcp://svc/by-hand.shop:443",),
    "same-node-only": ("tcp://svc/same-node.shop:5432",),
    "empty": ("tcp://svc/empty.shop:5432", "tcp://svc/no-such-pods.shop:5432"),
    "elsewhere-by-name": ("tcp://elsewhere.shop.svc.cluster.local:443",),
    "by-name": (
        "tcp://db.shop.svc.cluster.local:5432",
        "udp://db.shop.svc.cluster.local:514?payload=hello",
    ),
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
