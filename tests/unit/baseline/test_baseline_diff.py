"""What changed between two moments, and whose doing it was."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from baseline_world import DB, DENY, TO_DB, WEB, pod, policy, surveyed, world

from prober.baseline.allow import Allowance
from prober.baseline.diff import diff
from prober.model.baseline import Change, ChangeKind, ChangeReport, ChangeStatus, EditKind, Scope
from prober.model.errors import ExitCode, Location
from prober.model.objects import Ref
from prober.model.outcome import Outcome
from prober.model.probe import Failure
from prober.model.snapshot import Snapshot

TO_THE_DB = "shop/web-abc-x → shop/db:5432/tcp"
DATABASE = "deploy/web.shop → pod/db.shop:5432/tcp"


def changed(
    before: Snapshot,
    after: Snapshot,
    then: dict[str, Outcome] | None = None,
    now: dict[str, Outcome] | None = None,
    allowances: tuple[Allowance, ...] = (),
) -> ChangeReport:
    old, _ = surveyed(before, then)
    new, run = surveyed(after, now)
    return diff(old.baseline, new, run, allowances, "baseline before.yaml")


def only(report: ChangeReport) -> Change:
    (change,) = report.changes
    return change


def test_nothing_changed(tmp_path: Path) -> None:
    snapshot = world(tmp_path, WEB, DB, TO_DB)
    report = changed(snapshot, snapshot)
    assert (report.changes, report.exit_code, report.compared) == ((), ExitCode.OK, 2)


def test_pods_that_a_rollout_replaces_are_no_change(tmp_path: Path) -> None:
    new = (
        WEB.replace("web-abc-x", "web-def-y")
        .replace("web-abc", "web-def")
        .replace("hash: abc", "hash: def")
    )
    after = world(tmp_path, new.replace(".5}", ".77}"), DB, TO_DB)
    assert ("shop", "web-def-y") in after.pods
    assert changed(world(tmp_path, WEB, DB, TO_DB), after).changes == ()


def test_a_new_policy_that_closes_a_flow_is_named(tmp_path: Path) -> None:
    hardened = policy("hard", "{matchLabels: {app: web}}", "policyTypes: [Egress]")
    change = only(
        changed(world(tmp_path, WEB, DB, TO_DB), world(tmp_path, WEB, DB, TO_DB, hardened))
    )
    assert (str(change.key), change.kind, change.status) == (
        DATABASE,
        ChangeKind.CLOSED,
        ChangeStatus.CHANGED,
    )
    assert [(edit.policy.name, edit.kind) for edit in change.edits] == [("hard", EditKind.ADDED)]
    assert "shop/hard" in change.reasons[0]


def test_a_policy_that_was_removed_is_named_although_it_decides_nothing_any_more(
    tmp_path: Path,
) -> None:
    report = changed(world(tmp_path, WEB, DB, DENY, TO_DB), world(tmp_path, WEB, DB, DENY))
    change = only(report)
    assert (change.kind, str(change.edits[0])) == (
        ChangeKind.CLOSED,
        "NetworkPolicy shop/to-db was removed",
    )
    report = changed(world(tmp_path, WEB, DB, DENY), world(tmp_path, WEB, DB))
    assert {one.kind for one in report.changes} == {ChangeKind.OPENED}
    assert {str(edit) for one in report.changes for edit in one.edits} == {
        "NetworkPolicy shop/deny was removed"
    }


def test_of_two_edits_only_the_one_that_did_it_is_blamed(tmp_path: Path) -> None:
    stricter = TO_DB.replace("port: 5432", "port: 5433")
    idle = policy("idle", "{matchLabels: {app: nobody}}", "policyTypes: [Ingress]")
    report = changed(world(tmp_path, WEB, DB, TO_DB), world(tmp_path, WEB, DB, stricter, idle))
    assert [edit.policy.name for edit in only(report).edits] == ["to-db"]
    assert only(report).edits[0].kind is EditKind.CHANGED
    assert [edit.policy.name for edit in report.edits] == ["idle", "to-db"]


def test_two_edits_that_each_close_it_are_both_named(tmp_path: Path) -> None:
    out = policy("out", "{matchLabels: {app: web}}", "policyTypes: [Egress]")
    into = policy("into", "{matchLabels: {app: db}}", "policyTypes: [Ingress]")
    report = changed(world(tmp_path, WEB, DB), world(tmp_path, WEB, DB, out, into))
    change = next(one for one in report.changes if str(one.key) == DATABASE)
    assert {edit.policy.name for edit in change.edits} == {"out", "into"}


def test_labels_that_changed_are_told_where_no_policy_did(tmp_path: Path) -> None:
    allow = policy(
        "a",
        "{matchLabels: {app: db}}",
        "ingress: [{from: [{podSelector: {matchLabels: {tier: front}}}]}]",
    )
    before = world(
        tmp_path, pod("web-abc-x", "web", 5, 8080, owner="web", more=", tier: front"), DB, allow
    )
    change = only(changed(before, world(tmp_path, WEB, DB, allow)))
    assert (change.kind, change.edits) == (ChangeKind.CLOSED, ())
    assert "the labels of deploy/web.shop changed: -tier=front" in change.reasons


def test_a_network_that_does_otherwise_than_before_is_not_blamed_on_policies(
    tmp_path: Path,
) -> None:
    snapshot = world(tmp_path, WEB, DB)
    change = only(changed(snapshot, snapshot, now={TO_THE_DB: Outcome.REJECTED}))
    assert (change.kind, change.edits) == (ChangeKind.CLOSED, ())
    assert "then as now" in change.reasons[0]


def test_a_policy_that_nobody_enforces_changes_the_prediction_only(tmp_path: Path) -> None:
    after = world(
        tmp_path, WEB, DB, policy("hard", "{matchLabels: {app: web}}", "policyTypes: [Egress]")
    )
    report = changed(world(tmp_path, WEB, DB), after, now={TO_THE_DB: Outcome.OK})
    assert (only(report).kind, report.exit_code) == (ChangeKind.PREDICTED, ExitCode.FAILED)
    assert only(report).edits[0].policy.name == "hard"


def test_what_was_ok_and_cannot_be_found_out_is_never_green(tmp_path: Path) -> None:
    snapshot = world(tmp_path, WEB, DB)
    for outcome in (
        Outcome.TIMEOUT,
        Outcome.ERROR,
        Outcome.REFUSED,
    ):  # without a control that succeeds
        report = changed(snapshot, snapshot, now={TO_THE_DB: outcome})
        assert (only(report).kind, only(report).status) == (
            ChangeKind.UNKNOWN,
            ChangeStatus.UNSURE,
        )
        assert report.exit_code is ExitCode.UNKNOWN


def test_what_was_unknown_in_the_same_way_is_said_and_loses_nothing(tmp_path: Path) -> None:
    snapshot = world(tmp_path, WEB, DB)
    silent = {TO_THE_DB: Outcome.TIMEOUT}
    report = changed(snapshot, snapshot, silent, silent)
    assert (only(report).kind, only(report).status, report.exit_code) == (
        ChangeKind.UNKNOWN,
        ChangeStatus.AS_BEFORE,
        ExitCode.OK,
    )
    broken = {TO_THE_DB: Outcome.ERROR}
    assert changed(snapshot, snapshot, broken, broken).exit_code is ExitCode.UNKNOWN


def test_unknown_both_times_but_predicted_otherwise_is_a_change(tmp_path: Path) -> None:
    silent = {TO_THE_DB: Outcome.TIMEOUT}
    after = world(
        tmp_path, WEB, DB, policy("hard", "{matchLabels: {app: web}}", "policyTypes: [Egress]")
    )
    report = changed(world(tmp_path, WEB, DB), after, silent, silent)
    assert (only(report).kind, report.exit_code) == (ChangeKind.PREDICTED, ExitCode.FAILED)


def test_a_comparison_of_nothing_is_never_green(tmp_path: Path) -> None:
    snapshot = world(tmp_path, WEB, DB)
    silent = dict.fromkeys((TO_THE_DB, "shop/db → shop/web-abc-x:8080/tcp"), Outcome.TIMEOUT)
    report = changed(snapshot, snapshot, silent, silent)
    assert (report.compared, report.exit_code) == (0, ExitCode.UNKNOWN)


def test_a_vantage_that_failed_is_never_green(tmp_path: Path) -> None:
    survey, run = surveyed(world(tmp_path, WEB, DB))
    failed = replace(run, failures=(Failure("pod/shop/web-abc-x", "its image cannot be pulled"),))
    assert diff(survey.baseline, survey, failed, (), "b").exit_code is ExitCode.UNKNOWN


def test_what_came_and_what_went_is_said(tmp_path: Path) -> None:
    small, large = (
        world(tmp_path, WEB, DB),
        world(tmp_path, WEB, DB, pod("cache", "cache", 7, 6379)),
    )
    for before, after, kind, when in (
        (small, large, ChangeKind.APPEARED, "was not there before"),
        (large, small, ChangeKind.VANISHED, "is not there any more"),
    ):
        report = changed(before, after)
        assert {one.kind for one in report.changes} == {kind}
        assert {reason for one in report.changes for reason in one.reasons} == {
            f"pod/cache.shop {when}"
        }
        assert report.exit_code is ExitCode.FAILED


def test_a_port_that_came_is_said(tmp_path: Path) -> None:
    change = only(
        changed(world(tmp_path, WEB, DB), world(tmp_path, WEB, pod("db", "db", 6, 5432, 9187)))
    )
    assert (change.kind, change.reasons) == (
        ChangeKind.APPEARED,
        ("port 9187/tcp of pod/db.shop was not there before",),
    )


def test_scaling_is_no_change(tmp_path: Path) -> None:
    more = pod("web-abc-z", "web", 8, 8080, owner="web")
    for before, after in ((WEB, WEB + "---\n" + more), (WEB + "---\n" + more, WEB)):
        report = changed(world(tmp_path, before, DB), world(tmp_path, after, DB))
        assert (only(report).status, report.exit_code) == (ChangeStatus.AS_BEFORE, ExitCode.OK)
        assert "has only one pod" in only(report).reasons[0]


def test_a_flow_that_some_pods_lost_is_closed(tmp_path: Path) -> None:
    snapshot = world(tmp_path, WEB, DB, pod("web-abc-z", "web", 8, 8080, owner="web"))
    report = changed(snapshot, snapshot, now={TO_THE_DB: Outcome.REJECTED})
    assert (only(report).kind, only(report).after.share) == (ChangeKind.CLOSED, "1/2")  # type: ignore[union-attr]


def test_pods_of_jobs_and_pods_that_start_take_no_part(tmp_path: Path) -> None:
    job = pod("job-x", "job", 9, 80, owner="job").replace("kind: ReplicaSet", "kind: Job")
    starting = pod("web-abc-s", "web", 8, 8080, owner="web").replace(
        "podIP: ", "conditions: [{type: Ready, status: 'False'}], podIP: "
    )
    survey, _ = surveyed(world(tmp_path, WEB, DB, job, starting))
    assert list(survey.baseline.workloads) == ["deploy/web.shop", "pod/db.shop"]
    assert {
        record.check.vantage.name for records in survey.records.values() for record in records
    } == {
        "db",
        "web-abc-x",
    }


def test_the_scope_chooses_the_pods(tmp_path: Path) -> None:
    snapshot = world(tmp_path, WEB, DB, pod("web-abc-z", "web", 8, 8080, owner="web"))
    assert list(surveyed(snapshot, scope=Scope(selector="app=web"))[0].baseline.workloads) == [
        "deploy/web.shop"
    ]
    assert not surveyed(snapshot, scope=Scope(("other",)))[0].baseline.workloads
    one, _ = surveyed(snapshot, scope=Scope(every_pod=False))
    assert {len(records) for records in one.records.values()} == {1}


@pytest.mark.parametrize(
    ("source", "port", "kind", "code"),
    [
        ("deploy/web.shop", "5432/tcp", ChangeKind.CLOSED, ExitCode.OK),
        ("*", "", ChangeKind.CLOSED, ExitCode.OK),
        ("*.other", "", ChangeKind.CLOSED, ExitCode.FAILED),
        ("*", "5433/tcp", ChangeKind.CLOSED, ExitCode.FAILED),
        ("*", "", ChangeKind.OPENED, ExitCode.FAILED),
    ],
)
def test_only_what_is_allowed_is_allowed(
    tmp_path: Path, source: str, port: str, kind: ChangeKind, code: ExitCode
) -> None:
    allowance = Allowance(kind, source, "*", port, "meant", Location("allow.yaml", 4))
    after = world(
        tmp_path, WEB, DB, policy("hard", "{matchLabels: {app: web}}", "policyTypes: [Egress]")
    )
    report = changed(world(tmp_path, WEB, DB), after, allowances=(allowance,))
    assert report.exit_code is code
    if code is ExitCode.OK:
        assert (only(report).status, only(report).allowed_by) == (
            ChangeStatus.ALLOWED,
            "meant (allow.yaml:4)",
        )
        assert not report.warnings
    else:
        assert any("allow.yaml:4 allows what did not happen" in one for one in report.warnings)


def test_another_cluster_is_pointed_out(tmp_path: Path) -> None:
    survey, run = surveyed(world(tmp_path, WEB, DB))
    elsewhere = replace(
        survey.baseline, fabric=replace(survey.baseline.fabric, kind="kubernetes", name="prod")
    )
    assert "saved on kubernetes prod" in diff(elsewhere, survey, run, (), "b").warnings[0]


def test_policies_of_other_namespaces_are_no_edits(tmp_path: Path) -> None:
    snapshot = world(tmp_path, WEB, DB)
    other = replace(
        snapshot, policies=(replace(world(tmp_path, DENY).policies[0], namespace="other"),)
    )
    assert changed(snapshot, other).edits == ()
    assert Ref("NetworkPolicy", "other", "deny") in {one.ref for one in other.policies}
