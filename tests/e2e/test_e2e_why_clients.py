"""`prober why` on the testbed: programs that everybody has complain in their own words, and the right
cause comes first. How long each answer took is shown with
`--log-cli-level=INFO`."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator

import pytest
from e2e_agents import installed
from e2e_cluster import Cluster, wait
from e2e_complaints import Incident, incidents

LOG = logging.getLogger(__name__)
ALL = incidents("testbed.local/prober-agent:1")


@pytest.fixture(scope="module")
def complaining(cluster: Cluster) -> Iterator[Cluster]:
    """All of them at once, until each has said what is wrong."""
    if not cluster.is_testbed:
        pytest.skip("the clients are programs of the machine that the testbed runs on")
    if cluster.policy != "kube-router":
        pytest.skip("they are the same with every engine, and here one is enough")
    definitions = [
        element
        for item in ALL
        for element in item.objects
        if element["kind"] == "CustomResourceDefinition"
    ]
    cluster.apply(*definitions)
    cluster.kubectl("wait", "--for=condition=Established", "--timeout=30s", "crd", "--all")
    cluster.apply(*(entry for item in ALL for entry in item.objects if entry not in definitions))

    def said() -> bool:
        return all(_has_said(cluster, item) for item in ALL)

    wait(
        said,
        lambda: "\n".join(f"{i.name} {_log(cluster, i)}" for i in ALL if not _has_said(cluster, i)),
        150,
    )
    yield cluster
    cluster.kubectl("delete", "validatingwebhookconfiguration", "complains", check=False)
    for item in ALL:
        cluster.kubectl("delete", "namespace", item.name, "--wait=false", check=False)


def _log(cluster: Cluster, item: Incident) -> str:
    where = ("-n", item.name, f"deploy/{item.says}", "--tail=4", "--all-containers")
    return cluster.kubectl("logs", *where, check=False)


def _has_said(cluster: Cluster, item: Incident) -> bool:
    if not item.says:
        return bool(item.asks) or "failed calling webhook" in cluster.kubectl(
            "get", "events", "-n", item.name
        )
    return len(_log(cluster, item).strip()) > 10


def _asked(cluster: Cluster, item: Incident, *options: str) -> None:
    about = [item.asks] if item.asks else ["-n", item.name]
    started = time.monotonic()
    done = cluster.prober("why", *about, "-o", "json", *options)
    took = time.monotonic() - started
    assert done.returncode == 1, (
        f"{_log(cluster, item) if item.says else ''}\n{done.stdout[:3000]}{done.stderr}"
    )
    answer = json.loads(done.stdout)
    LOG.info("%-20s %5.1f s  %s  %s", item.name, took, answer["findings"][:1], answer["answer"])
    assert answer["findings"][0] in item.cause, answer["answer"]


@pytest.mark.parametrize("item", ALL, ids=lambda item: item.name)
def test_the_right_cause_comes_first(complaining: Cluster, item: Incident) -> None:
    _asked(complaining, item)


def test_agents_find_the_same(complaining: Cluster) -> None:
    with installed(complaining, "--enter-pods"):
        for item in ALL:
            _asked(complaining, item)
