"""Where only NetworkPolicies are in a cluster, the engine's own answer stands beside the API's."""

from __future__ import annotations

from dataclasses import replace

import pytest
from language_world import world
from policy_world import flow

from prober.model.objects import Pod
from prober.model.snapshot import Snapshot
from prober.policy.predictor import Predictor

BLOCK = (
    "np shop/other: {policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 198.18.0.0/15}}]}]}\n"
)
LABELS = {
    "kube-router": {"k8s-app": "kube-router"},
    "Cilium": {"k8s-app": "cilium"},
    "Calico": {"k8s-app": "calico-node"},
}


def running(text: str, engine: str) -> Snapshot:
    """The world with the agents of an engine on its nodes."""
    snapshot = world(text)
    agent = Pod("kube-system", "agent-x", labels=LABELS[engine], node="n1", host_network=True)
    return replace(snapshot, pods={**snapshot.pods, (agent.namespace, agent.name): agent})


@pytest.mark.parametrize(
    ("engine", "verdict"),
    [("kube-router", "allowed"), ("Cilium", "denied"), ("Calico", "allowed")],
)
def test_what_the_api_leaves_open_the_engine_decides(engine: str, verdict: str) -> None:
    prediction = Predictor(running(BLOCK, engine)).predict(flow("shop/web > pay/ledger:443"))
    assert prediction.verdict == "undefined"
    assert prediction.engine is not None
    assert (prediction.engine.engine, prediction.engine.verdict) == (engine, verdict)
    assert prediction.engine.reason


UNNAMED = """
np shop/a: {podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress], ingress: [{}],
  egress: [{to: [{podSelector: {matchLabels: {app: api}}}]}]}
np pay/b: {podSelector: {}, policyTypes: [Egress], egress: [{}], ingress: [{from: [{podSelector: {}}]}]}
"""


@pytest.mark.parametrize(
    ("engine", "asked", "rulings"),
    [
        # (the API's egress and ingress, the engine's where they differ)
        ("Cilium", "shop/web > shop/api:8081", (("allowed", "allowed"), None)),
        ("Cilium", "shop/web > shop/job:80", (("allowed", "allowed"), ("denied", "allowed"))),
        ("Cilium", "shop/job > pay/ledger:443", (("allowed", "allowed"), ("allowed", "denied"))),
        ("Cilium", "shop/web > pay/ledger:443", (("allowed", "allowed"), ("denied", "denied"))),
        ("kube-router", "shop/web > pay/ledger:443", (("allowed", "allowed"), None)),
        ("Calico", "shop/web > pay/ledger:443", (("allowed", "allowed"), None)),
    ],
)
def test_rules_of_a_direction_that_policy_types_leaves_out(
    engine: str, asked: str, rulings: tuple[tuple[str, str], tuple[str, str] | None]
) -> None:
    prediction = Predictor(running(UNNAMED, engine)).predict(flow(asked))
    own = prediction.engine and (prediction.engine.egress, prediction.engine.ingress)
    assert ((prediction.egress, prediction.ingress), own) == rulings
    if prediction.engine:
        assert "leaves out" in prediction.engine.reason


def test_beside_a_policy_of_ciliums_the_prediction_is_ciliums() -> None:
    text = UNNAMED + "cilium bare/x: {endpointSelector: {}, ingress: [{}]}\n"
    prediction = Predictor(world(text)).predict(flow("shop/web > shop/job:80"))
    assert (prediction.verdict, prediction.egress, prediction.engine) == ("denied", "denied", None)
    assert "policyTypes of shop/a leaves out egress" in prediction.reason


def test_where_both_say_the_same_nothing_is_added() -> None:
    prediction = Predictor(running(BLOCK, "Cilium")).predict(flow("pay/ledger > shop/web:80"))
    assert (prediction.verdict, prediction.engine) == ("allowed", None)


def test_without_agents_only_the_api_answers() -> None:
    prediction = Predictor(world(BLOCK)).predict(flow("shop/web > pay/ledger:443"))
    assert (prediction.verdict, prediction.engine) == ("undefined", None)
