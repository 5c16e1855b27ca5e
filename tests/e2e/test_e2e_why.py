"""`prober why` on a real cluster: workloads that really fail, and log it in their own client's
words; no scenario."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from e2e_cluster import Cluster, wait
from e2e_workloads import responding

TALKS = """
import asyncio, sys, aiohttp
async def main(url):
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=3)
    while True:
        async with aiohttp.ClientSession(timeout=timeout) as session:
            try:
                async with session.get(url) as reply:
                    print(f"GET {url} {reply.status}", flush=True)
            except Exception as error:
                print(f"{type(error).__name__}: {error}", flush=True)
        await asyncio.sleep(1)
asyncio.run(main(sys.argv[1]))
"""
"""A client with aiohttp, which prints what aiohttp says."""
NOT_WELL = {"exec": {"command": ["python3", "-c", "raise SystemExit(1)"]}, "periodSeconds": 2}


def namespace(name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def workload(name: str, space: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": space},
        "spec": {
            "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": {"app": name}}, "spec": spec},
        },
    }


def client(space: str, url: str, image: str, *, well: bool = False) -> dict[str, Any]:
    """A pod that asks for the URL again and again; not ready, so that its log is read."""
    spec = responding({"containers": [{"name": "api"}]}, image)
    container = spec["containers"][0]
    container["command"] = ["python3", "-c", TALKS, url]
    container.pop("args", None)
    if not well:
        container["readinessProbe"] = NOT_WELL
    return workload("api", space, spec)


def server(space: str, image: str, port: int = 8080) -> dict[str, Any]:
    container = {"name": "db", "ports": [{"containerPort": port}]}
    return workload("db", space, responding({"containers": [container]}, image))


def service(space: str, target: int = 8080, app: str = "db") -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "db", "namespace": space},
        "spec": {"selector": {"app": app}, "ports": [{"port": 8080, "targetPort": target}]},
    }


def policy(space: str, app: str, kind: str, rules: list[Any]) -> dict[str, Any]:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": f"{app}-{kind.lower()}", "namespace": space},
        "spec": {
            "podSelector": {"matchLabels": {"app": app}},
            "policyTypes": [kind],
            kind.lower(): rules,
        },
    }


DNS = {"ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]}
CAUSES = {
    "why-egress": ("egress",),
    "why-ingress": ("ingress",),
    "why-dns": ("dns",),
    "why-nobody": ("service", "endpoint", "selector"),
    "why-deaf": ("listen", "port"),
    "why-name": ("name", "dns"),
    "why-probe": ("listen", "probe", "port"),
}
"""Each namespace with a word of which the right finding's id has one."""


def worlds(image: str) -> list[dict[str, Any]]:
    url = "http://db:8080/"
    objects = [
        server("why-egress", image),
        service("why-egress"),
        client("why-egress", url, image),
        policy("why-egress", "api", "Egress", [DNS]),
        server("why-ingress", image),
        service("why-ingress"),
        client("why-ingress", url, image),
        policy("why-ingress", "db", "Ingress", [{"ports": [{"port": 9999}]}]),
        server("why-dns", image),
        service("why-dns"),
        client("why-dns", url, image),
        policy("why-dns", "api", "Egress", [{"ports": [{"port": 8080}]}]),
        server("why-nobody", image),
        service("why-nobody", app="database"),
        client("why-nobody", url, image),
        server("why-deaf", image),
        service("why-deaf", target=8081),
        client("why-deaf", url, image),
        server("why-name", image),
        service("why-name"),
        client("why-name", "http://dbb:8080/", image),
        _probed_where_nothing_listens(image),
        server("why-healthy", image),
        service("why-healthy"),
        client("why-healthy", url, image, well=True),
    ]
    return [*(namespace(name) for name in (*CAUSES, "why-healthy")), *objects]


def _probed_where_nothing_listens(image: str) -> dict[str, Any]:
    made = server("why-probe", image)
    container = made["spec"]["template"]["spec"]["containers"][0]
    container["readinessProbe"] = {"httpGet": {"path": "/", "port": 8081}, "periodSeconds": 2}
    return made


@pytest.fixture(scope="module")
def failing(cluster: Cluster) -> Iterator[Cluster]:
    """All of them at once, each in a namespace of its own, until each has logged its failure."""
    if cluster.policy == "none":
        pytest.skip("nothing enforces policies here")
    cluster.apply(*worlds(cluster.image))

    def logged() -> bool:
        talking = [name for name in CAUSES if name != "why-probe"]
        logs = [
            cluster.kubectl("logs", "-n", name, "deploy/api", "--tail=3", check=False)
            for name in talking
        ]
        events = cluster.kubectl("get", "events", "-n", "why-probe")
        return all("Error" in log for log in logs) and "Readiness probe failed" in events

    wait(logged, lambda: cluster.kubectl("get", "pods", "-A"), 180)
    yield cluster
    for name in (*CAUSES, "why-healthy"):
        cluster.kubectl("delete", "namespace", name, "--wait=false", check=False)


@pytest.mark.parametrize("name", CAUSES)
def test_the_cause_is_found_from_what_the_pods_say(failing: Cluster, name: str) -> None:
    done = failing.prober("why", "-n", name, "-o", "json")
    assert done.returncode == 1, done.stdout + done.stderr
    answer = json.loads(done.stdout)
    assert answer["findings"], answer["answer"]
    assert any(word in answer["findings"][0] for word in CAUSES[name]), answer["answer"]
    assert [complaint for complaint in answer["complaints"] if complaint["state"] == "holds"]


def test_a_healthy_namespace_is_calm(failing: Cluster) -> None:
    failing.wait_ready("why-healthy")
    done = failing.prober("why", "-n", "why-healthy", "--all-logs")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Nothing" in done.stdout
