"""A fix opens what was asked for and nothing to others: where extending a policy would, pods get
one of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from incident import Seen, pod, record, shop

from prober.diagnosis import diagnose
from prober.diagnosis.fixes.distinct_labels import singled_out
from prober.diagnosis.fixes.vetting import vet
from prober.manifest.writing.encode import whole_manifest
from prober.model.objects import (
    Labels,
    LabelSelector,
    NetworkPolicy,
    Pod,
    PolicyPort,
    PolicyRule,
    Ref,
    Workload,
)
from prober.model.run import Finding, Fix
from prober.model.snapshot import Snapshot
from prober.policy.predictor import Predictor

WEB, API, DB = pod("web"), pod("api"), pod("db", "n2")
EVERYBODY = LabelSelector()
SSH = Seen("web", "github.com", 22, "rejected", icmp="198.51.100.11", control="ok")
TO_DB = Seen("web", "db", 9090, "timeout", control="ok")
API_TO_DB = Seen("api", "db", 9090, "timeout", control="ok")


def policy(
    name: str, selector: LabelSelector, *, egress: Sequence[int] | None = None
) -> NetworkPolicy:
    """An egress policy that allows some ports, or an ingress policy that allows nothing."""
    if egress is None:
        return NetworkPolicy("shop", name, selector)
    rules = (PolicyRule(ports=tuple(PolicyPort("TCP", port) for port in egress)),) if egress else ()
    return NetworkPolicy("shop", name, selector, ("Egress",), egress=rules)


def world(*pods: Pod, policies: Sequence[NetworkPolicy]) -> Snapshot:
    sources = {one.ref: whole_manifest(one) for one in policies}
    return replace(shop(*pods, policies=policies), sources=sources)


def findings(snapshot: Snapshot, *seen: Seen) -> tuple[Finding, ...]:
    predictor = Predictor(snapshot)
    checks = [record(snapshot, predictor, one) for one in seen]
    return vet(diagnose(checks, snapshot, predictor).findings, checks, snapshot)


def fixes(snapshot: Snapshot, *seen: Seen) -> list[Fix]:
    return [finding.fix for finding in findings(snapshot, *seen) if finding.fix]


def test_a_policy_that_selects_nobody_else_is_extended() -> None:
    [fix] = fixes(
        world(WEB, API, policies=[policy("web", LabelSelector({"app": "web"}), egress=[443])]), SSH
    )
    assert fix.target == Ref("NetworkPolicy", "shop", "web")
    assert not fix.creates and fix.patch
    assert fix.opens == ("shop/web → anywhere:22/tcp, nothing else",)


def test_a_policy_of_everybody_is_left_alone_and_who_needs_it_gets_one() -> None:
    [fix] = fixes(world(WEB, API, policies=[policy("all", EVERYBODY, egress=[443])]), SSH)
    assert fix.creates and not fix.patch
    assert fix.supplements == Ref("NetworkPolicy", "shop", "all")
    assert fix.manifest is not None
    assert fix.manifest["metadata"] == {"name": "allow-web-egress-22", "namespace": "shop"}
    assert fix.manifest["spec"] == {
        "podSelector": {"matchLabels": {"app": "web"}},
        "policyTypes": ["Egress"],
        "egress": [{"ports": [{"protocol": "TCP", "port": 22}]}],
    }
    assert fix.opens == ("shop/web → anywhere:22/tcp, nothing else",)
    assert "in all the same rule would open it to 1 other pod too" in fix.summary
    assert fix.command.endswith("| kubectl create -f -")


def test_what_the_scenario_wants_anyway_is_no_widening() -> None:
    [fix] = fixes(
        world(WEB, API, DB, policies=[policy("all", EVERYBODY, egress=[443])]), TO_DB, API_TO_DB
    )
    assert not fix.creates
    assert fix.opens == ("shop/web → shop/db:9090/tcp", "shop/api → shop/db:9090/tcp, nothing else")


def test_several_workloads_share_a_policy_by_the_values_of_one_label() -> None:
    snapshot = world(WEB, API, DB, pod("other"), policies=[policy("all", EVERYBODY, egress=[443])])
    [fix] = fixes(snapshot, TO_DB, API_TO_DB)
    assert fix.manifest is not None
    assert fix.manifest["metadata"]["name"] == "allow-api-web-egress-9090"
    expression = {"key": "app", "operator": "In", "values": ["api", "web"]}
    assert fix.manifest["spec"]["podSelector"] == {"matchExpressions": [expression]}


def test_two_that_need_different_ends_do_not_get_each_others() -> None:
    cache = pod("cache", "n2")
    seen = [TO_DB, Seen("api", "cache", 9090, "timeout", control="ok")]
    found = fixes(
        world(WEB, API, DB, cache, policies=[policy("all", EVERYBODY, egress=[443])]), *seen
    )
    assert [fix.opens for fix in found] == [
        ("shop/web → shop/db:9090/tcp, nothing else",),
        ("shop/api → shop/cache:9090/tcp, nothing else",),
    ]
    assert [fix.creates for fix in found] == [True, True]


def test_a_host_outside_among_the_ends_makes_a_rule_for_anybody() -> None:
    seen = [TO_DB, Seen("web", "example.com", 9090, "timeout", control="ok")]
    [fix] = fixes(
        world(WEB, DB, policies=[policy("web", LabelSelector({"app": "web"}), egress=[443])]), *seen
    )
    assert dict(fix.patch[0])["value"] == {"ports": [{"protocol": "TCP", "port": 9090}]}


def test_the_target_gets_a_policy_of_its_own_too() -> None:
    [fix] = fixes(world(WEB, DB, pod("cache"), policies=[policy("all", EVERYBODY)]), TO_DB)
    assert fix.manifest is not None
    assert fix.manifest["metadata"]["name"] == "allow-db-ingress-9090"
    assert fix.manifest["spec"]["ingress"][0]["from"] == [
        {"podSelector": {"matchLabels": {"app": "web"}}}
    ]


def test_both_directions_need_two_and_each_says_so() -> None:
    policies = [policy("out", EVERYBODY, egress=[443]), policy("in", LabelSelector({"app": "db"}))]
    out, into = fixes(world(WEB, API, DB, policies=policies), TO_DB)
    assert out.summary.endswith("; the flow needs the fix of ingress-default-deny as well")
    assert into.summary.endswith("; the flow needs the fix of egress-policy-missing-port as well")
    assert out.opens == into.opens == ("shop/web → shop/db:9090/tcp, nothing else",)


def test_what_is_seen_only_when_the_other_direction_is_open_is_listed_too() -> None:
    """No label tells web from its twin, so the egress fix is wide; who may come in decides what
    that opens."""
    same = {"tier": "front"}
    web, twin = replace(WEB, labels=same), replace(pod("twin"), labels=same)
    policies = [policy("out", EVERYBODY, egress=[443]), policy("in", LabelSelector({"app": "db"}))]
    out, into = fixes(world(web, twin, DB, policies=policies), TO_DB)
    assert "also shop/twin → shop/db:9090/tcp" in out.opens
    assert "also shop/twin → shop/db:9090/tcp" in into.opens


def test_pods_that_no_label_singles_out_are_named_with_whom_it_opens_for() -> None:
    twin = replace(pod("twin"), labels={"tier": "front"})
    snapshot = world(
        replace(WEB, labels={"tier": "front"}),
        twin,
        policies=[policy("all", EVERYBODY, egress=[443])],
    )
    [fix] = fixes(snapshot, SSH)
    assert not fix.creates
    assert fix.summary.endswith(
        "no labels single out the pods that need it, so shop/twin get it too"
    )
    assert fix.opens == ("2 pods → anywhere:22/tcp, nothing else",)


def labelled(name: str, **labels: str) -> Pod:
    return replace(
        pod(name),
        labels={key.replace("__", "/").replace("_", "-"): value for key, value in labels.items()},
    )


@pytest.mark.parametrize(
    ("mine", "others", "wanted"),
    [
        ({"app": "web", "tier": "front"}, [{"app": "api", "tier": "front"}], {"app": "web"}),
        ({"app": "shop", "part": "web"}, [{"app": "shop", "part": "api"}], {"part": "web"}),
        (
            {"app": "a", "x": "1"},
            [{"app": "a", "x": "2"}, {"app": "b", "x": "1"}],
            {"app": "a", "x": "1"},
        ),
        (
            {"app": "web", "pod-template-hash": "5f"},
            [{"app": "web", "pod-template-hash": "6c"}],
            None,
        ),
        (
            {"app": "web", "app.kubernetes.io/version": "2"},
            [{"app": "web", "app.kubernetes.io/version": "1"}],
            None,
        ),
        ({}, [{"app": "api"}], None),
    ],
)
def test_as_few_labels_as_are_enough(
    mine: Labels, others: list[Labels], wanted: Labels | None
) -> None:
    web = replace(pod("web"), labels=mine)
    rest = [replace(pod(f"other{number}"), labels=labels) for number, labels in enumerate(others)]
    found = singled_out([web], shop(web, *rest))
    assert (found.match_labels if found else None) == wanted


def test_a_workload_without_pods_counts_as_somebody_else() -> None:
    snapshot = shop(WEB)
    asleep = Workload("Deployment", "shop", "canary", 0, {"app": "web", "track": "canary"})
    assert singled_out([WEB], replace(snapshot, workloads={asleep.ref: asleep})) is None


def test_the_way_to_the_pods_of_one_workload_is_not_opened_to_those_of_another() -> None:
    """The peer is chosen by what singles it out, not by a label that it shares."""
    db = replace(DB, labels={"app": "shop", "component": "db"})
    cache = replace(pod("cache", "n2"), labels={"app": "shop", "component": "cache"})
    [fix] = fixes(
        world(
            WEB, db, cache, policies=[policy("web", LabelSelector({"app": "web"}), egress=[443])]
        ),
        TO_DB,
    )
    added: dict[str, Any] = dict(fix.patch[0])
    assert added["value"]["to"] == [{"podSelector": {"matchLabels": {"component": "db"}}}]
    assert fix.opens == ("shop/web → shop/db:9090/tcp, nothing else",)
