"""Probes through agents: from nodes without rights, and as the real pods with the rights to enter
them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from e2e_agents import SPACES, installed, nine_pods
from e2e_cluster import SLOW, Cluster, wait

MATRIX = (
    "matrix",
    *(word for space in SPACES for word in ("-n", space)),
    "--timeout",
    "1s",
    "-o",
    "json",
)


@pytest.fixture(scope="module")
def nine(cluster: Cluster) -> Iterator[Cluster]:
    """Nine pods with policies among them."""
    cluster.apply(*nine_pods(cluster.image))
    for space in SPACES:
        cluster.kubectl(
            "wait", "pods", "--all", "-n", space, "--for=condition=Ready", "--timeout=120s"
        )
    yield cluster
    cluster.kubectl("delete", "namespace", *SPACES, "--wait=false")


@pytest.fixture(scope="module")
def entering(nine: Cluster) -> Iterator[Cluster]:
    """The same, with agents that enter pods."""
    with installed(nine, "--enter-pods"):
        yield nine


def everything(cluster: Cluster) -> set[str]:
    """What `install` makes, and more: whatever of these kinds is in the cluster."""
    kinds = (
        "namespaces,serviceaccounts,clusterroles,clusterrolebindings,roles,rolebindings,daemonsets"
    )
    items = cluster.get(kinds, "-A")["items"]
    return {
        f"{item['kind']}/{item['metadata'].get('namespace', '')}/{item['metadata']['name']}"
        for item in items
    }


def agent_processes(cluster: Cluster) -> list[str]:
    """Command lines of what runs in the agents' pods besides the long-lived process."""
    pods = [
        item["metadata"]["name"]
        for item in cluster.get("pods", "-n", "prober", "-l", "prober.dev/agent")["items"]
    ]
    files = "pathlib.Path('/proc').glob('[0-9]*/cmdline')"
    code = (
        "import pathlib; [print(one.read_bytes().replace(b'\\0', b' ').decode()) for one in "
        f"{files}]"
    )
    lines = [
        cluster.kubectl("exec", "-n", "prober", pod, "--", "python3", "-c", code, check=False)
        for pod in pods
    ]
    return [line for text in lines for line in text.splitlines() if "agent visit" in line]


def test_without_agents_it_says_how_to_get_them(cluster: Cluster, clean: Cluster) -> None:
    done = cluster.prober("check", "node/n1", "tcp://203.0.113.10:443", "--via", "agent")
    assert done.returncode == 3, done.stdout + done.stderr
    assert "the cluster has no agent that is ready" in done.stderr
    assert "prober install" in done.stderr


def test_agents_without_rights_probe_from_nodes_and_uninstall_leaves_nothing(
    cluster: Cluster, clean: Cluster
) -> None:
    # Whoever has probed from a node before has left it, and it goes with the rest.
    cluster.kubectl("delete", "namespace", "prober", "--ignore-not-found")
    before = everything(cluster)
    with installed(cluster):
        for via in ("agent", "auto"):
            done = cluster.prober(
                "check", "node/n1", "tcp://203.0.113.10:443", "--via", via, PROBER_IMAGE=""
            )
            assert done.returncode == 0, done.stdout + done.stderr
        assert not cluster.remains(), "a probe pod was made although there is an agent"
        refused = cluster.prober(
            "check", "deploy/coredns.kube-system", "tcp://203.0.113.10:443", "--via", "agent"
        )
        assert refused.returncode == 3, refused.stdout + refused.stderr
        assert "may not enter pods" in refused.stdout
        assert "prober install --enter-pods" in refused.stdout
    assert everything(cluster) == before


def test_the_whole_matrix_equals_the_prediction_and_nothing_is_made(entering: Cluster) -> None:
    done = entering.prober(*MATRIX, "--via", "agent", PROBER_IMAGE="")
    record: dict[str, Any] = json.loads(done.stdout)
    assert not record["failures"]
    assert len(record["checks"]) == 9 * 9 * 4
    denied = "leak" if entering.policy == "none" else "as-predicted"
    wanted = {"allowed": "as-predicted", "denied": denied}
    wrong = [
        (check["name"], check["verdict"], check["observation"]["outcome"])
        for check in record["checks"]
        if check["verdict"] != wanted.get(check["prediction"]["verdict"])
    ]
    assert not wrong
    assert not entering.remains()


def test_a_probe_has_the_address_of_the_real_pod(entering: Cluster) -> None:
    done = entering.prober("check", "pod/a.nine-b", "tcp://pod/a.nine-a:8080", "-o", "json")
    (check,) = json.loads(done.stdout)["checks"]
    address = entering.get("pod", "a", "-n", "nine-b")["status"]["podIP"]
    assert check["observation"]["evidence"]["local"].rpartition(":")[0] == address


def test_names_are_looked_up_as_the_pod_does(entering: Cluster) -> None:
    done = entering.prober("check", "pod/a.nine-b", "dns://kubernetes.default")
    assert done.returncode == 0, done.stdout + done.stderr


def test_when_the_coordinator_is_killed_the_agent_stops(entering: Cluster) -> None:
    process = entering.start_prober(
        "check", "pod/a.nine-b", SLOW, "--attempts", "80", "--timeout", "2s"
    )
    wait(lambda: bool(agent_processes(entering)), lambda: "the agent was never asked", 60)
    process.kill()
    process.communicate(timeout=60)
    wait(
        lambda: not agent_processes(entering),
        lambda: f"still there: {agent_processes(entering)}",
        60,
    )


def test_agents_say_how_much_they_did(entering: Cluster) -> None:
    pods = entering.get("pods", "-n", "prober", "-l", "prober.dev/agent")["items"]
    code = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1]).read().decode())"
    for pod in pods:
        url = f"http://{pod['status']['hostIP']}:9731/metrics"
        text = entering.kubectl(
            "exec", "-n", "prober", pod["metadata"]["name"], "--", "python3", "-c", code, url
        )
        assert 'enters_pods="true"' in text
        (runs,) = (
            line for line in text.splitlines() if line.startswith("prober_agent_runs_total ")
        )
        assert float(runs.split()[1]) >= 1


def test_it_is_a_kubectl_plugin(entering: Cluster, tmp_path: Any) -> None:
    import os
    import sys
    from pathlib import Path

    plugin = tmp_path / "kubectl-prober"
    plugin.write_text(f"#!{sys.executable}\nimport sys\nfrom prober.cli.main import main\nmain()\n")
    plugin.chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    environment = entering.environment(PATH=path, PYTHONPATH=str(Path(__file__).parents[2]))
    command = ["kubectl", "prober", "check", "node/n1", "tcp://203.0.113.10:443"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
