"""What people and programs read: the explanation, the plain trail, the grid."""

from __future__ import annotations

from dataclasses import replace

import pytest
from policy_world import HOSTS, base, flow, load, policies, world

from prober.model.errors import Location, UsageError
from prober.model.objects import IPBlock, NetworkPolicy, Pod, PolicyPeer, PolicyRule, Ref
from prober.model.snapshot import Snapshot
from prober.policy.matrix.grid import grid
from prober.policy.matrix.matrix import reachability
from prober.policy.matrix.strangers import strangers
from prober.policy.predictor import Predictor
from prober.policy.text.as_data import plain_trail
from prober.policy.text.explain import explain

CLASSIC = """
shop/scrape: {podSelector: {matchLabels: {app: api}}, ingress: [{from: [{namespaceSelector: {}}], ports: [{port: 80}]}]}
shop/team: {podSelector: {matchLabels: {app: api}}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: payments}}}], ports: [{port: 8081}]}]}
"""


def explained(text: str, asked: str) -> str:
    snapshot = world(text)
    wanted = flow(asked)
    return explain(wanted, Predictor(snapshot, hosts=HOSTS).predict(wanted), snapshot)


def test_the_explanation_names_what_decided_and_what_was_missing() -> None:
    assert explained(CLASSIC, "shop/web > svc/shop/api:80").splitlines() == [
        "shop/web → svc/shop/api:80/tcp: denied",
        "  translated: 80 → 8081 (Service shop/api)",
        "",
        "egress: allowed (from shop/web)",
        "  no egress policy selects shop/web",
        "ingress: denied (to shop/api)",
        "  ingress policy shop/scrape allows 80 from all pods in all namespaces; nothing "
        "allows 8081 (the pod's port; "
        "80 is the Service's)",
        "  ✗ NetworkPolicy shop/scrape",
        (
            "    ✗ rule 1: ports: the rule names 80, which is the port of Service shop/api; the "
            "pod's is 8081"
        ),
        "  ✗ NetworkPolicy shop/team",
        "    ✗ rule 1: peers: namespace shop has team=web, not payments",
    ]


def test_the_explanation_tells_the_file() -> None:
    snapshot = world("shop/p: {ingress: []}")
    ref = Ref("NetworkPolicy", "shop", "p")
    snapshot = replace(snapshot, origins={ref: Location("policies/p.yaml", 7)})
    wanted = flow("shop/web > shop/db:5432")
    text = explain(wanted, Predictor(snapshot).predict(wanted), snapshot)
    assert "NetworkPolicy shop/p (policies/p.yaml:7)" in text
    assert "has no rules for this direction: it allows nothing" in text


def test_every_backend_is_explained_and_many_are_counted() -> None:
    text = explained(
        "shop/p: {podSelector: {matchLabels: {tier: front}}, ingress: []}",
        "shop/db > svc/shop/web:80",
    )
    assert "backend shop/cart:8080: allowed" in text
    assert "backend shop/web:8080: denied" in text
    template = base().pods["shop", "cart"]
    clones = {
        ("shop", f"cart{number}"): replace(template, name=f"cart{number}") for number in range(9)
    }
    snapshot = replace(base(), pods={**base().pods, **clones})
    wanted = flow("shop/db > svc/shop/web:80")
    assert "and 6 more backends: 6 allowed" in explain(
        wanted, Predictor(snapshot).predict(wanted), snapshot
    )


def test_the_plain_trail_nests_directions_policies_and_rules() -> None:
    trail = plain_trail(Predictor(world(CLASSIC)).predict(flow("pay/ledger > svc/shop/api:80")))
    assert trail["translation"] == "80 → 8081 (Service shop/api)"
    assert trail["egress"] == {
        "ruling": "allowed",
        "pod": "pay/ledger",
        "reason": "no egress policy selects pay/ledger",
        "policies": [],
    }
    scrape, team = trail["ingress"]["policies"]
    assert (scrape["policy"], scrape["match"], team["match"]) == ("shop/scrape", "no", "yes")
    assert team["rules"] == [
        {
            "index": 0,
            "match": "yes",
            "peers": "yes",
            "ports": "yes",
            "reason": "allows 8081/TCP from all pods in namespaces with team=payments",
        }
    ]


def test_the_plain_trail_of_several_backends_and_of_none() -> None:
    several = plain_trail(Predictor(base()).predict(flow("shop/db > svc/shop/web:80")))
    assert [backend["destination"] for backend in several["backends"]] == [
        "shop/cart:8080",
        "shop/web:8080",
    ]
    assert "egress" not in several
    nothing = plain_trail(Predictor(base()).predict(flow("shop/db > svc/shop/ghost:80")))
    assert set(nothing) == {"reason"}


def test_a_denial_at_a_load_balancer_says_when_it_may_not_hold() -> None:
    denied = "shop/p: {podSelector: {matchLabels: {app: api}}, ingress: []}"
    assert "note: which node the traffic enters is not known" in explained(
        denied, "203.0.113.9 > 203.0.113.80:80"
    )
    assert "note:" not in explained("", "203.0.113.9 > 203.0.113.80:80")
    assert "note:" not in explained(denied, "203.0.113.9 > 203.0.113.81:80")


def test_the_decisive_policies() -> None:
    denied = Predictor(world(CLASSIC)).predict(flow("shop/web > svc/shop/api:80"))
    assert [str(ref) for ref in denied.decisive] == ["shop/scrape", "shop/team"]
    allowed = Predictor(world(CLASSIC)).predict(flow("pay/ledger > svc/shop/api:80"))
    assert [str(ref) for ref in allowed.decisive] == ["shop/team"]


def test_the_grid_shows_every_pair_and_what_mixed_cells_are_made_of() -> None:
    text = grid(
        reachability(
            world(
                "shop/p: {podSelector: {matchLabels: {app: api}}, ingress: [{ports: [{port: "
                "http}]}]}"
            )
        )
    )
    row = next(line for line in text.splitlines() if "shop/web" in line)
    header = next(line for line in text.splitlines() if line.strip().startswith("1 "))
    api = sorted(base().pods).index(("shop", "api")) + 1
    column = header.index(f"{api:>2}") + 1
    assert row[column] == "~"
    assert "~ shop/web → shop/api: 8081/tcp allowed, 9000/tcp denied" in text
    assert "330 predictions: 274 allowed, 11 denied, 45 undefined" in text


def test_the_grid_of_many_pods_is_by_workload_then_by_namespace() -> None:
    template = base().pods["shop", "cart"]
    owner = Ref("Deployment", "shop", "cart")
    clones = {
        ("shop", f"cart{number}"): replace(template, name=f"cart{number}", owner=owner)
        for number in range(30)
    }
    text = grid(reachability(replace(base(), pods={**base().pods, **clones})))
    assert "by workload" in text
    assert len(text.splitlines()) < 30
    loose = {key: replace(pod, owner=None) for key, pod in clones.items()}
    assert "by namespace" in grid(reachability(replace(base(), pods={**base().pods, **loose})))


STRANGERS = """
shop/web: {podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: []}
shop/db: {podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {}}]}]}
"""


def test_the_grid_of_one_application_says_what_strangers_may() -> None:
    """A row for the pods of any other namespace, and a column for hosts outside."""
    snapshot = world(STRANGERS)
    pods = sorted(snapshot.pods)
    lines = grid(reachability(snapshot), strangers(snapshot)).splitlines()
    row = next(line for line in lines if "any other namespace" in line)
    start = row.index("any other namespace") + len("any other namespace")
    signs = row[start:].split()
    assert len(signs) == len(pods)
    assert signs[pods.index(("shop", "db"))] == "✗"
    assert signs[pods.index(("shop", "api"))] == "✓"
    assert lines[2].endswith("  outside")
    outside = {words[1]: words[-1] for words in map(str.split, lines[3 : 3 + len(pods)])}
    assert (outside["shop/web"], outside["shop/db"]) == ("✗", "✓")
    plain = grid(reachability(snapshot)).splitlines()[-1]
    assert lines[-1] == plain  # strangers are in no count


def test_the_grid_without_a_declared_port() -> None:
    pods = {("shop", "a"): Pod("shop", "a")}
    assert (
        grid(reachability(Snapshot(pods=pods)))
        == "none of the 1 pods declares a port, so there is nothing to predict"
    )
    assert "none of the 0 pods" in grid(reachability(Snapshot()))


def test_an_object_that_does_not_exist_is_an_error_and_not_a_prediction() -> None:
    predictor = Predictor(base())
    for asked in (
        "shop/nope > shop/db:1",
        "shop/web > shop/nope:1",
        "shop/web > svc/shop/nope:1",
        "node/n9 > shop/web:1",
    ):
        with pytest.raises(UsageError) as caught:
            predictor.predict(flow(asked))
        assert "there is no" in str(caught.value)


def test_a_policy_that_no_api_server_would_store_is_an_error() -> None:
    bad = NetworkPolicy(
        "shop", "p", ingress=(PolicyRule((PolicyPeer(ip_block=IPBlock("nonsense")),)),)
    )
    with pytest.raises(UsageError, match="not a CIDR"):
        Predictor(replace(base(), policies=(bad,))).predict(flow("shop/web > shop/db:5432"))
    empty = NetworkPolicy("shop", "p", ingress=(PolicyRule((PolicyPeer(),)),))
    predictor = Predictor(replace(base(), policies=(empty,)))
    assert predictor.predict(flow("shop/web > shop/db:5432")).ingress == "denied"


def test_endpoints_that_the_snapshot_does_not_have_leave_it_undefined() -> None:
    slices = tuple(
        replace(
            piece,
            endpoints=tuple(
                replace(endpoint, pod="gone", addresses=("198.18.7.7",))
                for endpoint in piece.endpoints
            ),
        )
        for piece in base().slices
        if piece.service == "sliced"
    )
    prediction = Predictor(replace(base(), slices=slices)).predict(
        flow("shop/web > svc/shop/sliced:80")
    )
    assert prediction.verdict == "undefined"
    assert (
        "pod shop/gone, an endpoint of Service shop/sliced, is not among the objects given"
        in prediction.reason
    )


def test_a_snapshot_without_namespace_objects() -> None:
    """The label that the API server always sets is there all the same."""
    rule = "[{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: pay}}}]}]"
    snapshot = replace(
        base(), namespaces={}, policies=load(policies(f"shop/p: {{ingress: {rule}}}")).policies
    )
    predictor = Predictor(snapshot)
    assert predictor.predict(flow("pay/ledger > shop/db:5432")).verdict == "allowed"
    assert predictor.predict(flow("bare/loner > shop/db:5432")).verdict == "denied"
