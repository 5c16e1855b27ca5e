"""Before a rollout: what edited policies would open and close, by prediction alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from baseline_world import DB, DENY, TO_DB, WEB, pod, policy, world

from prober.baseline.preview import PreviewRequest, applied, preview
from prober.cli.main import run
from prober.model.baseline import ChangeKind, ChangeReport, FlowKey
from prober.model.check import Endpoint, EndpointKind, Flow
from prober.model.errors import ExitCode
from prober.model.objects import Namespace, Ref
from prober.model.prediction import Ruling
from prober.policy.predictor import Predictor

OTHER = pod("web-abc-z", "web", 8, 8080, owner="web")


def previewed(
    tmp_path: Path, before: tuple[str, ...], policies: str, deleted: tuple[Ref, ...] = ()
) -> ChangeReport:
    now = world(tmp_path, *before)
    new = world(tmp_path, policies).policies if policies else ()
    return preview(now, applied(now, new, (), deleted), PreviewRequest("preview", "world.yaml"))


def test_a_policy_that_closes_one_flow_too_many(tmp_path: Path) -> None:
    report = previewed(
        tmp_path,
        (WEB, OTHER, DB),
        policy("hard", "{matchLabels: {app: web}}", "policyTypes: [Egress]"),
    )
    found = {
        str(one.key): (one.kind, [edit.policy.name for edit in one.edits]) for one in report.changes
    }
    assert {key: value for key, value in found.items() if "outside" not in key} == {
        "deploy/web.shop → deploy/web.shop:8080/tcp": (ChangeKind.CLOSED, ["hard"]),
        "deploy/web.shop → pod/db.shop:5432/tcp": (ChangeKind.CLOSED, ["hard"]),
    }
    assert report.exit_code is ExitCode.FAILED


def test_a_policy_that_changes_nothing(tmp_path: Path) -> None:
    report = previewed(tmp_path, (WEB, DB, TO_DB), TO_DB)
    assert (report.changes, report.edits, report.exit_code) == ((), (), ExitCode.OK)
    assert report.compared == 2, "web → db and db → web; a lone pod has no flow among its own"


def test_a_policy_that_is_deleted(tmp_path: Path) -> None:
    report = previewed(tmp_path, (WEB, DB, DENY), "", (Ref("NetworkPolicy", "shop", "deny"),))
    assert {one.kind for one in report.changes} == {ChangeKind.OPENED}
    assert {str(edit) for one in report.changes for edit in one.edits} == {
        "NetworkPolicy shop/deny was removed"
    }


def test_labels_of_a_namespace_count_too(tmp_path: Path) -> None:
    team = policy(
        "team", "{}", "ingress: [{from: [{namespaceSelector: {matchLabels: {team: a}}}]}]"
    )
    now = world(tmp_path, WEB, DB, team)
    after = applied(now, (), (Namespace("shop", {"team": "a"}),), ())
    report = preview(now, after, PreviewRequest("preview", "world.yaml"))
    assert {one.kind for one in report.changes} == {ChangeKind.OPENED}
    assert "labels of a namespace" in report.changes[0].reasons[0]


def outside(report: ChangeReport) -> dict[str, ChangeKind]:
    return {str(one.key): one.kind for one in report.changes if "outside" in str(one.key)}


GIT_ONLY = policy(
    "git", "{matchLabels: {app: web}}", "policyTypes: [Egress], egress: [{ports: [{port: 443}]}]"
)


def test_a_policy_that_forgets_git_over_ssh(tmp_path: Path) -> None:
    assert outside(previewed(tmp_path, (WEB, DB), GIT_ONLY)) == {
        f"deploy/web.shop → outside:{port}": ChangeKind.CLOSED
        for port in ("22/tcp", "53/udp", "80/tcp")
    }


def test_the_outside_is_told_apart_as_far_as_policies_do(tmp_path: Path) -> None:
    """The company's network stays open, and everything else is closed."""
    block = "egress: [{ports: [{port: 443}]}, {to: [{ipBlock: {cidr: 203.0.113.0/24}}]}]"
    report = previewed(
        tmp_path, (WEB, DB, GIT_ONLY), GIT_ONLY.replace("egress: [{ports: [{port: 443}]}]", block)
    )
    assert outside(report) == {
        f"deploy/web.shop → outside/203.0.113.0/24:{port}": ChangeKind.OPENED
        for port in ("22/tcp", "53/udp", "80/tcp")
    }


def test_from_outside_only_declared_ports_count(tmp_path: Path) -> None:
    found = outside(
        previewed(
            tmp_path, (WEB, DB), policy("in", "{matchLabels: {app: web}}", "policyTypes: [Ingress]")
        )
    )
    assert found == {"outside → deploy/web.shop:8080/tcp": ChangeKind.CLOSED}


def test_every_flow_that_changes_is_found_and_no_other(tmp_path: Path) -> None:
    """Held against the predictor, flow by flow."""
    new = DENY + "---\n" + TO_DB.replace("{}}]", "{matchLabels: {app: web}}}]")
    now = world(tmp_path, WEB, DB, pod("cache", "cache", 7, 6379), TO_DB)
    after = applied(now, world(tmp_path, new).policies, (), ())
    report = preview(now, after, PreviewRequest("preview", "world.yaml"))
    changed = {one.key for one in report.changes if "outside" not in str(one.key)}
    names = {"web-abc-x": "deploy/web.shop", "db": "pod/db.shop", "cache": "pod/cache.shop"}
    old, then = Predictor(now), Predictor(after)
    for source in now.pods.values():
        for target in now.pods.values():
            if source is not target:
                port = target.ports[0].number
                ends = (
                    Endpoint(EndpointKind.POD, one.namespace, one.name) for one in (source, target)
                )
                flow = Flow(*ends, "TCP", port)
                key = FlowKey(names[source.name], names[target.name], port, "TCP")
                assert (key in changed) is (
                    old.rulings(flow).verdict is not then.rulings(flow).verdict
                ), str(key)
    assert {one.before.predicted.value for one in report.changes if one.before} == {
        Ruling.ALLOWED.value
    }


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "current.yaml").write_text("---\n".join((WEB, DB, TO_DB)))
    (tmp_path / "new.yaml").write_text(
        policy("hard", "{matchLabels: {app: web}}", "policyTypes: [Egress]")
    )
    (tmp_path / "allow.yaml").write_text(
        "apiVersion: prober.dev/v1alpha1\nkind: AllowedChanges\nchanges:\n"
        "  - {change: closed, from: deploy/web.shop, reason: the web has no business there}\n"
    )
    return tmp_path


PREVIEW = ("preview", "-f", "new.yaml", "--against", "current.yaml")


def test_what_a_person_sees(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*PREVIEW]) == 1
    out = capsys.readouterr().out
    assert "NetworkPolicy shop/hard was added" in out
    assert "CLOSED  deploy/web.shop → pod/db.shop:5432/tcp  allowed → denied" in out
    assert "CLOSED  deploy/web.shop → outside:22/tcp        allowed → denied" in out
    assert out.endswith("exit 1\n")


def test_what_is_allowed_is_green(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*PREVIEW, "--allow", "allow.yaml"]) == 0
    assert "the web has no business there (allow.yaml:4)" in capsys.readouterr().out


@pytest.mark.parametrize("form", ["json", "yaml", "junit", "tap"])
def test_every_format_tells_it(here: Path, capsys: pytest.CaptureFixture[str], form: str) -> None:
    assert run([*PREVIEW, "-o", form, "--report", "out.json"]) == 1
    out = capsys.readouterr().out
    assert "pod/db.shop" in out
    assert "hard" in out
    assert (
        json.loads((here / "out.json").read_text())["changes"][0]["policies"][0]["edit"] == "added"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("preview", "--against", "current.yaml"), "there is nothing to preview"),
        ((*PREVIEW, "--delete", "shop/to-dv"), "did you mean `shop/to-db`?"),
        ((*PREVIEW, "-n", "shop", "-A"), "-n and -A contradict each other"),
        ((*PREVIEW, "-l", "app=a=b"), "`a=b` is not a label's value"),
        ((*PREVIEW, "--allow", "nowhere.yaml"), "nowhere.yaml"),
        (("preview", "-f", "nowhere", "--against", "current.yaml"), "nowhere"),
    ],
)
def test_wrong_input_is_told(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    assert run([*arguments]) == 2
    assert said in capsys.readouterr().err


def test_nothing_in_scope_is_not_green(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*PREVIEW, "-l", "app=nobody"]) == 3
    assert "nothing could be compared" in capsys.readouterr().out


def test_objects_that_are_not_previewed_are_said(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    service = (
        "apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: shop}\nspec: {ports: "
        "[{port: 80}]}\n"
    )
    (here / "new.yaml").write_text((here / "new.yaml").read_text() + "---\n" + service)
    assert run([*PREVIEW]) == 1
    assert "Service of -f are left out" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("new", "said"),
    [
        (
            policy("hard", "{matchLabels: {app: wep}}", "policyTypes: [Egress]"),
            "NetworkPolicy shop/hard selects nothing: no pod in these manifests of shop has app=wep",
        ),
        (
            policy("hard", "{}", "policyTypes: [Ingress]").replace(
                "namespace: shop", "namespace: shpo"
            ),
            "NetworkPolicy shpo/hard is in namespace shpo, which is not there: did you mean `shop`?",
        ),
        (
            policy(
                "hard",
                "{matchLabels: {app: web}}",
                "ingress: [{from: [{namespaceSelector: {matchLabels: "
                "{kubernetes.io/metadata.name: monitoring}}}]}]",
            ),
            "no namespace in these manifests has kubernetes.io/metadata.name=monitoring",
        ),
    ],
)
def test_a_policy_without_effect_is_never_green(
    here: Path, capsys: pytest.CaptureFixture[str], new: str, said: str
) -> None:
    (here / "new.yaml").write_text(new)
    (here / "allow.yaml").write_text(
        "apiVersion: prober.dev/v1alpha1\nkind: AllowedChanges\nchanges:\n"
        "  - {change: closed, reason: all of it}\n"
    )
    assert run([*PREVIEW, "--allow", "allow.yaml", "--report", "out.json"]) == 1
    assert said in " ".join(capsys.readouterr().out.split())
    [problem] = json.loads((here / "out.json").read_text())["problems"]
    assert said in problem


def test_a_policy_for_pods_to_come_is_no_problem(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of a CronJob, or of a workload that is scaled to zero."""
    template = "{metadata: {labels: {app: late}}, spec: {containers: [{name: c}]}}"
    late = (
        "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: late, namespace: shop}\n"
        f"spec: {{replicas: 0, selector: {{matchLabels: {{app: late}}}}, template: {template}}}\n"
    )
    (here / "current.yaml").write_text((here / "current.yaml").read_text() + late)
    (here / "new.yaml").write_text(
        policy("late", "{matchLabels: {app: late}}", "policyTypes: [Ingress]")
    )
    assert run([*PREVIEW]) == 0
    assert "without effect" not in capsys.readouterr().out
