"""Counts of pods that nobody checked before."""

from __future__ import annotations

from pathlib import Path

import pytest

from prober.manifest import load_manifests
from prober.model.bounds import MOST_PODS

OBJECT = """
apiVersion: example.com/v1
kind: Fleet
metadata: {{name: a, namespace: b}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{a: b}}}}
  template:
    metadata: {{labels: {{a: b}}}}
    spec: {{containers: [{{name: c, image: d}}]}}
"""


@pytest.mark.parametrize("replicas", [2, 0, -5, 2_000_000_000, 10**30])
def test_a_foreign_kind_makes_no_more_pods_than_a_workload_may(
    tmp_path: Path, replicas: int
) -> None:
    file = tmp_path / "fleet.yaml"
    file.write_text(OBJECT.format(replicas=replicas))
    snapshot = load_manifests([file]).snapshot
    pods = sum(pod.namespace == "b" for pod in snapshot.pods.values())
    assert pods == 2 if replicas == 2 else pods <= MOST_PODS
