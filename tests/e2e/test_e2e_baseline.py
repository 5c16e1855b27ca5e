"""Around a rollout on a real cluster: one flow too many is closed, and the policy that did it is
named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from e2e_cluster import Cluster, wait

SPACES = ("-n", "flux-system", "-n", "monitoring")
ROLLOUT = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "NetworkPolicy",
    "metadata": {"name": "prometheus-egress", "namespace": "monitoring"},
    "spec": {
        "podSelector": {},
        "policyTypes": ["Egress"],
        # Meant to keep it to the metrics of Flux. Two controllers were forgotten.
        "egress": [
            {"to": [{"namespaceSelector": {}, "podSelector": {"matchLabels": {"app": app}}}]}
            for app in ("source-controller", "kustomize-controller")
        ],
    },
}
ALLOWED = """\
apiVersion: prober.dev/v1alpha1
kind: AllowedChanges
changes:
  - {change: closed, from: sts/prometheus.monitoring, reason: it scrapes two controllers only}
  - {change: predicted, from: sts/prometheus.monitoring, reason: where nobody enforces the policy}
"""


@pytest.fixture
def rolled_out(flux: Cluster, tmp_path: Path) -> Iterator[Path]:
    """The baseline of the time before the rollout, which is taken back afterwards."""
    file = tmp_path / "before.yaml"
    done = flux.prober("baseline", "save", str(file), *SPACES)
    assert done.returncode == 0, done.stdout + done.stderr
    flux.apply(ROLLOUT)
    try:
        yield file
    finally:
        flux.kubectl("delete", "networkpolicy", "-n", "monitoring", "prometheus-egress")


def test_the_flow_too_many_is_caught(
    flux: Cluster, clean: Cluster, rolled_out: Path, tmp_path: Path
) -> None:
    kind = "predicted" if flux.policy == "none" else "closed"
    seen: list[dict[str, Any]] = []

    def enforced() -> bool:
        done = flux.prober("baseline", "diff", str(rolled_out), "-o", "json")
        assert done.returncode == 1, done.stdout + done.stderr
        seen.append(json.loads(done.stdout))
        return {change["change"] for change in seen[-1]["changes"]} == {kind}

    wait(enforced, lambda: json.dumps(seen[-1]["changes"], indent=1), 90)
    changed = {(entry["from"], entry["to"], entry["port"]) for entry in seen[-1]["changes"]}
    forgotten = {f"deploy/{name}-controller.flux-system" for name in ("helm", "notification")}
    assert {source for source, _, _ in changed} == {"sts/prometheus.monitoring"}
    assert {target for _, target, port in changed if port == 8080} == forgotten
    blamed = {
        (edit["name"], edit["edit"])
        for change in seen[-1]["changes"]
        for edit in change["policies"]
    }
    assert blamed == {("prometheus-egress", "added")}
    allowed = tmp_path / "allowed.yaml"
    allowed.write_text(ALLOWED)
    done = flux.prober("baseline", "diff", str(rolled_out), "--allow", str(allowed))
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_is_foreseen(flux: Cluster, tmp_path: Path) -> None:
    file = tmp_path / "rollout.json"
    file.write_text(json.dumps(ROLLOUT))
    done = flux.prober("preview", "-f", str(file), *SPACES)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "NetworkPolicy monitoring/prometheus-egress was added" in done.stdout
    assert "sts/prometheus.monitoring → deploy/helm-controller.flux-system:8080/tcp" in done.stdout
