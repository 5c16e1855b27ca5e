"""Audits of what real charts render: nothing there is called never that is only not there yet."""

from __future__ import annotations

from pathlib import Path

import pytest
from audit_world import PODS, found, ids, policy

TEMPLATE = "{metadata: {labels: {app: job}}, spec: {containers: [{name: c, image: x}]}}"
CRON_JOB = f"""\
---
apiVersion: batch/v1
kind: CronJob
metadata: {{name: job, namespace: shop}}
spec: {{schedule: "@daily", jobTemplate: {{spec: {{template: {TEMPLATE}}}}}}}
"""
ZERO = f"""\
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: job, namespace: shop}}
spec: {{replicas: 0, selector: {{matchLabels: {{app: job}}}}, template: {TEMPLATE}}}
"""
ROLLOUT = f"""\
---
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {{name: job, namespace: shop}}
spec: {{replicas: 0, template: {TEMPLATE}}}
"""
OPERATOR = """\
---
apiVersion: monitoring.coreos.com/v1
kind: Alertmanager
metadata: {name: main, namespace: shop}
spec: {podMetadata: {labels: {app: job}}}
"""
HOOKS = """\
---
apiVersion: v1
kind: Pod
metadata: {name: web-test, namespace: shop, labels: {app: test}, annotations: {helm.sh/hook: test}}
spec: {containers: [{name: c, image: x}]}
"""
FOR_THE_JOB = policy(
    "job", "podSelector: {matchLabels: {app: job}}\ningress: [{ports: [{port: 1}]}]"
) + policy(
    "web",
    "podSelector: {matchLabels: {app: web}}\n"
    "ingress: [{from: [{podSelector: {matchLabels: {app: job}}}], ports: [{port: 8080}]}]",
)


@pytest.mark.parametrize("maker", [CRON_JOB, ZERO, ROLLOUT, OPERATOR])
def test_every_pod_template_counts_as_pods_that_policies_may_be_meant_for(
    maker: str, tmp_path: Path
) -> None:
    quiet = {"policy-selects-nothing", "rule-never-matches"}
    assert not quiet & ids(found(tmp_path, PODS, maker, FOR_THE_JOB))
    assert quiet <= ids(found(tmp_path, PODS, FOR_THE_JOB))


def test_what_is_missing_is_missing_in_these_manifests(tmp_path: Path) -> None:
    selects, matches = (
        next(one for one in found(tmp_path, PODS, FOR_THE_JOB) if one.id == check)
        for check in ("policy-selects-nothing", "rule-never-matches")
    )
    assert selects.message == (
        "NetworkPolicy shop/job selects nothing: no pod in these manifests of shop has app=job"
    )
    assert "delete" not in selects.hint
    assert matches.message.endswith("no pod in these manifests of shop has app=job")
    assert matches.hint == "where those pods come from other manifests, give those with -f too"


def test_hooks_and_tests_of_helm_are_not_uncovered(tmp_path: Path) -> None:
    messages = [one.message for one in found(tmp_path, PODS, HOOKS)]
    assert not [message for message in messages if "web-test" in message]


@pytest.mark.parametrize(
    "ports", ["[{port: 80}, {port: 8080}]", "[{port: 80}, {port: http}]", "[{port: 80}, {}]"]
)
def test_a_rule_that_also_allows_the_pods_port_is_no_error(ports: str, tmp_path: Path) -> None:
    both = policy("x", f"podSelector: {{matchLabels: {{app: web}}}}\ningress: [{{ports: {ports}}}]")
    assert "service-port-in-rule" not in ids(found(tmp_path, PODS, both))


def test_cluster_dns_that_manifests_leave_out_is_no_peer_that_never_matches(tmp_path: Path) -> None:
    """Also where another object says that kube-system is there."""
    space = "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: kube-system}\n"
    dns = policy(
        "dns",
        "podSelector: {}\npolicyTypes: [Egress]\negress: [{to: [{namespaceSelector: {matchLabels: "
        "{kubernetes.io/metadata.name: kube-system}}, podSelector: {matchLabels: {k8s-app: "
        "kube-dns}}}], ports: [{protocol: UDP, port: 53}, {port: 53}]}]",
    )
    assert "rule-never-matches" not in ids(found(tmp_path, PODS, space, dns))
