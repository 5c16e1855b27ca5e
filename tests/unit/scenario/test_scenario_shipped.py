"""The scenarios that come with prober: they load, resolve, and tell the story that they are for."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from prober.manifest import load_documents, load_manifests
from prober.model.check import Check, Expectation
from prober.model.snapshot import Snapshot
from prober.policy.deciding.rules.selectors import selects
from prober.scenario import load_scenario, resolve
from prober.scenario.reading.schema import schema_text

ROOT = Path(__file__).parents[3] / "scenarios"
FILES = sorted(ROOT.glob("*.yaml"))


def resolved(path: Path) -> tuple[tuple[Check, ...], Snapshot]:
    scenario = load_scenario(path)
    loaded = load_manifests(scenario.lab_manifests)
    assert loaded.warnings == ()
    outside = [host.name for host in loaded.lab.outside] if loaded.lab else []
    return resolve(scenario, loaded.snapshot, outside=outside, addressed=False), loaded.snapshot


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_is_what_its_schema_says(path: Path) -> None:
    [document] = load_documents(path)
    jsonschema.Draft202012Validator(json.loads(schema_text())).validate(document.value)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_resolves_against_its_own_lab(path: Path) -> None:
    checks, _ = resolved(path)
    assert len({check.id for check in checks}) == len(checks) > 0
    assert len({check.name for check in checks}) == len(checks)


def test_flux_reads_like_a_report() -> None:
    checks, _ = resolved(ROOT / "flux.yaml")
    assert [check.name for check in checks] == [
        "source-controller → dns github.com",
        "source-controller → github.com:443/tcp",
        "source-controller → github.com:22/tcp",
        "kustomize-controller → svc/source-controller:80",
        "helm-controller → svc/source-controller:80",
        "kustomize-controller → svc/kubernetes.default:443",
        "prometheus.monitoring → deploy/source-controller.flux-system:8080",
        "ingress-nginx-controller.ingress-nginx → svc/webhook-receiver.flux-system:80",
    ]
    assert {check.expected for check in checks} == {Expectation.OK}


def test_the_broken_flux_lacks_what_its_controllers_need() -> None:
    _, snapshot = resolved(ROOT / "flux.yaml")
    policies = {policy.name: policy for policy in snapshot.policies}
    hardened = policies["allow-egress"]
    assert set(policies) == {"allow-egress", "allow-scraping", "allow-webhooks"}
    assert hardened.types == ("Egress",)
    assert {port.port for rule in hardened.egress for port in rule.ports} == {443, 6443, 53}
    source = next(
        pod for pod in snapshot.pods.values() if pod.owner and pod.owner.name == "source-controller"
    )
    selecting = {
        policy.name for policy in snapshot.policies if selects(policy.pod_selector, source.labels)
    }
    assert selecting == {"allow-egress", "allow-scraping"}


def test_the_mended_flux_checks_the_same_and_more() -> None:
    broken, _ = resolved(ROOT / "flux.yaml")
    mended, snapshot = resolved(ROOT / "flux-fixed.yaml")
    assert {check.name for check in broken} < {check.name for check in mended}
    allowed = next(policy for policy in snapshot.policies if policy.name == "allow-egress")
    assert {22, 9090} <= {port.port for rule in allowed.egress for port in rule.ports}


def test_the_two_controllers_of_the_story_are_on_different_nodes() -> None:
    _, snapshot = resolved(ROOT / "flux.yaml")
    nodes = {pod.owner.name: pod.node for pod in snapshot.pods.values() if pod.owner}
    assert nodes["source-controller"] != nodes["kustomize-controller"]
