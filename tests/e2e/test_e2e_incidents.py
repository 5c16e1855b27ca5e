"""Shipped incidents on a real cluster: the same causes as in the lab, and `prober fix all`
mends them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from e2e_cluster import Cluster, wait
from e2e_enacted import fix_all
from e2e_workloads import real_world

SCENARIOS = Path(__file__).parents[2] / "scenarios"
Record = dict[str, Any]


@pytest.fixture
def flux_ssh(flux: Cluster) -> Iterator[Cluster]:
    """The Flux of the session, with the policy of flux-ssh in place of its own."""
    if flux.policy == "none":
        pytest.skip("nobody enforces policies here")
    flux.apply(*real_world([SCENARIOS / "flux-ssh" / "allow-egress.yaml"], flux.image))
    yield flux
    made = "allow-source-controller-egress-22"
    flux.kubectl(
        "-n", "flux-system", "delete", "networkpolicy", "allow-egress", made, "--ignore-not-found"
    )
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


@pytest.fixture
def flux_artifact(flux: Cluster) -> Iterator[Cluster]:
    """The Flux of the session without its policies, and with that of flux-artifact."""
    if flux.policy == "none":
        pytest.skip("nobody enforces policies here")
    flux.kubectl("-n", "flux-system", "delete", "networkpolicy", "--all")
    flux.apply(*real_world([SCENARIOS / "flux-artifact" / "allow-egress.yaml"], flux.image))
    yield flux
    flux.kubectl("-n", "flux-system", "delete", "networkpolicy", "allow-egress")
    flux.apply(
        *real_world(
            [SCENARIOS / "flux" / name for name in ("install.yaml", "hardening.yaml")], flux.image
        )
    )


@pytest.fixture
def shared_vip(cluster: Cluster) -> Iterator[Cluster]:
    """Two Services behind one address of a load balancer, which a testbed leads to a node."""
    if cluster.policy == "none":
        pytest.skip("nobody enforces policies here")
    if not cluster.is_testbed:
        pytest.skip("only a testbed has addresses for load balancers that nobody else has")
    files = [SCENARIOS / "shared-vip" / name for name in ("workloads.yaml", "policies.yaml")]
    cluster.apply(*real_world(files, cluster.image))
    given = json.dumps({"status": {"loadBalancer": {"ingress": [{"ip": "203.0.113.200"}]}}})
    for name in ("web", "shell"):
        cluster.kubectl("-n", "edge", "patch", "service", name, "--subresource=status", "-p", given)
    cluster.wait_ready("edge")
    yield cluster
    cluster.kubectl("delete", "namespace", "edge")


def run(cluster: Cluster, name: str, *options: str) -> Record:
    done = cluster.prober("run", str(SCENARIOS / f"{name}.yaml"), "-o", "json", *options)
    assert done.stdout, done.stderr
    record: Record = json.loads(done.stdout)
    return record


def run_until(cluster: Cluster, name: str, causes: set[str], *options: str) -> Record:
    """Run until the causes are these: policies take a moment to be enforced, and to be lifted."""
    last: list[Record] = []

    def seen() -> bool:
        last[:] = [run(cluster, name, *options)]
        return {finding["id"] for finding in last[0]["findings"]} == causes

    wait(seen, lambda: json.dumps([last[0]["findings"], last[0]["checks"]], indent=1), 90)
    return last[0]


def test_flux_over_ssh(flux_ssh: Cluster, tmp_path: Path) -> None:
    broken = run_until(flux_ssh, "flux-ssh", {"egress-policy-missing-port"})
    assert "22/TCP" in broken["findings"][0]["cause"]
    assert broken["exitCode"] == 1
    fix_all(flux_ssh, broken, tmp_path / "record.json")
    assert run_until(flux_ssh, "flux-ssh", set())["exitCode"] == 0
    flux_ssh.wait_until_nothing_is_left()


def test_artifacts_of_flux(flux_artifact: Cluster, tmp_path: Path) -> None:
    broken = run_until(flux_artifact, "flux-artifact", {"egress-policy-missing-port"})
    assert "9090/TCP" in broken["findings"][0]["cause"]
    fix_all(flux_artifact, broken, tmp_path / "record.json")
    assert run_until(flux_artifact, "flux-artifact", set())["exitCode"] == 0
    flux_artifact.wait_until_nothing_is_left()


def test_two_services_behind_one_address(shared_vip: Cluster, tmp_path: Path) -> None:
    outside = ("--outside", "client.example=198.51.100.1")
    broken = run_until(shared_vip, "shared-vip", {"shared-vip-forgotten"}, *outside)
    assert "edge/shell" in broken["findings"][0]["cause"]
    assert len(broken["findings"][0]["checks"]) == 2, (
        "from outside, and from the node that the pod is not on"
    )
    fix_all(shared_vip, broken, tmp_path / "record.json")
    assert run_until(shared_vip, "shared-vip", set(), *outside)["exitCode"] == 0
    shared_vip.wait_until_nothing_is_left()


def test_a_rollout_that_forgot_three_things(policy_guide: Cluster, tmp_path: Path) -> None:
    causes = {"cluster-dns-denied", "policy-namespace-label", "egress-default-deny"}
    record = run_until(policy_guide, "policy-guide", causes)
    assert record["exitCode"] == 1
    fix_all(policy_guide, record, tmp_path / "record.json")
    assert run_until(policy_guide, "policy-guide", set())["exitCode"] == 0
    policy_guide.wait_until_nothing_is_left()
