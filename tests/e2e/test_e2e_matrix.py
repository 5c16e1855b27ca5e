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
        entry
        for entry in record["checks"]
        if entry["source"]["text"] != entry["destination"]["text"]
    ]
    assert len(checks) > 50
    assert not record["failures"]
    denied = "leak" if flux.policy == "none" else "as-predicted"
    wanted = {"allowed": "as-predicted", "denied": denied}
    wrong = [
        (check["name"], check["verdict"])
        for check in checks
        if check["verdict"] != wanted[check["prediction"]["verdict"]]
    ]
    assert not wrong
