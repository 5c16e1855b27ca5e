"""Fixes of one object stand on each other: all of them together are what each of them says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from incident import Seen, pod, record, shop

from prober.diagnosis import diagnose
from prober.diagnosis.fixes.hypothetical import fixed
from prober.diagnosis.fixes.stacking import stacked
from prober.diagnosis.fixes.vetting import vet
from prober.manifest.writing.encode import whole_manifest
from prober.model.objects import LabelSelector, NetworkPolicy, Ref
from prober.model.patches.jsonpatch import apply
from prober.model.prediction import Ruling
from prober.model.run import Confidence, Finding, Fix
from prober.model.snapshot import Snapshot
from prober.policy.predictor import Predictor

WEB, DB, CACHE = pod("web"), pod("db", "n2"), pod("cache", "n2")
DENY = NetworkPolicy("shop", "deny", LabelSelector({"app": "web"}), ("Egress",))
REF = DENY.ref
WORLD: Snapshot = replace(
    shop(WEB, DB, CACHE, policies=[DENY]), sources={REF: whole_manifest(DENY)}
)
ONE, TWO = {"ports": [{"protocol": "TCP", "port": 1}]}, {"ports": [{"protocol": "TCP", "port": 2}]}


def finding(name: str, fix: Fix | None) -> Finding:
    return Finding(name, name, Confidence.CERTAIN, fix=fix)


def adding(rule: Mapping[str, Any]) -> Fix:
    return Fix("a rule", REF, ({"op": "add", "path": "/spec/egress", "value": [rule]},))


def test_two_rules_for_a_policy_that_has_none_are_both_in_it() -> None:
    first, second = stacked([finding("a", adding(ONE)), finding("b", adding(TWO))], WORLD)
    assert first.fix and second.fix and second.fix.manifest
    assert second.fix.patch == ({"op": "add", "path": "/spec/egress/-", "value": TWO},)
    assert second.fix.manifest["spec"]["egress"] == [ONE, TWO]
    after = apply(apply(whole_manifest(DENY), first.fix.patch), second.fix.patch)
    assert after == second.fix.manifest


def test_what_is_replaced_is_tested_first() -> None:
    patch = ({"op": "replace", "path": "/spec/podSelector", "value": {}},)
    [found] = stacked([finding("a", Fix("wider", REF, patch))], WORLD)
    assert found.fix
    assert found.fix.patch[0] == {
        "op": "test",
        "path": "/spec/podSelector",
        "value": {"matchLabels": {"app": "web"}},
    }


def test_the_same_change_twice_is_offered_once() -> None:
    _, second = stacked([finding("a", adding(ONE)), finding("b", adding(ONE))], WORLD)
    assert second.fix == Fix("the fix of a mends this too")


def test_new_policies_do_not_share_a_name() -> None:
    def new(rule: Mapping[str, Any]) -> Fix:
        manifest = {"metadata": {"name": "new", "namespace": "shop"}, "spec": {"egress": [rule]}}
        return Fix(
            "a policy of its own, shop/new",
            Ref("NetworkPolicy", "shop", "new"),
            manifest=manifest,
            supplements=REF,
        )

    found = stacked([finding("a", new(ONE)), finding("b", new(TWO)), finding("c", new(TWO))], WORLD)
    targets = [one.fix.target.name for one in found if one.fix and one.fix.target]
    assert targets == ["new", "new-2"]
    assert found[1].fix and found[1].fix.summary == "a policy of its own, shop/new-2"
    assert found[1].fix.manifest and found[1].fix.manifest["metadata"]["name"] == "new-2"
    assert found[2].fix == Fix("the fix of b mends this too")


def test_all_the_fixes_of_a_run_together_open_what_was_wanted() -> None:
    predictor = Predictor(WORLD)
    seen = [Seen("web", name, 9090, "timeout", control="ok") for name in ("db", "cache")]
    checks = [record(WORLD, predictor, one) for one in seen]
    # Two runs of the rules, each with half of the checks, as for causes that are grouped apart.
    halves = [one for check in checks for one in diagnose([check], WORLD, predictor).findings]
    world = WORLD
    for one in vet(halves, checks, WORLD):
        assert one.fix and one.fix.opens[-1].endswith("nothing else")
        world = fixed(world, one.fix) or world
    after = Predictor(world)
    assert [after.predict(check.check.flow).verdict for check in checks] == [
        Ruling.ALLOWED,
        Ruling.ALLOWED,
    ]
