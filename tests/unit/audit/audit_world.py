"""Small worlds for audits, written as manifests: what a person has."""

from __future__ import annotations

import textwrap
from pathlib import Path

from prober.audit import AuditFinding, View, audit
from prober.manifest import load_manifests

PODS = """\
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {team: shop}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web, ports: [{containerPort: 8080, name: http}]}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: db, namespace: shop}
spec:
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: db, image: db, ports: [{containerPort: 5432, name: sql}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
"""

DENY = """\
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default-deny, namespace: shop}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
"""

DNS = """\
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: dns, namespace: shop}
spec:
  podSelector: {}
  policyTypes: [Egress]
  egress:
    - to:
        - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}
          podSelector: {matchLabels: {k8s-app: kube-dns}}
      ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]
"""


def policy(name: str, spec: str) -> str:
    """A NetworkPolicy of shop with this spec."""
    head = (
        "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
        f"metadata: {{name: {name}, namespace: shop}}\nspec:\n"
    )
    return head + textwrap.indent(textwrap.dedent(spec).strip(), "  ") + "\n"


def found(folder: Path, *texts: str) -> list[AuditFinding]:
    """What the audit of these manifests finds."""
    path = folder / "world.yaml"
    path.write_text("".join(texts))
    return list(audit(View(load_manifests([path]).snapshot)).findings)


def ids(findings: list[AuditFinding]) -> set[str]:
    return {finding.id for finding in findings}
