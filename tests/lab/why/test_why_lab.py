"""`prober why` in the lab: from lines, events and conditions to the cause, and calm where nothing
fails."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from prober.cli.main import run
from prober.model.errors import ExitCode

pytestmark = pytest.mark.lab

WORLD = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      nodeName: n1
      containers:
        - name: api
          image: api
          ports: [{name: http, containerPort: 8080}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: db, namespace: shop}
spec:
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      nodeName: n2
      containers:
        - name: db
          image: db
          ports: [{name: pg, containerPort: 5432}]
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec:
  clusterIP: 198.19.0.40
  selector: {app: db}
  ports: [{port: 5432}]
"""
DENY = """
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  policyTypes: [Ingress]
"""
LAB = """
---
apiVersion: prober.dev/v1alpha1
kind: Lab
metadata: {name: why}
"""
NOISE = [
    '198.18.1.9 - - [27/Nov/2026:03:12:09 +0000] "GET /?to=db:5432 HTTP/1.1" 502 157',
    "listening on 0.0.0.0:8080",
    "retry 2 to db:5432 succeeded after connection refused",
    'FATAL: password authentication failed for user "app"',
]

Why = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def why(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Why:
    """Ask in a lab of this world; the exit code and the answer."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    def asked(world: str, *args: str) -> tuple[int, dict[str, Any]]:
        file = tmp_path / "world.yaml"
        file.write_text(world)
        code = run(["why", "--lab", "-f", str(file), "-o", "json", *args])
        return code, json.loads(capsys.readouterr().out)

    return asked


def log(*lines: str, of: str = "deploy/api.shop") -> str:
    return LAB + "logs:\n" + f"  - of: {of}\n    lines: {json.dumps(lines)}\n"


def test_noisy_logs_of_a_healthy_namespace_are_nothing(why: Why) -> None:
    code, answer = why(WORLD + log(*NOISE), "-n", "shop")
    assert (code, answer["complaints"]) == (ExitCode.OK, [])


def test_what_works_again_is_over(why: Why) -> None:
    code, answer = why(WORLD + log("cannot reach db:5432: connection refused"), "-n", "shop")
    assert code == ExitCode.OK
    assert [complaint["state"] for complaint in answer["complaints"]] == ["over"]


def test_a_denied_connection_has_its_policy_as_the_cause(why: Why) -> None:
    line = "dial tcp 198.19.0.40:5432: connect: connection refused"
    code, answer = why(WORLD + DENY + log(line, line, *NOISE), "deploy/api.shop")
    assert code == ExitCode.FAILED
    assert "shop/db" in answer["answer"]
    assert [(complaint["state"], complaint["count"]) for complaint in answer["complaints"]] == [
        ("holds", 2)
    ]


def test_a_line_alone_is_tried_from_the_namespace(why: Why) -> None:
    code, answer = why(WORLD + DENY, "failed to connect to db.shop:5432: i/o timeout", "-n", "shop")
    assert code == ExitCode.FAILED
    sources = [check["vantage"]["id"] for check in answer["run"]["checks"]]
    assert sources == ["pod/shop/api-0"], "the target itself did not dial"


def test_a_line_without_a_namespace_is_tried_from_whoever_could_have_written_it(why: Why) -> None:
    code, answer = why(WORLD + DENY, "failed to connect to db.shop:5432: i/o timeout")
    assert code == ExitCode.FAILED
    assert [check["vantage"]["id"] for check in answer["run"]["checks"]] == ["pod/shop/api-0"]


def test_the_cause_of_the_most_frequent_complaint_comes_first_and_is_fix_1(
    why: Why, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    often = ["cannot reach db:5432: connection refused"] * 3
    once = "getaddrinfo ENOTFOUND dbx.shop"
    code, answer = why(WORLD + DENY + log(once, *often), "-n", "shop")
    assert code == ExitCode.FAILED
    assert answer["findings"] == ["ingress-default-deny", "no-such-name"]
    assert [item["id"] for item in answer["run"]["findings"]] == answer["findings"]
    assert run(["why", "--lab", "-f", str(tmp_path / "world.yaml"), "-n", "shop"]) == code
    assert "(`prober fix 1 --apply`)" in capsys.readouterr().out.replace("\n", " ")


def test_fixes_that_one_connection_needs_are_suggested_together(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    run(["why", "-n", "shop", "--lab", "-f", "scenarios/policy-guide.yaml"])
    assert "(`prober fix 1 2 --apply`)" in capsys.readouterr().out


def test_lines_on_stdin_with_their_writer(why: Why, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "\n".join([*NOISE, "Error: connect ECONNREFUSED 198.19.0.40:5432"])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    code, answer = why(WORLD + DENY, "-", "--from", "deploy/api", "-n", "shop")
    assert code == ExitCode.FAILED
    assert answer["lookedAt"] == ["5 given lines"]


def test_a_line_may_name_its_writer_as_kubectl_logs_does(
    why: Why, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "[pod/api-0/api] Error: connect ECONNREFUSED 198.19.0.40:5432"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    code, answer = why(WORLD + DENY, "-", "-n", "shop")
    assert code == ExitCode.FAILED
    assert [complaint["about"] for complaint in answer["complaints"]] == ["pod/api-0.shop"]


def test_the_kubelet_dials_from_the_node(why: Why) -> None:
    message = (
        'Readiness probe failed: Get "http://198.18.1.2:8080/": '
        "dial tcp 198.18.1.2:8080: connect: connection refused"
    )
    event = f"events:\n  - of: deploy/api.shop\n    message: {json.dumps(message)}\n    count: 7\n"
    code, answer = why(
        WORLD + LAB + event, "-n", "shop", "--fault", "not-listening=deploy/api.shop"
    )
    assert code == ExitCode.FAILED
    assert [check["vantage"]["id"] for check in answer["run"]["checks"]] == ["node/n1"]
    assert answer["complaints"][0]["count"] == 7


def test_a_pod_that_is_gone_is_said_to_be(why: Why) -> None:
    code, answer = why(WORLD + log("dial tcp 198.18.1.77:80: i/o timeout"), "-n", "shop")
    assert code == ExitCode.UNKNOWN
    assert answer["complaints"][0]["reason"] == "no pod has 198.18.1.77 any more"


def test_what_a_pod_dialled_in_itself_is_not_probed(why: Why) -> None:
    code, answer = why(WORLD + log("dial tcp 127.0.0.1:5432: connect: connection refused"))
    assert code == ExitCode.UNKNOWN
    assert answer["complaints"][0]["reason"] == "it dialled itself"


def test_at_most_so_many_checks_are_made_and_the_others_counted(why: Why) -> None:
    lines = [f"dial tcp 198.19.0.40:{port}: i/o timeout" for port in range(5432, 5440)]
    code, answer = why(WORLD + DENY + log(*lines), "--checks", "3")
    assert code == ExitCode.FAILED
    assert (len(answer["run"]["checks"]), len(answer["leftOut"])) == (3, 5)


@pytest.mark.parametrize("asked", [("-n", "shpo"), ("deploy/apo.shop",), ("kustomization/x.shop",)])
def test_what_is_not_there_is_no_health(
    asked: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "world.yaml"
    file.write_text(WORLD + LAB)
    assert run(["why", "--lab", "-f", str(file), *asked]) == ExitCode.USAGE
    said = capsys.readouterr().err
    assert "there is no namespace `shpo`" in said or "nothing is known of" in said


@pytest.mark.parametrize("line", NOISE)
def test_a_line_without_a_symptom_is_said_to_have_none(
    line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["why", line, "--lab", "-f", "scenarios/flux", "-n", "shop"]) == ExitCode.USAGE
    assert "tells of no failed connection" in capsys.readouterr().err
