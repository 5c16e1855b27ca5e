"""A saved cluster, replayed with real packets: the verdicts are those that were predicted without
any."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.lab

ROOT = Path(__file__).parents[3]
SAVED = str(ROOT / "tests" / "data" / "snapshot-flux")
OUTSIDE = str(ROOT / "tests" / "data" / "snapshot-flux-outside.yaml")


def prober(*arguments: str, code: int) -> str:
    command = [sys.executable, "-m", "prober.cli.main", *arguments]
    done = subprocess.run(command, text=True, capture_output=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def test_what_is_observed_is_what_was_predicted_offline() -> None:
    lines = prober("predict", "-f", SAVED, "-o", "jsonl", code=0).splitlines()
    offline = {
        (line["from"], line["to"], line["port"], line["protocol"]): line["verdict"]
        for line in map(json.loads, lines)
    }
    # The API leaves open how hostNetwork pods are seen, so the run as a whole is not green.
    record = json.loads(prober("matrix", "--lab", "-f", SAVED, "-o", "json", code=3))
    seen = {
        (
            check["source"]["text"],
            check["destination"]["text"],
            check["destination"]["port"],
            check["destination"]["protocol"],
        ): check
        for check in record["checks"]
    }
    assert len(seen) > 500
    assert {key: item["prediction"]["verdict"] for key, item in seen.items()} == {
        key: offline[key] for key in seen
    }
    assert not [entry["name"] for entry in seen.values() if entry["verdict"] != "as-predicted"]


def test_the_stuck_flux_is_stuck_here_too() -> None:
    scenario = str(ROOT / "scenarios" / "flux.yaml")
    record = json.loads(
        prober("run", scenario, "--lab", "-f", SAVED, "-f", OUTSIDE, "-o", "json", code=1)
    )
    outcomes = {
        check["name"]: (check["observation"]["outcome"], check["verdict"])
        for check in record["checks"]
    }
    assert outcomes["source-controller → github.com:443/tcp"] == ("ok", "as-predicted")
    assert outcomes["source-controller → github.com:22/tcp"] == ("rejected", "as-predicted")
    assert outcomes["kustomize-controller → svc/source-controller:80"] == (
        "rejected",
        "as-predicted",
    )
    assert outcomes["kustomize-controller → svc/kubernetes.default:443"] == ("ok", "as-predicted")
    assert {finding["id"] for finding in record["findings"]} >= {"egress-policy-missing-port"}
