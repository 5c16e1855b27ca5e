"""The mitigation helps whom it should, isolates nobody else, and can be found again."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from prober.cli.main import run
from prober.manifest import load_manifests
from prober.policy.essentials import kept_from_dns, kept_from_monitoring

WORLD = """\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: web, image: web, ports: [{containerPort: 9100, name: metrics}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: free, namespace: shop, labels: {app: free}}
spec: {containers: [{name: free, image: free}]}
---
apiVersion: v1
kind: Pod
metadata: {name: prometheus, namespace: monitoring, labels: {app.kubernetes.io/name: prometheus}}
spec: {containers: [{name: p, image: p}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: shop}
spec:
  podSelector: {matchExpressions: [{key: app, operator: In, values: [web]}]}
  policyTypes: [Ingress, Egress]
"""


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "world.yaml").write_text(WORLD)
    return tmp_path


def test_who_was_cut_off_is_helped_and_nobody_is_isolated(
    world: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["mitigate", "-f", "world.yaml", "--emit", "temporary.yaml"]) == 0
    text = capsys.readouterr().out
    assert "gives dns back to shop/web" in text
    assert "monitoring/prometheus → shop/web:9100/tcp" in text
    policies = list(yaml.safe_load_all((world / "temporary.yaml").read_text()))
    selector = {"matchExpressions": [{"key": "app", "operator": "In", "values": ["web"]}]}
    assert [one["spec"]["podSelector"] for one in policies] == [selector, selector]
    assert all(one["metadata"]["labels"] == {"prober.dev/temporary": "true"} for one in policies)
    after = load_manifests([world / "world.yaml", world / "temporary.yaml"]).snapshot
    assert not any(kept_from_dns(after).values())
    assert not kept_from_monitoring(after)


def test_only_what_is_asked_for(world: Path) -> None:
    assert run(["mitigate", "dns", "-f", "world.yaml", "--emit", "temporary.yaml"]) == 0
    [policy] = yaml.safe_load_all((world / "temporary.yaml").read_text())
    [rule] = policy["spec"]["egress"]
    assert rule["ports"] == [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}]
    assert rule["to"] == [
        {
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
            "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
        }
    ]


def test_where_nobody_is_cut_off_nothing_is_made(
    world: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        run(["mitigate", "-f", "world.yaml", "-n", "monitoring", "--emit", "temporary.yaml"]) == 0
    )
    assert "nothing to give back" in capsys.readouterr().out
    assert not (world / "temporary.yaml").exists()


def test_whom_it_does_not_help_is_named(world: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (world / "more.yaml").write_text(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: shut, "
        "namespace: monitoring}\n"
        "spec: {podSelector: {}, policyTypes: [Egress]}\n"
    )
    assert run(["mitigate", "monitoring", "-f", "."]) == 0
    assert (
        "shop/web stays without monitoring: the policies at the other end deny it too"
        in capsys.readouterr().out
    )


@pytest.mark.parametrize(
    "args", [("--apply", "-f", "world.yaml"), ("--apply", "--undo"), ("--apply",)]
)
def test_a_cluster_is_not_changed_by_accident(world: Path, args: tuple[str, ...]) -> None:
    assert run(["mitigate", *args]) == 2


def plain(text: str) -> str:
    """The world without its NetworkPolicy, and another policy."""
    return WORLD.rpartition("---\n")[0] + "---\n" + text


def test_what_cilium_isolates_a_network_policy_gives_back(
    world: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (world / "world.yaml").write_text(
        plain(
            "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\n"
            "metadata: {name: deny, namespace: shop}\n"
            "spec: {endpointSelector: {matchLabels: {app: web}}, egress: [{}]}\n"
        )
    )
    assert run(["mitigate", "dns", "-f", "world.yaml", "--emit", "temporary.yaml"]) == 0
    assert "gives dns back to shop/web" in capsys.readouterr().out
    after = load_manifests([world / "world.yaml", world / "temporary.yaml"]).snapshot
    assert not any(kept_from_dns(after).values())


@pytest.mark.parametrize(
    "policy",
    [
        "apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {name: deny}\n"
        "spec: {order: 1, selector: app == 'web', types: [Egress], egress: [{action: Deny}]}\n",
        "apiVersion: policy.networking.k8s.io/v1alpha1\nkind: AdminNetworkPolicy\n"
        "metadata: {name: deny}\nspec: {priority: 1, subject: {namespaces: {}}, egress: "
        "[{action: Deny, to: [{namespaces: {}}]}]}\n",
    ],
)
def test_what_no_network_policy_opens_is_said(
    world: Path, capsys: pytest.CaptureFixture[str], policy: str
) -> None:
    (world / "world.yaml").write_text(plain(policy))
    assert run(["mitigate", "dns", "-f", "world.yaml"]) == 0
    text = capsys.readouterr().out
    assert "shop/web stays without dns: no NetworkPolicy can open it, " in text
    assert "deny" in text
    assert "gives dns" not in text
