"""A cause fits everything that was seen, passes included; how sure it is follows from the rest."""

from __future__ import annotations

from dataclasses import replace

import pytest
from incident import Seen, diagnosed, pod, record, service, shop

from prober.diagnosis import RULES, Case
from prober.diagnosis.facts.exclusion import RULED_OUT_BY, ruled_out
from prober.diagnosis.facts.questions import Inquiry
from prober.diagnosis.holding import held, weighed
from prober.model.objects import LabelSelector, NetworkPolicy
from prober.model.run import Confidence, Finding
from prober.policy.predictor import Predictor

WEB, API, DB, CACHE = pod("web"), pod("api"), pod("db", "n2"), pod("cache", "n2")
WORLD = shop(WEB, API, DB, CACHE, services=[service("db", "db"), service("cache", "cache")])
LOST = Seen("web", "svc/db", 80, "timeout", control="ok")


def case(*seen: Seen, world: object = WORLD) -> Case:
    predictor = Predictor(WORLD)
    return Case(tuple(record(WORLD, predictor, one) for one in seen), {}, WORLD, predictor)


def test_the_table_is_about_rules() -> None:
    ids = {rule.id for rule in RULES}
    assert set(RULED_OUT_BY) <= ids
    assert {rule.id for rule in RULES if rule.asks} <= set(RULED_OUT_BY)


@pytest.mark.parametrize(
    ("rule", "other", "says"),
    [
        ("kube-proxy-down", Seen("api", "svc/cache", 80, "ok"), "works from node n1, through a S"),
        ("node-unreachable", Seen("api", "cache", 9090, "ok"), "got from n1 to n2"),
        ("cni-agent-down", Seen("api", "cache", 9090, "ok"), "got from n1 to n2"),
        ("outside-firewall", Seen("api", "cache", 9090, "ok"), "inside the cluster"),
        ("nothing-listens", Seen("api", "cache", 9090, "ok"), "refused nobody"),
        ("cluster-dns-silent", Seen("api", "cache", 9090, "ok"), "the name is not what failed"),
    ],
)
def test_what_worked_rules_causes_out(rule: str, other: Seen, says: str) -> None:
    seen = case(LOST, other)
    assert says in ruled_out(rule, seen.records[0], seen)


def test_a_pod_is_not_dead_that_another_check_reached() -> None:
    lost = Seen("web", "db", 9090, "timeout", control="ok")
    seen = case(lost, Seen("web", "api", 9090, "ok"), Seen("api", "db", 9090, "refused"))
    assert "is heard of" in ruled_out("pod-network-dead", seen.records[0], seen)
    alone = case(lost)
    assert ruled_out("pod-network-dead", alone.records[0], alone) == ""


def test_a_finding_keeps_the_checks_that_it_fits_and_none_is_none() -> None:
    seen = case(LOST, Seen("api", "svc/cache", 80, "ok"))
    ids = tuple(one.check.id for one in seen.records)
    assert held(Finding("kube-proxy-down", "x", Confidence.LIKELY, checks=ids[:1]), seen) is None
    kept = held(Finding("policy-allows", "x", Confidence.LIKELY, checks=ids), seen)
    assert kept is not None and kept.checks == ids


def test_what_could_not_be_excluded_is_said_and_nothing_is_certain_then() -> None:
    seen = case(Seen("web", "db", 9090, "timeout", control="ok"))
    finding = Finding("no-such-name", "x", Confidence.CERTAIN, checks=(seen.records[0].check.id,))
    weak = weighed(finding, RULES, replace(seen, inquiry=Inquiry()))
    assert weak.confidence is Confidence.LIKELY
    assert "not excluded, because nobody could be asked: " in weak.evidence[-1]
    assert "pod-network-dead" in weak.evidence[-1]


def test_a_denial_of_the_policies_is_enough_by_itself() -> None:
    deny = NetworkPolicy("shop", "deny", LabelSelector({"app": "db"}))
    world = shop(WEB, DB, policies=[deny])
    seen = Seen("web", "db", 9090, "rejected", icmp="198.51.100.12", control="ok")
    [finding] = diagnosed(world, seen)
    assert finding.confidence is Confidence.CERTAIN


def test_no_failure_without_a_next_step() -> None:
    """Silence of UDP, an error of the probe, a name that nobody answered: each has a finding."""
    for outcome in ("error", "dns-servfail", "reset", "unreachable", "timeout"):
        [finding] = diagnosed(shop(WEB, DB), Seen("web", "db", 9090, outcome))
        assert finding.fix is not None and finding.fix.summary, outcome
        assert finding.checks and finding.evidence, outcome
