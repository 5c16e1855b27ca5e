"""The offered fixes, applied to the manifests, turn the run green; undone, they leave no trace."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from prober.cli.main import run

pytestmark = pytest.mark.lab

SCENARIOS = Path(__file__).parents[3] / "scenarios"


def test_a_stuck_flux_is_mended_by_what_is_offered(tmp_path: Path) -> None:
    shutil.copytree(SCENARIOS, tmp_path / "scenarios")
    scenario = str(tmp_path / "scenarios" / "flux.yaml")
    before = {path: path.read_text() for path in (tmp_path / "scenarios").rglob("*.yaml")}
    assert run(["run", scenario, "--lab", "--emit-fixes", str(tmp_path / "fixes")]) == 1
    assert len(list((tmp_path / "fixes" / "objects").glob("*.yaml"))) == 3
    assert run(["fix", "all", "--apply"]) == 0
    assert run(["run", scenario, "--lab"]) == 0
    assert run(["fix", "all", "--undo"]) == 0
    assert {path: path.read_text() for path in (tmp_path / "scenarios").rglob("*.yaml")} == before


WORLD = """\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: web, image: web}]}
---
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: shop, labels: {app: db}}
spec: {containers: [{name: db, image: db, ports: [{containerPort: 9090}, {containerPort: 9100}]}]}
---
# Nothing goes out.
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Egress]
"""
CHECKS = """\
apiVersion: prober.dev/v1alpha1
kind: Scenario
metadata: {name: two, namespace: shop}
lab: {manifests: [world.yaml]}
defaults: {expect: ok, timeout: 1s}
checks: ["pod/web -> tcp://pod/db:9090", "pod/web -> tcp://pod/db:9100"]
"""


@pytest.fixture
def two_rules(tmp_path: Path) -> Path:
    """A policy that lacks two rules, each of which would bring the list of rules."""
    (tmp_path / "world.yaml").write_text(WORLD)
    (tmp_path / "two.yaml").write_text(CHECKS)
    assert (
        run(["run", str(tmp_path / "two.yaml"), "--lab", "--emit-fixes", str(tmp_path / "fixes")])
        == 1
    )
    return tmp_path


def test_two_fixes_of_one_policy_one_after_the_other(two_rules: Path) -> None:
    assert run(["fix", "2", "--apply"]) == 0
    assert run(["fix", "1", "--apply"]) == 0
    assert run(["run", str(two_rules / "two.yaml"), "--lab"]) == 0


def test_two_fixes_of_one_policy_as_one_emitted_object(two_rules: Path) -> None:
    """What `kubectl apply -f objects/` does to a cluster."""
    emitted = (two_rules / "fixes" / "objects" / "networkpolicy-shop-deny.yaml").read_text()
    *others, _ = WORLD.split("---\n")
    (two_rules / "world.yaml").write_text("---\n".join([*others, emitted]))
    assert run(["run", str(two_rules / "two.yaml"), "--lab"]) == 0
