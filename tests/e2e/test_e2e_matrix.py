"""Every pair of pods: what is observed is what was predicted; with nobody enforcing, every denial
is a leak."""

from __future__ import annotations

import json

from e2e_cluster import Cluster

SPACES = ("-n", "flux-system", "-n", "monitoring", "-n", "ingress-nginx")


def test_the_whole_matrix_equals_the_prediction(flux: Cluster, clean: Cluster) -> None:
    done = flux.prober("matrix", *SPACES, "-o", "json")
    record = json.loads(done.stdout)
    # A probe pod cannot tell whether the pod that it stands for reaches itself, and says so.
    checks = [
        one for one in record["checks"] if one["source"]["text"] != one["destination"]["text"]
    ]
    assert len(checks) > 50
    assert not record["failures"]
    denied = "leak" if flux.policy == "none" else "as-predicted"
    wanted = {"allowed": "as-predicted", "denied": denied}
    wrong = [
        (one["name"], one["verdict"])
        for one in checks
        if one["verdict"] != wanted[one["prediction"]["verdict"]]
    ]
    assert not wrong
