"""Of several causes, the one of what is reported most often and newest comes first."""

from __future__ import annotations

from prober.model.objects import Ref
from prober.model.run import Confidence, Finding, Fix
from prober.model.testimony import Statement, StatementKind
from prober.symptom import Failure, Symptom
from prober.why.complaints import Complaint
from prober.why.order import Reported, by_complaints


def finding(name: str, *checks: str, of: str = "") -> Finding:
    fix = Fix("change it", Ref("NetworkPolicy", "shop", of)) if of else None
    return Finding(name, f"{name} is wrong", Confidence.CERTAIN, fix=fix, checks=checks)


def report(
    check: str,
    count: int = 1,
    last: str = "",
    *,
    fails: bool = True,
    kind: StatementKind = StatementKind.LOG,
) -> Reported:
    statement = Statement(kind, "a line", "pod/api-0.shop", last=last, count=count)
    symptom = Symptom(Failure.REFUSED, host=f"{check}.shop", port=80)
    return Reported(Complaint(symptom, statement, count, last), check, fails)


def order(findings: list[Finding], *reports: Reported) -> list[str]:
    first, others = by_complaints(findings, reports)
    return [item.id for item in first] + [f"-{item.id}" for item in others]


def test_the_cause_of_what_is_reported_most_comes_first() -> None:
    low, high = finding("a-node", "a"), finding("a-policy", "b")
    assert order([low, high], report("a", 2), report("b", 40)) == ["a-policy", "a-node"]
    assert order([low, high], report("a", 40), report("b", 2)) == ["a-node", "a-policy"]


def test_of_two_reported_as_often_the_newer_comes_first() -> None:
    causes = [finding("old", "a"), finding("new", "b")]
    reports = report("a", 3, "2026-11-27T03:00:00Z"), report("b", 3, "2026-11-27T03:10:00Z")
    assert order(causes, *reports) == ["new", "old"]


def test_causes_of_one_check_stay_in_the_order_of_their_layers() -> None:
    causes = [finding("dns", "a"), finding("egress", "a", "b"), finding("other", "c")]
    reports = report("a"), report("b", 9), report("c", 4)
    assert order(causes, *reports) == ["dns", "egress", "other"]
    assert order(causes, report("a"), report("b"), report("c", 4)) == ["other", "dns", "egress"]


def test_fixes_of_one_object_stay_on_top_of_each_other() -> None:
    causes = [finding("first", "a", of="allow"), finding("second", "b", of="allow")]
    assert order(causes, report("a"), report("b", 9)) == ["first", "second"]


def test_what_nobody_reports_does_not_outrank_a_report_and_keeps_its_number_behind() -> None:
    causes = [finding("assumed", "a"), finding("works", "b"), finding("told", "c")]
    assumed = report("a", 50, kind=StatementKind.CONFIGURED)
    reports = assumed, report("b", 7, fails=False), report("c")
    assert order(causes, *reports) == ["told", "assumed", "-works"]


def test_causes_of_one_complaint_with_several_checks_stay_together() -> None:
    """A name that does not resolve, and the connection that would have followed."""
    causes = [finding("dns", "a"), finding("other", "c"), finding("egress", "b")]
    name = report("a", 5)
    connection = Reported(name.complaint, "b", fails=True)
    assert order(causes, name, connection, report("c", 3)) == ["dns", "egress", "other"]
