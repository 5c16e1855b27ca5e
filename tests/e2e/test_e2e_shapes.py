"""Policies of a dozen shapes: the whole observed matrix is the predicted one; with nobody enforcing, denials leak."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from e2e_cluster import Cluster
from e2e_shapes import CHECKS, SHAPES, SPACES, pods


@pytest.fixture(scope="module")
def nine(cluster: Cluster) -> Iterator[Cluster]:
    """The cluster with nine pods that listen."""
    cluster.apply(*pods(cluster.image))
    for space in SPACES:
        cluster.kubectl("wait", "pods", "--all", "-n", space, "--for=condition=Ready", "--timeout=120s")
    yield cluster
    cluster.kubectl("delete", "namespace", *SPACES, "--wait=false")


@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_observed_is_what_is_predicted(nine: Cluster, clean: Cluster, shape: str) -> None:
    nine.apply(*SHAPES[shape])
    try:
        done = nine.prober("matrix", *_all("-n"), "-o", "json")
    finally:
        for one in SHAPES[shape]:
            metadata = one["metadata"]
            nine.kubectl("delete", "networkpolicy", metadata["name"], "-n", metadata["namespace"])
    record = json.loads(done.stdout)
    assert not record["failures"]
    checks = [one for one in record["checks"] if one["source"]["text"] != one["destination"]["text"]]
    assert len(checks) == CHECKS
    denied = "leak" if nine.policy == "none" else "as-predicted"
    wanted = {"allowed": "as-predicted", "denied": denied}
    assert {one["prediction"]["verdict"] for one in checks} == set(wanted)
    wrong = [(one["name"], one["verdict"]) for one in checks if one["verdict"] != wanted[one["prediction"]["verdict"]]]
    assert not wrong


def _all(option: str) -> list[str]:
    return [part for space in SPACES for part in (option, space)]
