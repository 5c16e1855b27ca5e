"""Probing from an ephemeral container of the real pod: its own network, and what stays behind is
said."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from e2e_cluster import Cluster

SOURCE = "sts/prometheus.monitoring"
TARGET = "tcp://deploy/source-controller.flux-system:8080"


@pytest.fixture(scope="module")
def record(flux: Cluster) -> Iterator[dict[str, Any]]:
    """A run from the real pod, and, since a container stays in it, another pod afterwards."""
    done = flux.prober("check", SOURCE, TARGET, "--via", "ephemeral", "-o", "json")
    assert done.returncode == 0, done.stdout + done.stderr
    yield json.loads(done.stdout)
    flux.kubectl("delete", "pod", "prometheus-0", "-n", "monitoring", "--wait=true")
    flux.wait_ready("monitoring")


def test_it_observes(record: dict[str, Any]) -> None:
    (check,) = record["checks"]
    assert (check["observation"]["outcome"], check["verdict"]) == ("ok", "as-predicted")


def test_what_stays_behind_is_said_and_nothing_else_is_left(
    flux: Cluster, record: dict[str, Any]
) -> None:
    assert any("Kubernetes takes neither away" in warning for warning in record["warnings"])
    flux.wait_until_nothing_is_left()
    status = flux.get("pod", "prometheus-0", "-n", "monitoring")["status"]
    (container,) = status["ephemeralContainerStatuses"]
    assert container["name"].startswith("prober-")
    assert status["phase"] == "Running"


def test_only_there_a_pod_sees_whether_it_reaches_itself(
    flux: Cluster, record: dict[str, Any]
) -> None:
    port = flux.get("pod", "prometheus-0", "-n", "monitoring")["spec"]["containers"][0]["ports"][0][
        "containerPort"
    ]
    done = flux.prober(
        "check", SOURCE, f"tcp://{SOURCE}:{port}", "--via", "ephemeral", "-o", "json"
    )
    (check,) = json.loads(done.stdout)["checks"]
    assert (done.returncode, check["observation"]["outcome"]) == (0, "ok"), done.stderr
