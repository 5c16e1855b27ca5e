"""Each check finds what it is for, and keeps quiet where all is well."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from audit_languages import WORLDS as OF_LANGUAGES, admin, other, rule
from audit_world import DENY, DNS, PODS, found, ids, policy

from prober.audit import CHECKS, View, audit
from prober.audit.view import Identity
from prober.manifest import load_manifests
from prober.model.objects import Node, Pod

SOUND = policy(
    "web",
    """
    podSelector: {matchLabels: {app: web}}
    policyTypes: [Ingress, Egress]
    ingress: [{from: [{podSelector: {matchLabels: {app: db}}}], ports: [{port: 8080}]}]
    egress: [{to: [{podSelector: {matchLabels: {app: db}}}], ports: [{port: 5432}]}]
    """,
) + policy(
    "db",
    """
    podSelector: {matchLabels: {app: db}}
    policyTypes: [Ingress, Egress]
    ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: sql}]}]
    egress: [{to: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: http}]}]
    """,
)


def test_a_strict_and_sound_namespace_has_no_finding(tmp_path: Path) -> None:
    assert found(tmp_path, PODS, DENY, DNS, SOUND) == []


WORLDS = {
    "default-deny-missing": (PODS,),
    "pod-not-covered": (PODS,),
    "dns-denied": (PODS, DENY),
    "dns-without-tcp": (PODS, DENY, DNS.replace(", {protocol: TCP, port: 53}", "")),
    "policy-selects-nothing": (
        PODS,
        DENY,
        DNS,
        policy("x", "podSelector: {matchLabels: {app: wep}}"),
    ),
    "service-port-in-rule": (
        PODS,
        policy("x", "podSelector: {matchLabels: {app: web}}\ningress: [{ports: [{port: 80}]}]"),
    ),
    "rules-ignored": (
        PODS,
        policy("x", ("podSelector: {}\npolicyTypes: [Ingress]\negress: [{ports: [{port: 22}]}]")),
    ),
    "rule-never-matches": (
        PODS,
        policy(
            "x", ("podSelector: {}\ningress: [{from: [{podSelector: {matchLabels: {app: apii}}}]}]")
        ),
    ),
    "namespace-selector-unmatched": (
        PODS,
        policy(
            "x",
            (
                "podSelector: {}\ningress: [{from: [{namespaceSelector: {matchLabels: {name: "
                "monitoring}}}]}]"
            ),
        ),
    ),
    "namespace-label-missing": (
        PODS,
        policy(
            "x",
            (
                "podSelector: {}\ningress: [{from: [{namespaceSelector: {matchLabels: {tier: "
                "front}}}]}]"
            ),
        ),
    ),
    "allowed-one-way": (
        PODS,
        DENY,
        DNS,
        policy(
            "db",
            """
            podSelector: {matchLabels: {app: db}}
            ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 5432}]}]
            """,
        ),
    ),
    "policies-contradict": (PODS, DENY, policy("open", "podSelector: {}\ningress: [{}]")),
    "or-instead-of-and": (
        PODS,
        policy(
            "x",
            """
            podSelector: {matchLabels: {app: db}}
            ingress:
              - from:
                  - namespaceSelector: {matchLabels: {team: shop}}
                  - podSelector: {matchLabels: {app: web}}
            """,
        ),
    ),
    "allow-all": (
        PODS,
        policy("x", ("podSelector: {}\negress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}]")),
    ),
    "ingress-from-everywhere": (
        PODS,
        policy("x", ("podSelector: {}\ningress: [{ports: [{port: 8080}]}]")),
    ),
    "rule-without-ports": (
        PODS,
        policy("x", ("podSelector: {}\ningress: [{from: [{podSelector: {}}]}]")),
    ),
    "host-network-pod": (
        PODS.replace("{containers: [{name: db", ("{hostNetwork: true, containers: [{name: db")),
        DENY,
    ),
    "metrics-denied": (
        PODS.replace("name: sql", "name: metrics"),
        DENY,
        "---\napiVersion: v1\nkind: Pod\nmetadata: {name: prometheus, namespace: mon, "
        "labels: {app: prometheus}}\n"
        "spec: {containers: [{name: p, image: p}]}\n",
    ),
    "policy-not-enforced": (
        PODS,
        DENY,
        "---\napiVersion: v1\nkind: Pod\nmetadata: {name: flannel, namespace: kube-flannel, "
        "labels: {app: flannel}}\n"
        "spec: {hostNetwork: true, containers: [{name: p, image: p}]}\n",
    ),
    "too-many-rules": (
        PODS.replace(
            "spec: {containers: [{name: db", ("spec: {nodeName: n1, containers: [{name: db")
        ),
        "---\napiVersion: v1\nkind: Node\nmetadata: {name: n1}\n",
        policy(
            "x",
            "podSelector: {}\ningress:\n  - from: ["
            + ", ".join(["{podSelector: {}}"] * 101)
            + "]\n    ports: ["
            + ", ".join(f"{{port: {number}}}" for number in range(1, 101))
            + "]",
        ),
    ),
}


WORLDS |= OF_LANGUAGES


@pytest.mark.parametrize("check", WORLDS)
def test_a_check_finds_what_it_is_for(tmp_path: Path, check: str) -> None:
    assert check in ids(found(tmp_path, *WORLDS[check]))


def test_every_check_has_a_world_that_it_complains_about() -> None:
    of_clusters = {"cni-agent-down", "cilium-identity-missing"}
    assert {check.id for check in CHECKS} == set(WORLDS) | of_clusters


def test_the_missing_label_of_a_namespace_is_not_blamed_on_the_rule(tmp_path: Path) -> None:
    """One mistake, one finding: the namespaceSelector has a check of its own."""
    assert "rule-never-matches" not in ids(found(tmp_path, *WORLDS["namespace-selector-unmatched"]))


def test_a_policy_for_every_port_does_not_contradict_one_that_names_its_own(tmp_path: Path) -> None:
    assert "policies-contradict" not in ids(found(tmp_path, PODS, DENY, DNS, SOUND))


def test_a_wider_rule_for_the_same_port_contradicts(tmp_path: Path) -> None:
    wide = policy(
        "wide",
        "podSelector: {matchLabels: {app: db}}\ningress: [{ports: [{port: 5000, endPort: 6000}]}]",
    )
    named = SOUND.replace("port: sql", "port: 5432")
    spots = [
        one
        for one in found(tmp_path, PODS, DENY, DNS, named, wide)
        if one.id == "policies-contradict"
    ]
    assert [(one.object.name, one.path) for one in spots] == [("db", ("spec", "ingress", 0))]


def test_dns_of_the_manifests_is_used_where_it_is_there(tmp_path: Path) -> None:
    """A cluster DNS with other labels than usual: the usual rule does not reach it."""
    dns = (
        "---\napiVersion: v1\nkind: Service\nmetadata: {name: kube-dns, namespace: kube-system}\n"
        "spec: {selector: {app: named}, ports: [{port: 53, protocol: UDP}]}\n"
        "---\napiVersion: v1\nkind: Pod\nmetadata: {name: named, namespace: kube-system, "
        "labels: {app: named}}\n"
        "spec: {containers: [{name: named, image: named}]}\n"
    )
    assert "dns-denied" in ids(found(tmp_path, PODS, DENY, DNS, SOUND, dns))


def test_agents_that_are_down_and_nodes_without_one(tmp_path: Path) -> None:
    agent = Pod(
        "kube-system", "cilium-1", {"k8s-app": "cilium"}, node="n1", host_network=True, ready=False
    )
    snapshot = _snapshot(tmp_path)
    snapshot = replace(
        snapshot,
        nodes={name: Node(name) for name in ("n1", "n2")},
        pods={("kube-system", "cilium-1"): agent},
    )
    spots = [one for one in audit(View(snapshot)).findings if one.id == "cni-agent-down"]
    assert {one.object.name for one in spots} == {"cilium-1", "n2"}


def test_pods_without_an_identity(tmp_path: Path) -> None:
    snapshot = _snapshot(tmp_path)
    web, db = sorted(snapshot.pods)
    known = {web: Identity(5, ("reserved:init",)), db: Identity(4711, ("k8s:app=db",))}
    spots = [
        one for one in audit(View(snapshot, known)).findings if one.id == "cilium-identity-missing"
    ]
    assert [(one.object.namespace, one.object.name) for one in spots] == [web]


def test_what_could_not_be_checked_is_named(tmp_path: Path) -> None:
    path = tmp_path / "policies.yaml"
    path.write_text(DENY.removeprefix("---\n"))
    result = audit(View(load_manifests([path]).snapshot), ignore=["pod-not-covered"])
    skipped = {check.id for check in result.skipped}
    assert "dns-denied" in skipped
    assert "pod-not-covered" not in skipped


def test_coverage_counts_half_for_one_direction(tmp_path: Path) -> None:
    ingress = policy("in", "podSelector: {}")
    path = tmp_path / "world.yaml"
    path.write_text(PODS + ingress)
    numbers = audit(View(load_manifests([path]).snapshot)).coverage
    assert (numbers.pods, numbers.ingress_isolated, numbers.egress_isolated, numbers.percent) == (
        2,
        2,
        0,
        50.0,
    )
    assert (numbers.namespaces, numbers.default_deny) == (1, 0)


CALICO = "projectcalico.org/v3"
CLOSED = {
    "Cilium": other("cilium.io/v2", "CiliumNetworkPolicy", "p", "endpointSelector: {}, ingress: [{}], egress: [{}]", "shop"),
    "Cilium, clusterwide": other(
        "cilium.io/v2", "CiliumClusterwideNetworkPolicy", "p", "endpointSelector: {}, ingress: [{}], egress: [{}]"
    ),
    "Calico": other(CALICO, "NetworkPolicy", "p", "selector: all(), types: [Ingress, Egress]", "shop"),
    "Calico, global": other(CALICO, "GlobalNetworkPolicy", "p", "types: [Ingress, Egress]"),
}  # fmt: skip
"""A default deny in each language that has one."""


@pytest.mark.parametrize("language", CLOSED)
def test_a_default_deny_counts_in_every_language(tmp_path: Path, language: str) -> None:
    path = tmp_path / "world.yaml"
    path.write_text(PODS + CLOSED[language])
    result = audit(View(load_manifests([path]).snapshot))
    numbers = result.coverage
    assert (numbers.policies, numbers.default_deny, numbers.percent) == (1, 1, 100.0)
    assert not {"default-deny-missing", "pod-not-covered"} & ids(list(result.findings))


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        # It selects all pods of today, and not the one of tomorrow.
        (other(CALICO, "GlobalNetworkPolicy", "p", "selector: has(app), types: [Ingress, Egress]"), True),
        # It isolates nobody, and is no reason to call a pod uncovered.
        (admin("a", 1, f"egress: [{rule('Deny')}]"), True),
    ],
)  # fmt: skip
def test_what_is_no_default_deny_covers_all_the_same(
    tmp_path: Path, text: str, missing: bool
) -> None:
    told = ids(found(tmp_path, PODS, text))
    assert ("default-deny-missing" in told) == missing
    assert "pod-not-covered" not in told


def test_rules_that_policy_types_leaves_out_are_told_by_the_engine(tmp_path: Path) -> None:
    forgotten = policy("x", "podSelector: {}\npolicyTypes: [Ingress]\negress: [{}]")
    closing = other("cilium.io/v2", "CiliumNetworkPolicy", "p", "endpointSelector: {}, ingress: [{}]", "shop")  # fmt: skip
    for texts, said in (
        ((), "leave out Egress"),
        ((closing,), "Cilium, which enforces policies here"),
    ):
        told = [
            one for one in found(tmp_path, PODS, forgotten, *texts) if one.id == "rules-ignored"
        ]
        assert [said in one.message for one in told] == [True]


def _snapshot(folder: Path):  # type: ignore[no-untyped-def]
    path = folder / "pods.yaml"
    path.write_text(PODS)
    return load_manifests([path]).snapshot
