"""AdminNetworkPolicy and ClusterNetworkPolicy against a real implementation: kube-network-policies
decides about the same flows, in user space. No cluster is needed.

PROBER_WORLDS says how many worlds are drawn."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace

import pytest
from e2e_refereed import as_world, drawn, flows_of
from language_random import made

from prober.model.objects import LabelSelector, NetworkPolicy
from prober.model.prediction import Ruling
from prober.policy.predictor import Predictor
from testbed.binaries import REFEREE
from testbed.layout import BIN
from testbed.referee import decide

WORLDS = int(os.environ.get("PROBER_WORLDS", "100"))

pytestmark = pytest.mark.skipif(
    not (BIN / REFEREE.name).exists() and not shutil.which("go"),
    reason="the referee is not compiled, and there is no Go to compile it with",
)


def test_the_referee_agrees() -> None:
    snapshots = [drawn(seed) for seed in range(WORLDS)]
    flows = [flows_of(snapshot) for snapshot in snapshots]
    asked = [
        {**as_world(snapshot), "Flows": [question for _, question in mine]}
        for snapshot, mine in zip(snapshots, flows, strict=True)
    ]
    wrong, compared = [], 0
    for seed, answers in enumerate(decide(asked)):
        predictor = Predictor(snapshots[seed])
        for (flow, _), (out, into) in zip(flows[seed], answers, strict=True):
            quick = predictor.rulings(flow)
            for name, ruling, said in (
                ("egress", quick.egress, out),
                ("ingress", quick.ingress, into),
            ):
                if ruling is Ruling.UNDEFINED:
                    continue
                compared += 1
                if (ruling is Ruling.ALLOWED) is not said:
                    wrong.append(f"world {seed}: {flow} {name}: {ruling}, the referee {said}")
    assert compared > WORLDS * 100
    assert not wrong, "\n".join([f"{len(wrong)} of {compared}", *wrong[:20]])


_ALL = {"namespaces": {}}
_V1 = "policy.networking.k8s.io/v1alpha1"
_V2 = "policy.networking.k8s.io/v1alpha2"
_DENY_ALL = {"subject": _ALL, "egress": [{"action": "Deny", "to": [_ALL]}]}
_ISOLATES_INGRESS = NetworkPolicy("x", "in", LabelSelector(), types=("Ingress",), ingress=())
OTHERWISE = {
    "a NetworkPolicy of the other direction hides the baseline": (
        (made(_V1, "BaselineAdminNetworkPolicy", "default", _DENY_ALL),),
        (_ISOLATES_INGRESS,),
    ),
    "a named port means every port of a pod that has the name": (
        (
            made(
                _V1,
                "AdminNetworkPolicy",
                "a",
                {
                    "priority": 1,
                    "subject": _ALL,
                    "egress": [{"action": "Deny", "to": [_ALL], "ports": [{"namedPort": "http"}]}],
                },
            ),
        ),
        (),
    ),
    "nodes of v1alpha1 mean the pods on them": (
        (
            made(
                _V1,
                "AdminNetworkPolicy",
                "a",
                {
                    "priority": 1,
                    "subject": _ALL,
                    "egress": [{"action": "Deny", "to": [{"nodes": {}}]}],
                },
            ),
        ),
        (),
    ),
    "a peer of a newer version does not fail closed": (
        (
            made(
                _V2,
                "ClusterNetworkPolicy",
                "c",
                {
                    "tier": "Admin",
                    "priority": 1,
                    "subject": _ALL,
                    "egress": [{"action": "Deny", "to": [{"galaxies": {}}]}],
                },
            ),
        ),
        (),
    ),
}
"""What it does otherwise than the API's comments say, measured: policies in which it shows."""


@pytest.mark.parametrize("name", OTHERWISE)
def test_what_it_does_otherwise(name: str) -> None:
    others, policies = OTHERWISE[name]
    snapshot = replace(drawn(0), other_policies=others, policies=policies)
    flows = flows_of(snapshot)
    (answers,) = decide([{**as_world(snapshot), "Flows": [question for _, question in flows]}])
    predictor = Predictor(snapshot)
    assert any(
        (predictor.rulings(flow).egress is Ruling.ALLOWED) is not out
        for (flow, _), (out, _) in zip(flows, answers, strict=True)
    )


def test_no_policies_no_denials() -> None:
    snapshot = replace(drawn(0), other_policies=(), policies=())
    (answers,) = decide(
        [{**as_world(snapshot), "Flows": [question for _, question in flows_of(snapshot)]}]
    )
    assert all(out and into for out, into in answers)
