"""Before a rollout of policies in another language."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from prober.cli.commands.preview import check_served
from prober.cli.group import cli
from prober.manifest import load_manifests
from prober.model.errors import ExitCode, UsageError

POD = """\
apiVersion: v1
kind: Pod
metadata: {{name: {name}, namespace: shop, labels: {{app: {name}}}}}
spec: {{nodeName: n1, containers: [{{name: c, ports: [{{containerPort: 8080}}]}}]}}
status: {{phase: Running, podIPs: [{{ip: 198.18.0.{number}}}]}}
---
"""
SHUT = """\
apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: {name: shut}
spec: {order: 0, selector: "app == 'api'", types: [Ingress], ingress: [{action: Deny}]}
"""


def test_a_policy_of_calico_is_previewed_and_blamed(tmp_path: Path) -> None:
    pods = "".join(POD.format(name=name, number=n) for n, name in enumerate(("web", "api"), 1))
    (tmp_path / "now.yaml").write_text(pods, "utf-8")
    (tmp_path / "new.yaml").write_text(SHUT, "utf-8")
    files = [str(tmp_path / "new.yaml"), "--against", str(tmp_path / "now.yaml")]
    result = CliRunner().invoke(cli, ["preview", "-f", *files], standalone_mode=False)
    assert "GlobalNetworkPolicy shut was added" in result.output
    assert "CLOSED  pod/web.shop → pod/api.shop:8080/tcp  allowed → denied" in result.output
    assert "left out" not in result.output
    assert result.return_value == ExitCode.FAILED


ENGINE = """\
apiVersion: v1
kind: Pod
metadata: {name: kube-router-x, namespace: kube-system, labels: {k8s-app: kube-router}}
spec: {nodeName: n1, hostNetwork: true, containers: [{name: c}]}
status: {phase: Running, podIPs: [{ip: 198.51.100.11}]}
"""


def test_a_policy_that_the_engine_does_not_know_is_said_to_decide_nothing(tmp_path: Path) -> None:
    (tmp_path / "now.yaml").write_text(POD.format(name="api", number=1) + ENGINE, "utf-8")
    (tmp_path / "new.yaml").write_text(SHUT, "utf-8")
    files = [str(tmp_path / "new.yaml"), "--against", str(tmp_path / "now.yaml")]
    result = CliRunner().invoke(cli, ["preview", "-f", *files], standalone_mode=False)
    assert "GlobalNetworkPolicy shut: kube-router enforces there and does not" in result.output
    assert result.return_value == ExitCode.OK


def test_a_policy_whose_crd_is_missing_cannot_be_previewed(tmp_path: Path) -> None:
    (tmp_path / "new.yaml").write_text(SHUT, "utf-8")
    policies = load_manifests([tmp_path / "new.yaml"]).snapshot.other_policies
    check_served(policies, ["apps/v1", "crd.projectcalico.org/v1"], "context c")
    check_served(policies, [], "a cluster that does not say")
    with pytest.raises(UsageError) as caught:
        check_served(policies, ["apps/v1", "cilium.io/v2"], "context c")
    assert "context c does not serve projectcalico.org/v3: GlobalNetworkPolicy" in str(caught.value)
    assert "install the CRDs" in caught.value.hint
