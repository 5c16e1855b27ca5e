"""The flux scenario on a real cluster: the same verdicts as in the lab."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from e2e_cluster import Cluster

SCENARIO = Path(__file__).parents[2] / "scenarios" / "flux.yaml"
BLOCKED = (
    "source-controller → github.com:22/tcp",
    "kustomize-controller → svc/source-controller:80",
)


@pytest.fixture(scope="module")
def record(flux: Cluster) -> dict[str, Any]:
    done = flux.prober("run", str(SCENARIO), "-o", "json")
    assert done.returncode == 1, done.stdout + done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def check(record: dict[str, Any], name: str) -> dict[str, Any]:
    return next(check for check in record["checks"] if name in check["name"])


def test_the_context_and_the_version_are_named(record: dict[str, Any]) -> None:
    assert record["fabric"]["kind"] == "kubernetes"
    assert record["fabric"]["nodes"] == 2
    assert record["fabric"]["version"].startswith("v1.")


@pytest.mark.parametrize("name", BLOCKED)
def test_what_the_policies_deny_is_closed_as_the_engine_closes(
    flux: Cluster, record: dict[str, Any], name: str
) -> None:
    seen = check(record, name)
    assert seen["prediction"]["verdict"] == "denied"
    if flux.policy == "none":
        assert seen["verdict"] == "leak"
        return
    assert (seen["verdict"], seen["result"]) == ("as-predicted", "fail")
    if flux.policy == "cilium":
        assert seen["observation"]["outcome"] == "timeout"
        return
    assert seen["observation"]["outcome"] == "rejected"
    assert seen["observation"]["evidence"]["icmp"]


def test_what_the_policies_allow_gets_through(record: dict[str, Any]) -> None:
    for name in ("github.com:443", "svc/kubernetes.default:443", "prometheus", "ingress-nginx"):
        seen = check(record, name)
        assert (seen["observation"]["outcome"], seen["verdict"]) == ("ok", "as-predicted"), name


def test_the_cause_is_found(flux: Cluster, record: dict[str, Any]) -> None:
    if flux.policy == "none":
        return
    causes = [
        finding for finding in record["findings"] if finding["id"] == "egress-policy-missing-port"
    ]
    assert any(
        "22/TCP" in cause["cause"] and "flux-system/allow-egress" in cause["cause"]
        for cause in causes
    )


def test_nothing_is_left(flux: Cluster, record: dict[str, Any]) -> None:
    assert record["checks"]
    flux.wait_until_nothing_is_left()
