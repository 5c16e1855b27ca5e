"""gRPC health in the lab, with real packets: each outcome by its real cause."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.lab

WORLD = """\
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: cart, namespace: shop}
spec:
  selector: {matchLabels: {app: cart}}
  template:
    metadata: {labels: {app: cart}}
    spec:
      containers:
        - {name: c, image: cart, ports: [{name: grpc, containerPort: 50051}, {name: http, containerPort: 8080}]}
---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec:
  selector: {app: cart}
  ports: [{name: grpc, port: 50051, targetPort: grpc}]
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: c, image: web}]}
---
apiVersion: v1
kind: Pod
metadata: {name: stranger, namespace: shop, labels: {app: stranger}}
spec: {containers: [{name: c, image: web}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: cart, namespace: shop}
spec:
  podSelector: {matchLabels: {app: cart}}
  ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]
---
apiVersion: prober.dev/v1alpha1
kind: Lab
outside:
  - {name: api.example, listeners: [{port: 443, speaks: grpcs}]}
"""
SCENARIO = """\
apiVersion: prober.dev/v1alpha1
kind: Scenario
metadata: {name: grpc, namespace: shop}
lab: {manifests: [world.yaml]}
checks:
  - {name: serving, from: pod/web, to: "grpc://svc/cart:50051", expect: ok}
  - {name: down, from: pod/web, to: "grpc://svc/cart:50051/down", expect: ok}
  - {name: unknown, from: pod/web, to: {grpc: {service: cart, port: grpc, path: /shop.Cart}}, expect: ok}
  - {name: not grpc, from: pod/web, to: "grpc://deploy/cart:8080", expect: ok}
  - {name: closed, from: pod/web, to: "grpc://deploy/cart:9", expect: refused}
  - {name: denied, from: pod/stranger, to: "grpc://svc/cart:50051", expect: denied}
  - {name: secure, from: pod/web, to: "grpcs://api.example:443", expect: ok}
"""


@pytest.fixture(scope="module")
def checks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("grpc")
    (folder / "world.yaml").write_text(WORLD)
    scenario = folder / "grpc.yaml"
    scenario.write_text(SCENARIO)
    return run(scenario)


def run(scenario: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "prober.cli.main", "run", str(scenario), "--lab", "-o", "json"]
    done = subprocess.run(command, text=True, capture_output=True, check=False)
    assert done.returncode == 1, done.stderr
    return {check["name"]: check for check in json.loads(done.stdout)["checks"]}


@pytest.mark.parametrize(
    ("name", "outcome", "result", "detail"),
    [
        ("serving", "ok", "pass", "SERVING"),
        ("down", "error", "fail", "service 'down' is NOT_SERVING"),
        ("unknown", "error", "fail", "NOT_FOUND: the server does not know service 'shop.Cart'"),
        ("not grpc", "error", "fail", "the server does not speak HTTP/2, which gRPC needs"),
        ("closed", "refused", "pass", ""),
        ("denied", "rejected", "pass", ""),
        ("secure", "ok", "pass", "SERVING"),
    ],
)
def test_each_outcome(
    checks: dict[str, Any], name: str, outcome: str, result: str, detail: str
) -> None:
    check = checks[name]
    assert (check["observation"]["outcome"], check["result"]) == (outcome, result)
    assert detail in check["observation"]["attempts"][-1]["detail"]
