"""A policy of another language denies: it is named, and the fix is in its language and tier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from incident import Seen, diagnosed, pod, shop

from prober.diagnosis.fixes.hypothetical import fixed
from prober.manifest.languages.decoded import decode_object
from prober.model.check import Endpoint, EndpointKind, Flow
from prober.model.languages.kinds import BY_KIND
from prober.model.run import Finding
from prober.model.snapshot import Snapshot
from prober.policy.predictor import Predictor

SHOP = {"namespaces": {"matchLabels": {"kubernetes.io/metadata.name": "shop"}}}
ANP = {
    "apiVersion": "policy.networking.k8s.io/v1alpha1",
    "kind": "AdminNetworkPolicy",
    "metadata": {"name": "guard"},
    "spec": {
        "priority": 5,
        "subject": SHOP,
        "ingress": [{"action": "Deny", "from": [SHOP], "ports": None}],
    },
}
BANP = {
    "apiVersion": "policy.networking.k8s.io/v1alpha1",
    "kind": "BaselineAdminNetworkPolicy",
    "metadata": {"name": "default"},
    "spec": {"subject": SHOP, "egress": [{"action": "Deny", "to": [SHOP]}]},
}
CNP = {
    "apiVersion": "policy.networking.k8s.io/v1alpha2",
    "kind": "ClusterNetworkPolicy",
    "metadata": {"name": "guard"},
    "spec": {
        "tier": "Admin",
        "priority": 5,
        "subject": SHOP,
        "egress": [{"action": "Deny", "to": [SHOP]}],
    },
}
CILIUM = {
    "apiVersion": "cilium.io/v2",
    "kind": "CiliumNetworkPolicy",
    "metadata": {"name": "guard", "namespace": "shop"},
    "spec": {
        "endpointSelector": {"matchLabels": {"app": "db"}},
        "ingress": [{"fromEndpoints": [{"matchLabels": {"app": "other"}}]}],
    },
}
CILIUM_DENY = {
    **CILIUM,
    "spec": {
        "endpointSelector": {"matchLabels": {"app": "db"}},
        "ingress": [{"fromEntities": ["all"]}],
        "ingressDeny": [{"fromEndpoints": [{}]}],
    },
}
CALICO = {
    "apiVersion": "projectcalico.org/v3",
    "kind": "GlobalNetworkPolicy",
    "metadata": {"name": "guard"},
    "spec": {
        "order": 5,
        "selector": "app == 'db'",
        "types": ["Ingress"],
        "ingress": [{"action": "Deny", "source": {"selector": "has(app)"}}],
    },
}


def world(policy: Mapping[str, Any]) -> Snapshot:
    kind = BY_KIND[policy["apiVersion"], policy["kind"]]
    made = decode_object(kind, policy["apiVersion"], policy)
    snapshot = shop(pod("web"), pod("db", "n2"))
    return replace(snapshot, other_policies=(made,), sources={made.ref: policy})


def found(policy: Mapping[str, Any]) -> Finding:
    (finding,) = diagnosed(world(policy), Seen("web", "db", 9090, "timeout", control="ok"))
    return finding


@pytest.mark.parametrize(
    ("policy", "rule_id", "words"),
    [
        (ANP, "ingress-denied-by-tier", "AdminNetworkPolicy guard (priority 5) denies"),
        (BANP, "egress-denied-by-tier", "BaselineAdminNetworkPolicy default denies"),
        (CNP, "egress-denied-by-tier", "in the Admin tier"),
        (CILIUM, "ingress-denied-by-tier", "CiliumNetworkPolicy shop/guard"),
        (CALICO, "ingress-denied-by-tier", "in tier default"),
    ],
    ids=["anp", "banp", "cnp", "cilium", "calico"],
)
def test_the_policy_is_named_and_its_fix_opens_the_flow(
    policy: Mapping[str, Any], rule_id: str, words: str
) -> None:
    finding = found(policy)
    assert finding.id == rule_id
    assert words in finding.cause
    assert finding.fix is not None
    assert finding.fix.target == finding.objects[0]
    assert finding.fix.patch
    after = fixed(world(policy), finding.fix)
    assert after is not None
    ends = [Endpoint(EndpointKind.POD, "shop", name) for name in ("web", "db")]
    assert Predictor(after).predict(Flow(*ends, "TCP", 9090)).verdict == "allowed"
    assert any("shop/web → shop/db:9090" in line for line in finding.fix.opens)


def test_a_denial_that_no_rule_can_open_says_who_must_change_it() -> None:
    finding = found(CILIUM_DENY)
    assert finding.fix is not None
    assert not finding.fix.patch
    assert "whoever owns CiliumNetworkPolicy shop/guard" in finding.fix.summary
