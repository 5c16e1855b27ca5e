"""A fix says all that its patch opens and closes, not only what is wanted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from incident import Seen, pod, record, service, shop

from prober.diagnosis import diagnose
from prober.diagnosis.fixes.vetting import vet
from prober.model.objects import (
    LabelSelector,
    NetworkPolicy,
    PolicyPeer,
    PolicyPort,
    PolicyRule,
    Ref,
)
from prober.model.run import Confidence, Finding, Fix
from prober.model.snapshot import Snapshot
from prober.policy.predictor import Predictor

WEB, API, DB = pod("web"), pod("api"), pod("db", "n2")
REF = Ref("NetworkPolicy", "shop", "db")
SELECTOR = {"matchLabels": {"app": "db"}}
SEEN = Seen("web", "db", 9090, "timeout", control="ok")


def world(source: dict[str, Any], policy: NetworkPolicy) -> Snapshot:
    snapshot = shop(WEB, API, DB, policies=[policy], services=[service("db", "db")])
    return replace(
        snapshot, sources={REF: {"metadata": {"name": "db", "namespace": "shop"}, "spec": source}}
    )


DENIES = world(
    {"podSelector": SELECTOR, "policyTypes": ["Ingress"]},
    NetworkPolicy("shop", "db", LabelSelector({"app": "db"})),
)


def opens(snapshot: Snapshot, *patch: dict[str, Any]) -> tuple[str, ...] | None:
    checks = [record(snapshot, Predictor(snapshot), SEEN)]
    fix = Fix("a fix", REF, patch, opens=("shop/web → shop/db:9090/tcp",))
    [finding] = vet(
        [Finding("x", "x", Confidence.LIKELY, fix=fix, checks=(checks[0].check.id,))],
        checks,
        snapshot,
    )
    return finding.fix.opens if finding.fix else None


def allow(app: str | None) -> dict[str, Any]:
    peers = {"from": [{"podSelector": {"matchLabels": {"app": app}}}]} if app else {}
    return {"op": "add", "path": "/spec/ingress", "value": [{**peers, "ports": [{"port": 9090}]}]}


def test_a_narrow_fix_opens_nothing_else() -> None:
    assert opens(DENIES, allow("web")) == ("shop/web → shop/db:9090/tcp, nothing else",)


def test_a_wide_fix_says_what_else_it_opens() -> None:
    """Everybody may come, also from outside."""
    assert opens(DENIES, allow(None)) == (
        "shop/web → shop/db:9090/tcp",
        "also anywhere and shop/api → shop/db:9090/tcp",
    )


def test_what_closes_is_said_too() -> None:
    web = PolicyRule((PolicyPeer(LabelSelector({"app": "api"})),), (PolicyPort("TCP", 9090),))
    rules = [
        {"from": [{"podSelector": {"matchLabels": {"app": "api"}}}], "ports": [{"port": 9090}]}
    ]
    policy = NetworkPolicy("shop", "db", LabelSelector({"app": "db"}), ingress=(web,))
    snapshot = world(
        {"podSelector": SELECTOR, "policyTypes": ["Ingress"], "ingress": rules}, policy
    )
    patch = {
        "op": "replace",
        "path": "/spec/ingress/0/from/0/podSelector/matchLabels/app",
        "value": "web",
    }
    assert opens(snapshot, patch) == (
        "shop/web → shop/db:9090/tcp",
        "closes shop/api → shop/db:9090/tcp",
    )


def test_a_patch_that_does_not_fit_is_not_offered() -> None:
    assert opens(DENIES, {"op": "remove", "path": "/spec/ingress/3"}) is None


def test_the_fixes_of_rules_pass() -> None:
    checks = [record(DENIES, Predictor(DENIES), SEEN)]
    findings = vet(diagnose(checks, DENIES, Predictor(DENIES)).findings, checks, DENIES)
    assert [finding.fix.opens for finding in findings if finding.fix] == [
        ("shop/web → shop/db:9090/tcp, nothing else",)
    ]
