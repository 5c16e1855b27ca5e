"""What must hold in every world of the other policy languages."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings, strategies as st
from language_random import Drawn, Words, made
from language_world import base

from prober.model.check import Endpoint, EndpointKind, Flow
from prober.model.prediction import Ruling, TierOutcome
from prober.model.snapshot import Snapshot
from prober.policy.matrix.matrix import reachability
from prober.policy.predictor import Predictor

LANGUAGES = ("admin", "cilium", "calico")
WORDS = Words(
    ("web", "api", "job", "ledger", "loner"),
    ("shop", "pay", "bare"),
    (80, 443, 8081, 9000),
    ("198.18.1.0/24", "198.18.2.0/24", "203.0.113.0/24", "0.0.0.0/0"),
)
some = settings(max_examples=25, deadline=None)
seeds = st.integers(0, 100_000)


def world(language: str, seed: int) -> Snapshot:
    dice = Random(seed)  # noqa: S311 - repeatable worlds, not secrets
    return Drawn(dice, WORDS).world(base(), language)


def flows(snapshot: Snapshot) -> list[Flow]:
    """Pods to pods, and both ways to a node and to outside, on two ports."""
    pods = [Endpoint(EndpointKind.POD, *key) for key in sorted(snapshot.pods)]
    outside = Endpoint(EndpointKind.OUTSIDE, name="203.0.113.9", address="203.0.113.9")
    node = Endpoint(EndpointKind.NODE, name="n2")
    ends = [*pods, outside, node]
    return [
        Flow(source, target, "TCP", port)
        for source in ends
        for target in ends
        if EndpointKind.POD in (source.kind, target.kind)
        for port in (80, 8081)
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@some
@given(seed=seeds)
def test_the_quick_answer_is_the_full_one(language: str, seed: int) -> None:
    snapshot = world(language, seed)
    predictor = Predictor(snapshot)
    for flow in flows(snapshot)[::7]:
        full = predictor.predict(flow)
        assert predictor.rulings(flow) == (full.verdict, full.egress, full.ingress)
        assert full.reason


@pytest.mark.parametrize("language", LANGUAGES)
@some
@given(seed=seeds)
def test_the_matrix_is_the_prediction_of_every_cell(language: str, seed: int) -> None:
    snapshot = world(language, seed)
    predictor = Predictor(snapshot)
    for cell in reachability(snapshot).cells():
        quick = predictor.rulings(cell.flow)
        assert (cell.verdict, cell.egress, cell.ingress) == quick, str(cell.flow)


@pytest.mark.parametrize("language", LANGUAGES)
@some
@given(seed=seeds)
def test_a_trail_agrees_with_its_ruling(language: str, seed: int) -> None:
    """The first tier that decides says what the direction says, and names a policy that did."""
    snapshot = world(language, seed)
    predictor = Predictor(snapshot)
    for flow in flows(snapshot)[::11]:
        for backend in predictor.predict(flow).backends:
            for trail in (backend.egress, backend.ingress):
                outcomes = [tier.outcome for tier in trail.tiers]
                deciding = [
                    outcome for outcome in outcomes if outcome in ("allowed", "denied", "undefined")
                ]
                if deciding and deciding[0] is not TierOutcome.UNDEFINED:
                    assert trail.ruling.value == deciding[0].value
                    assert trail.ruling is not Ruling.DENIED or trail.decided_by


@some
@given(seed=seeds)
def test_a_denial_of_the_admin_tier_cannot_be_undone_below(seed: int) -> None:
    snapshot = world("admin", seed)
    top = made(
        "policy.networking.k8s.io/v1alpha2",
        "ClusterNetworkPolicy",
        "top",
        {
            "tier": "Admin",
            "priority": 0,
            "subject": {"namespaces": {}},
            "egress": [{"action": "Deny", "to": [{"namespaces": {}}]}],
        },
    )
    predictor = Predictor(replace(snapshot, other_policies=(*snapshot.other_policies, top)))
    for cell in reachability(predictor.world.snapshot).cells():
        hosts = cell.source.host_network or cell.destination.host_network
        if not hosts and cell.source is not cell.destination:
            assert cell.egress is Ruling.DENIED


@some
@given(seed=seeds)
def test_passing_at_the_end_of_a_tier_changes_nothing_above(seed: int) -> None:
    snapshot = world("admin", seed)
    last = made(
        "policy.networking.k8s.io/v1alpha2",
        "ClusterNetworkPolicy",
        "last",
        {
            "tier": "Admin",
            "priority": 1000,
            "subject": {"namespaces": {}},
            "ingress": [{"action": "Pass", "from": [{"namespaces": {}}]}],
            "egress": [{"action": "Pass", "to": [{"namespaces": {}}]}],
        },
    )
    after = replace(snapshot, other_policies=(*snapshot.other_policies, last))
    before, now = reachability(snapshot), reachability(after)
    assert [cell.verdict for cell in before.cells()] == [cell.verdict for cell in now.cells()]


@some
@given(seed=seeds, order=st.randoms())
def test_order_means_nothing_in_ciliums_set(seed: int, order: Random) -> None:
    snapshot = world("cilium", seed)
    mixed = list(snapshot.other_policies)
    order.shuffle(mixed)
    policies = list(snapshot.policies)
    order.shuffle(policies)
    after = replace(snapshot, other_policies=tuple(mixed), policies=tuple(policies))
    before, now = reachability(snapshot), reachability(after)
    assert [cell.verdict for cell in before.cells()] == [cell.verdict for cell in now.cells()]


@some
@given(seed=seeds)
def test_one_more_denial_of_ciliums_never_opens_anything(seed: int) -> None:
    snapshot = world("cilium", seed)
    deny = made(
        "cilium.io/v2",
        "CiliumClusterwideNetworkPolicy",
        "deny",
        {"endpointSelector": {}, "ingressDeny": [{"fromEntities": ["world"]}]},
    )
    after = replace(snapshot, other_policies=(*snapshot.other_policies, deny))
    for old, new in zip(reachability(snapshot).cells(), reachability(after).cells(), strict=True):
        assert old.verdict is Ruling.ALLOWED or new.verdict is not Ruling.ALLOWED


@some
@given(seed=seeds)
def test_staged_policies_of_calico_change_nothing(seed: int) -> None:
    snapshot = world("calico", seed)
    staged = made(
        "projectcalico.org/v3",
        "StagedGlobalNetworkPolicy",
        "staged",
        {"selector": "all()", "types": ["Ingress", "Egress"], "order": 0},
    )
    after = replace(snapshot, other_policies=(*snapshot.other_policies, staged))
    before, now = reachability(snapshot), reachability(after)
    assert [cell.verdict for cell in before.cells()] == [cell.verdict for cell in now.cells()]
