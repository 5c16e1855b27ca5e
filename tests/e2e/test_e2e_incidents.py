"""Shipped incidents on a real cluster: the same causes as in the lab, and the offered patches mend them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from e2e_cluster import Cluster, wait
from e2e_workloads import real_world

SCENARIOS = Path(__file__).parents[2] / "scenarios"
MOST_ROUNDS = 3
Record = dict[str, Any]


@pytest.fixture
def flux_ssh(flux: Cluster) -> Iterator[Cluster]:
    """The Flux of the session, with the policy of flux-ssh in place of its own."""
    if flux.policy == "none":
        pytest.skip("nobody enforces policies here")
    flux.apply(*real_world([SCENARIOS / "flux-ssh" / "allow-egress.yaml"], flux.image))
    yield flux
    flux.kubectl("-n", "flux-system", "delete", "networkpolicy", "allow-egress")
    flux.apply(*real_world([SCENARIOS / "flux" / "hardening.yaml"], flux.image))


@pytest.fixture
def policy_guide(flux: Cluster) -> Iterator[Cluster]:
    """The shop of policy-guide, next to the monitoring of the session."""
    if flux.policy == "none":
        pytest.skip("nobody enforces policies here")
    files = [SCENARIOS / "policy-guide" / name for name in ("workloads.yaml", "policies.yaml")]
    flux.apply(*real_world(files, flux.image))
    flux.wait_ready("shop", "logging")
    yield flux
    flux.kubectl("delete", "namespace", "shop", "logging")


def run(cluster: Cluster, name: str) -> Record:
    done = cluster.prober("run", str(SCENARIOS / f"{name}.yaml"), "-o", "json")
    assert done.stdout, done.stderr
    record: Record = json.loads(done.stdout)
    return record


def run_until(cluster: Cluster, name: str, causes: set[str]) -> Record:
    """Run until the causes are these: policies take a moment to be enforced, and to be lifted."""
    last: list[Record] = []

    def seen() -> bool:
        last[:] = [run(cluster, name)]
        return {finding["id"] for finding in last[0]["findings"]} == causes

    wait(seen, lambda: json.dumps([last[0]["findings"], last[0]["checks"]], indent=1), 90)
    return last[0]


def apply_patches(cluster: Cluster, record: Record) -> None:
    """One patch an object: the others were made for the object as it was before."""
    patches = {}
    for finding in reversed(record["findings"]):
        target = finding["fix"]["target"]
        patches[target["namespace"], target["name"]] = finding["fix"]["patch"]
    for (namespace, name), patch in patches.items():
        cluster.kubectl("-n", namespace, "patch", "networkpolicy", name, "--type=json", "-p", json.dumps(patch))


def test_flux_over_ssh(flux_ssh: Cluster) -> None:
    broken = run_until(flux_ssh, "flux-ssh", {"egress-policy-missing-port"})
    assert "22/TCP" in broken["findings"][0]["cause"]
    assert broken["exitCode"] == 1
    apply_patches(flux_ssh, broken)
    assert run_until(flux_ssh, "flux-ssh", set())["exitCode"] == 0
    flux_ssh.wait_until_nothing_is_left()


def test_a_rollout_that_forgot_three_things(policy_guide: Cluster) -> None:
    causes = {"cluster-dns-denied", "policy-namespace-label", "egress-default-deny"}
    record = run_until(policy_guide, "policy-guide", causes)
    assert record["exitCode"] == 1
    for _ in range(MOST_ROUNDS):
        if record["exitCode"] == 0:
            break
        apply_patches(policy_guide, record)
        record = run(policy_guide, "policy-guide")
    assert run_until(policy_guide, "policy-guide", set())["exitCode"] == 0
    policy_guide.wait_until_nothing_is_left()
