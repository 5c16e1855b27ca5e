"""The page in the cluster: it asks for its secret, shows what the operator's runs found, changes by
itself when a flow is closed, and is not green when the operator is gone."""

from __future__ import annotations

import base64
import re
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from e2e_agents import installed
from e2e_cluster import Cluster, wait
from test_e2e_operator import CLOSING, EVERY, SCENARIO, workload

TOKEN = "a-token-for-the-page"
PORT = 9733


@pytest.fixture(scope="module")
def paged(cluster: Cluster, coordinator: str) -> Iterator[Cluster]:
    """The operator, the page, agents that enter pods, and a Scenario that passes."""
    cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "gate"}})
    web, db = workload("web", 8080, cluster.image, "n1"), workload("db", 5432, cluster.image, "n2")
    cluster.apply(*web, *db)
    cluster.wait_ready("gate")
    choices = ("--operator", "--page", "--enter-pods", "--coordinator-image", coordinator)
    with installed(cluster, *choices):
        encoded = base64.b64encode(TOKEN.encode()).decode()
        secret = {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": "prober-page", "namespace": "prober-runs"},
            "data": {"credentials": encoded},
        }
        try:
            cluster.apply(secret, SCENARIO)
            yield cluster
        finally:
            cluster.kubectl("delete", "scenarios", "--all", "-n", "gate")
            cluster.kubectl("delete", "namespace", "gate", "--wait=false")


@contextmanager
def forwarded(cluster: Cluster) -> Iterator[str]:
    """The page as somebody with a kubeconfig reaches it."""
    rollout = ("rollout", "status", "deployment/prober-page", "-n", "prober-runs")
    cluster.kubectl(*rollout, "--timeout=180s")
    command = ["kubectl", "port-forward", "-n", "prober-runs", "service/prober-page", f":{PORT}"]
    forwarding = subprocess.Popen(
        command, env=cluster.environment(), stdout=subprocess.PIPE, text=True
    )
    assert forwarding.stdout
    port = re.match(r"Forwarding from 127\.0\.0\.1:(\d+)", forwarding.stdout.readline())
    assert port, "kubectl says which port it chose"
    try:
        yield f"http://127.0.0.1:{port[1]}"
    finally:
        forwarding.terminate()
        forwarding.wait()


def asked(url: str, token: str = TOKEN) -> tuple[int, str]:
    """Status and text; 0 where nobody answers yet."""
    headers = {"Authorization": f"Bearer {token}"}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - what kubectl forwards
    try:
        with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310 - the same
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, ""
    except OSError:
        return 0, ""


def verdict(url: str) -> str:
    """`ok`, `fail` or `unsure`; empty where there is no page."""
    found = re.search(r'class="verdict (\w+)"', asked(url)[1])
    return found[1] if found else ""


def test_the_page_of_the_cluster(paged: Cluster) -> None:
    with forwarded(paged) as url:
        wait(lambda: asked(url)[0] == 200, lambda: str(asked(url)), 60)
        assert asked(url, "another-token")[0] == 401
        assert asked(f"{url}/healthz", "")[0] == 200
        wait(lambda: verdict(url) == "ok", lambda: asked(url)[1], 120)
        assert "gate/shop" in asked(url)[1]
        paged.apply(CLOSING)
        began = time.monotonic()
        wait(lambda: verdict(url) == "fail", lambda: asked(url)[1], 2 * EVERY + 60)
        print(f"the page was red {time.monotonic() - began:.0f} s after the policy")  # noqa: T201
        run = re.findall(r'href="(/runs/[^"]+)"', asked(url)[1])[-1]
        status, text = asked(f"{url}{run}")
        assert status == 200
        assert "gate/closed" in text, "the policy that closed it is named"
        paged.kubectl("delete", "networkpolicy", "closed", "-n", "gate")
        wait(lambda: verdict(url) == "ok", lambda: asked(url)[1], 2 * EVERY + 60)
        assert "gate/deploy/web" in asked(url)[1], "what changed"
        # Killed, not stopped: nobody says so in the status, and the clock alone tells.
        paged.kubectl("scale", "deployment/prober-operator", "-n", "prober-runs", "--replicas=0")
        paged.kubectl(
            "delete",
            "pods",
            "-n",
            "prober-runs",
            "-l",
            "app.kubernetes.io/name=prober-operator",
            "--force",
            "--grace-period=0",
        )
        wait(lambda: verdict(url) == "unsure", lambda: asked(url)[1], 3 * EVERY + 90)


def test_it_may_look_and_nothing_else(paged: Cluster) -> None:
    account = "--as=system:serviceaccount:prober-runs:prober-page"

    def may(verb: str, what: str) -> bool:
        said = paged.kubectl("auth", "can-i", verb, what, "-A", account, check=False)
        return said.strip() == "yes"

    assert may("list", "scenarios.prober.dev")
    assert may("list", "scenariohistories.prober.dev")
    for verb, what in (
        ("list", "pods"),
        ("get", "secrets"),
        ("create", "pods"),
        ("patch", "scenarios.prober.dev"),
    ):
        assert not may(verb, what), (verb, what)
