"""Around a rollout, with real packets: what opened, what closed, and which policy did it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.lab

WORLD = "".join(
    f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}, namespace: shop}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec: {{containers: [{{name: main, image: main, ports: [{{containerPort: {port}}}]}}]}}
---
"""
    for name, replicas, port in (("web", 2, 8080), ("api", 1, 9000), ("db", 1, 5432))
)
ROLLOUT = """\
# Meant to keep the web away from the database. It closes one flow too many: the web's way to the API.
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web-egress, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Egress]
  egress:
    - to: [{podSelector: {matchLabels: {app: web}}}]
"""
MEANT = """\
apiVersion: prober.dev/v1alpha1
kind: AllowedChanges
changes:
  - {change: closed, from: deploy/web.shop, to: deploy/db.shop, reason: only the API talks to the database}
"""
ALL_MEANT = MEANT + (
    "  - {change: closed, from: deploy/web.shop, to: deploy/api.shop, reason: nor does it "
    "need the API}\n"
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the world before the rollout, and a baseline of it."""
    here = tmp_path_factory.mktemp("shop")
    files = {"world": WORLD, "rollout": ROLLOUT, "meant": MEANT, "all-meant": ALL_MEANT}
    for name, text in files.items():
        (here / f"{name}.yaml").write_text(text)
    done = prober(
        here, "baseline", "save", "before.yaml", "-n", "shop", "--lab", "-f", "world.yaml", code=0
    )
    assert "saved 7 flows among 3 workloads to before.yaml: 7 open" in done.stdout
    return here


def prober(here: Path, *arguments: str, code: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "prober.cli.main", *arguments]
    done = subprocess.run(command, text=True, capture_output=True, check=False, cwd=here)
    assert done.returncode == code, done.stdout + done.stderr
    return done


def diff(here: Path, *arguments: str, code: int) -> dict[str, Any]:
    done = prober(
        here,
        "baseline",
        "diff",
        "before.yaml",
        "--lab",
        "-f",
        "world.yaml",
        *arguments,
        "-o",
        "json",
        code=code,
    )
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def flows(report: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(change["from"], change["to"]): change for change in report["changes"]}


def test_without_a_rollout_nothing_changed(shop: Path) -> None:
    report = diff(shop, code=0)
    assert (report["changes"], report["summary"]["compared"]) == ([], 7)


def test_the_flow_too_many_is_caught_and_the_policy_named(shop: Path) -> None:
    report = diff(shop, "-f", "rollout.yaml", "--allow", "meant.yaml", code=1)
    changed = flows(report)
    assert set(changed) == {
        ("deploy/web.shop", "deploy/db.shop"),
        ("deploy/web.shop", "deploy/api.shop"),
    }
    caught = changed["deploy/web.shop", "deploy/api.shop"]
    assert (caught["change"], caught["standing"], caught["after"]["observed"]) == (
        "closed",
        "changed",
        "closed",
    )
    assert caught["policies"] == [{"namespace": "shop", "name": "web-egress", "edit": "added"}]
    assert changed["deploy/web.shop", "deploy/db.shop"]["standing"] == "allowed"


def test_a_rollout_that_does_what_it_is_meant_to_is_green(shop: Path) -> None:
    report = diff(shop, "-f", "rollout.yaml", "--allow", "all-meant.yaml", code=0)
    assert report["summary"]["byStanding"]["allowed"] == 2


def test_the_same_is_foreseen(shop: Path) -> None:
    done = prober(
        shop,
        "preview",
        "-n",
        "shop",
        "-f",
        "rollout.yaml",
        "--against",
        "world.yaml",
        "-o",
        "json",
        code=1,
    )
    seen = flows(diff(shop, "-f", "rollout.yaml", "--enforcement", "drop", code=1))
    foreseen = flows(json.loads(done.stdout))
    assert {ends for ends in foreseen if "outside" not in ends} == set(seen)
    assert ("deploy/web.shop", "outside") in foreseen


def test_a_policy_that_nobody_enforces_is_told_apart(shop: Path) -> None:
    report = diff(shop, "-f", "rollout.yaml", "--enforcement", "none", code=1)
    assert {(change["change"], change["after"]["observed"]) for change in report["changes"]} == {
        ("predicted", "open")
    }


def test_a_server_that_stopped_is_no_policys_doing(shop: Path) -> None:
    report = diff(shop, "--fault", "not-listening=deploy/db.shop:5432", code=1)
    assert {(entry["change"], entry["after"]["observed"]) for entry in report["changes"]} == {
        ("closed", "refused")
    }
    assert not any(change["policies"] for change in report["changes"])


def test_scaling_down_is_no_change(shop: Path) -> None:
    (shop / "smaller.yaml").write_text(WORLD.replace("replicas: 2", "replicas: 1"))
    done = prober(shop, "baseline", "diff", "before.yaml", "--lab", "-f", "smaller.yaml", code=0)
    assert "deploy/web.shop has only one pod now" in done.stdout
