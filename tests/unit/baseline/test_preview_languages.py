"""Before a rollout of policies in another language."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from prober.cli.group import cli
from prober.model.errors import ExitCode

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
