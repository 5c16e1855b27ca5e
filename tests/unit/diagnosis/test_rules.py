"""For each incident the right cause, and no wrong one beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from incident import Seen, diagnosed, pod, record, service, shop

from prober.diagnosis import Question, diagnose
from prober.manifest.writing.encode import whole_manifest
from prober.model.objects import (
    ClusterRole,
    ClusterRoleBinding,
    LabelSelector,
    NetworkPolicy,
    Pod,
    PolicyPeer,
    PolicyPort,
    PolicyRule,
    Ref,
)
from prober.model.outcome import Outcome
from prober.model.run import Confidence, Finding
from prober.model.snapshot import Snapshot
from prober.policy.predictor import Predictor

WEB, DB = pod("web"), pod("db", "n2")
N1, N2 = "198.51.100.11", "198.51.100.12"


def egress(*ports: int, to: tuple[PolicyPeer, ...] = ()) -> NetworkPolicy:
    rule = PolicyRule(peers=to, ports=tuple(PolicyPort("TCP", port) for port in ports))
    return NetworkPolicy(
        "shop", "allow-egress", types=("Egress",), egress=(rule,) if ports or to else ()
    )


def ingress(*ports: int, frm: tuple[PolicyPeer, ...] = ()) -> NetworkPolicy:
    rule = PolicyRule(peers=frm, ports=tuple(PolicyPort("TCP", port) for port in ports))
    selector = LabelSelector({"app": "db"})
    return NetworkPolicy(
        "shop", "allow-scraping", selector, ("Ingress",), (rule,) if ports or frm else ()
    )


def ids(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.id for finding in findings]


def test_an_egress_policy_without_the_port() -> None:
    world = shop(WEB, policies=[egress(443, 6443)])
    (finding,) = diagnosed(
        world,
        Seen("web", "github.com", 443, "ok"),
        Seen("web", "github.com", 22, "rejected", icmp=N1, control="ok"),
    )
    assert finding.id == "egress-policy-missing-port"
    assert finding.cause == "NetworkPolicy shop/allow-egress lacks 22/TCP to github.com"
    assert finding.confidence is Confidence.CERTAIN
    assert finding.fix is not None
    assert finding.fix.patch == (
        {
            "op": "add",
            "path": "/spec/egress/-",
            "value": {"ports": [{"protocol": "TCP", "port": 22}]},
        },
    )
    assert finding.fix.opens == ("shop/web → anywhere:22/tcp",)


def test_the_services_port_named_instead_of_the_pods() -> None:
    world = shop(WEB, DB, policies=[ingress(80)], services=[service("db", "db")])
    (finding,) = diagnosed(world, Seen("web", "svc/db", 80, "rejected", icmp=N2, control="ok"))
    assert finding.id == "policy-names-service-port"
    assert "allows 80, the Service's port; the pod's is 9090/TCP" in finding.cause


def test_both_directions_are_causes_of_their_own() -> None:
    world = shop(WEB, DB, policies=[egress(443), ingress(8080)])
    findings = diagnosed(world, Seen("web", "db", 9090, "timeout", control="ok"))
    assert ids(findings) == ["egress-policy-missing-port", "ingress-policy-missing-port"]


def test_a_peer_that_the_policy_leaves_out() -> None:
    other = PolicyPeer(pod_selector=LabelSelector({"app": "prometheus"}))
    world = shop(WEB, DB, pod("prometheus"), policies=[ingress(9090, frm=(other,))])
    (finding,) = diagnosed(world, Seen("web", "db", 9090, "timeout", control="ok"))
    assert finding.id == "ingress-policy-missing-peer"
    assert (
        finding.cause == "NetworkPolicy shop/allow-scraping allows 9090/TCP, but not from shop/web"
    )


def test_a_default_deny_that_forgot_someone() -> None:
    world = shop(WEB, DB, policies=[ingress()])
    (finding,) = diagnosed(world, Seen("web", "db", 9090, "timeout", control="ok"))
    assert finding.id == "ingress-default-deny"


def test_a_fix_can_be_applied_as_it_stands() -> None:
    world = shop(WEB, DB, policies=[egress()])
    (finding,) = diagnosed(world, Seen("web", "db", 9090, "timeout", control="ok"))
    assert finding.fix is not None
    assert finding.fix.command == (
        "kubectl -n shop patch networkpolicy allow-egress --type=json -p "
        """'[{"op":"add","path":"/spec/egress","value":[{"to":[{"podSelector":{"matchLabels":{"app":"db"}}}],"""
        """"ports":[{"protocol":"TCP","port":9090}]}]}]'"""
    )


@pytest.mark.parametrize("policies", [[egress(443), ingress(8080)], [ingress()], [egress()]])
def test_the_offered_fixes_together_open_the_flow_and_say_what_else_they_open(
    policies: list[NetworkPolicy],
) -> None:
    world = shop(WEB, DB, pod("other"), policies=policies)
    findings = diagnosed(world, Seen("web", "db", 9090, "timeout", control="ok"))
    for finding in findings:
        assert finding.fix is not None
        assert finding.fix.opens[0] == "shop/web → shop/db:9090/tcp"
        assert all("→ shop/db:9090" in flow for flow in finding.fix.opens)


def test_policies_that_nobody_enforces() -> None:
    world = shop(WEB, DB, pod("other"), policies=[ingress()])
    (finding,) = diagnosed(
        world,
        Seen("web", "db", 9090, "ok", expected="predicted", control="ok"),
        Seen("other", "db", 9090, "ok", expected="predicted", control="ok"),
    )
    assert finding.id == "policy-not-enforced"
    assert "nobody enforces" in finding.cause


def agent(app: str) -> Pod:
    """A ready agent of a network plugin, on the node of db."""
    labels = {"k8s-app": app}
    return Pod("kube-system", app, labels=labels, node="n2", host_network=True, ready=True)


@pytest.mark.parametrize(
    ("app", "cause"),
    [
        ("cilium", "unexplained"),
        ("kube-router", "unexplained"),
        ("flannel", "policy-not-enforced"),
        ("aws-node", "policy-not-enforced"),
    ],
)
def test_somebody_enforces_whose_agent_is_ready_there(app: str, cause: str) -> None:
    world = shop(WEB, DB, pod("other"), policies=[ingress()])
    guarded = replace(world, pods={**world.pods, ("kube-system", app): agent(app)})
    (finding,) = diagnosed(
        guarded, Seen("other", "db", 9090, "ok", expected="predicted", control="ok")
    )
    assert finding.id == cause
    if cause == "unexplained":
        assert finding.fix
        assert "ask the policy agent of n2 what it enforces for" in finding.fix.summary


def test_one_node_whose_policy_agent_stopped() -> None:
    guarded = pod("db2", "n1", labels={"app": "db"})
    world = shop(WEB, DB, guarded, policies=[ingress()])
    (finding,) = diagnosed(
        world,
        Seen("web", "db", 9090, "ok", expected="predicted", control="ok"),
        Seen("web", "db2", 9090, "timeout", expected="predicted", control="ok"),
    )
    assert finding.id == "policy-agent-stopped"
    assert "policy agent of n2" in finding.cause


def test_an_agent_that_is_ready_and_stops_other_flows_has_not_stopped() -> None:
    guarded = pod("db2", "n2", labels={"app": "db"})
    world = shop(WEB, DB, guarded, policies=[ingress()])
    agent = Pod(
        "kube-system", "agent", labels={"k8s-app": "kube-router"}, node="n2", host_network=True
    )
    seen = (
        Seen("web", "db", 9090, "ok", expected="predicted", control="ok"),
        Seen("web", "db2", 9090, "timeout", expected="predicted", control="ok"),
    )
    assert ids(diagnosed(world, *seen)) == ["policy-agent-stopped"]
    healthy = replace(world, pods={**world.pods, ("kube-system", "agent"): agent})
    assert ids(diagnosed(healthy, *seen)) == ["unexplained"]


def naming(port: str) -> NetworkPolicy:
    """Lets web in to a port of db, by its name."""
    rule = PolicyRule(
        (PolicyPeer(pod_selector=LabelSelector({"app": "web"})),), (PolicyPort("TCP", port),)
    )
    return NetworkPolicy(
        "shop", "allow-scraping", LabelSelector({"app": "db"}), ("Ingress",), (rule,)
    )


LEAK = Seen("web", "db", 9090, "ok", expected="predicted", control="ok")


def answering(outcome: Outcome) -> Callable[[Question], Outcome | None]:
    """From the one pod that is asked: the same probe once more, of the pod that leaks, still gets
    through."""
    return lambda question: outcome if question.vantage.name == "other" else Outcome.OK


def test_a_port_name_that_nobody_has_enforced_as_every_port() -> None:
    world = shop(WEB, DB, pod("other"), policies=[naming("metrics")])
    stopped = Seen("other", "db", 9090, "timeout", expected="predicted", control="ok")
    for findings in (
        diagnosed(world, LEAK, stopped),
        diagnosed(world, LEAK, answering=answering(Outcome.TIMEOUT)),
    ):
        (finding,) = findings
        assert finding.id == "named-port-enforced-as-all-ports"
        assert finding.confidence is Confidence.CERTAIN
        assert "allows port `metrics`, which shop/db does not have" in finding.cause
        assert finding.fix and "write the number of the port" in finding.fix.summary


def test_where_the_others_get_through_too_nobody_enforces() -> None:
    world = shop(WEB, DB, pod("other"), policies=[naming("metrics")])
    assert ids(diagnosed(world, LEAK, answering=answering(Outcome.OK))) == ["policy-not-enforced"]
    assert ids(diagnosed(world, LEAK)) == ["policy-not-enforced"], "nobody could be asked"


@pytest.mark.parametrize(
    ("policy", "cause"),
    [
        (naming("http"), []),
        (
            replace(naming("metrics"), ingress=(PolicyRule(ports=(PolicyPort("TCP", 8080),)),)),
            ["policy-not-enforced"],
        ),
    ],
)
def test_only_names_that_mean_nothing_are_read_so(policy: NetworkPolicy, cause: list[str]) -> None:
    world = shop(WEB, DB, pod("other"), policies=[policy])
    assert ids(diagnosed(world, LEAK, answering=answering(Outcome.OK))) == cause


IDLE = NetworkPolicy(
    "shop",
    "lock",
    LabelSelector({"app": "web"}),
    ("Ingress",),
    (PolicyRule(),),
    (PolicyRule(ports=(PolicyPort("TCP", 53),)),),
)
"""Egress rules that policyTypes leaves out."""
AGENT = Pod("kube-system", "cilium-x", labels={"k8s-app": "cilium"}, node="n1", host_network=True)
OPENING = NetworkPolicy(
    "shop", "db", LabelSelector({"app": "db"}), ("Egress",), (PolicyRule(),), (PolicyRule(),)
)
"""Ingress rules that policyTypes leaves out, and that open what `DENYING` closes."""
DENYING = NetworkPolicy("shop", "deny", LabelSelector({"app": "db"}), ("Ingress",))


@pytest.mark.parametrize(
    ("agent", "expected", "operation"),
    [
        (None, "ok", "remove"),
        (AGENT, "ok", "remove"),
        (AGENT, "predicted", "remove"),
        (AGENT, "denied", "add"),
    ],
)
def test_egress_rules_that_policy_types_leaves_out_and_that_stop_a_flow(
    agent: Pod | None, expected: str, operation: str
) -> None:
    world = shop(WEB, DB, *([agent] if agent else []), policies=[IDLE])
    blocked = Seen("web", "db", 9090, "timeout", expected=expected, control="ok")
    (finding,) = diagnosed(replace(world, sources={IDLE.ref: whole_manifest(IDLE)}), blocked)
    assert finding.id == "unnamed-direction-enforced" and finding.fix
    assert ("its agents run here" in "".join(finding.evidence)) == (agent is not None)
    assert [one["op"] for one in finding.fix.patch] == [operation]


@pytest.mark.parametrize(
    ("agents", "policies", "causes"),
    [
        ([AGENT], [OPENING, DENYING], ["unnamed-direction-enforced"]),
        ([], [OPENING, DENYING], ["policy-not-enforced"]),
        ([AGENT], [DENYING], ["policy-not-enforced"]),
    ],
)
def test_ingress_rules_that_policy_types_leaves_out_and_that_let_a_flow_in(
    agents: list[Pod], policies: list[NetworkPolicy], causes: list[str]
) -> None:
    world = shop(WEB, DB, *agents, policies=policies)
    assert ids(diagnosed(world, LEAK)) == causes


@pytest.mark.parametrize(
    ("said", "expected", "patch"),
    [
        ("htpp", "ok", "http"),
        ("web", "ok", "http"),
        ("web", "predicted", "http"),
        ("web", "denied", None),
    ],
)
def test_the_port_that_was_meant(said: str, expected: str, patch: str | None) -> None:
    policy = naming(said)
    world = replace(
        shop(WEB, DB, pod("other"), policies=[policy]), sources={policy.ref: whole_manifest(policy)}
    )
    stopped = Seen("other", "db", 9090, "timeout", expected="predicted", control="ok")
    (finding,) = diagnosed(world, replace(LEAK, expected=expected), stopped)
    assert finding.id == "named-port-enforced-as-all-ports" and finding.fix
    assert [one["value"] for one in finding.fix.patch] == ([patch] if patch else [])


def test_nothing_listens() -> None:
    world = shop(WEB, DB)
    (finding,) = diagnosed(world, Seen("web", "db", 9090, "refused", control="refused"))
    assert finding.id == "nothing-listens"
    assert "shop/db:9090" in finding.cause


def test_nothing_listens_because_the_container_does_not_run() -> None:
    """A pod whose image cannot be pulled has an address: its sandbox is there."""
    world = shop(WEB, replace(DB, ready=False, waiting_reason="ErrImagePull: no such image"))
    (finding,) = diagnosed(world, Seen("web", "db", 9090, "refused", control="refused"))
    assert (
        finding.cause
        == "nothing listens on shop/db:9090: shop/db does not run (ErrImagePull: no such image)"
    )


def test_a_service_whose_pods_are_not_ready() -> None:
    world = shop(WEB, pod("db", "n2", ready=False), services=[service("db", "db")])
    (finding,) = diagnosed(world, Seen("web", "svc/db", 80, "rejected", icmp="198.19.0.80"))
    assert finding.id == "pods-not-ready"
    assert finding.cause == "Service shop/db has no ready endpoint: shop/db is not ready"


def test_a_service_that_selects_nothing() -> None:
    world = shop(WEB, services=[service("db", "dbb")])
    (finding,) = diagnosed(world, Seen("web", "svc/db", 80, "rejected", icmp="198.19.0.80"))
    assert finding.cause == "Service shop/db has no ready endpoint: no pod in shop has app=dbb"


def test_a_firewall_outside_fails_from_the_node_too() -> None:
    world = shop(WEB)
    (finding,) = diagnosed(world, Seen("web", "github.com", 22, "timeout", control="timeout"))
    assert finding.id == "outside-firewall"


def test_dns_that_the_policies_forbid() -> None:
    from dataclasses import replace

    dns = replace(service("kube-dns", "dns"), namespace="kube-system")
    world = shop(WEB, policies=[egress(443)])
    backend = replace(pod("dns"), namespace="kube-system")
    world = replace(
        world,
        services={
            ("kube-system", "kube-dns"): replace(
                dns, ports=(replace(dns.ports[0], port=53, protocol="UDP", target_port=53),)
            )
        },
        pods={**world.pods, ("kube-system", "dns"): backend},
    )
    (finding,) = diagnosed(world, Seen("web", "github.com", 443, "dns-timeout", dns="timeout"))
    assert finding.id == "cluster-dns-denied"


def test_something_else_than_policies() -> None:
    (finding,) = diagnosed(shop(WEB, DB), Seen("web", "db", 9090, "timeout", control="ok"))
    assert finding.id == "blocked-against-policy"
    assert finding.confidence is Confidence.POSSIBLE


def test_a_pod_whose_network_is_dead_explains_everything_of_it() -> None:
    world = shop(WEB, DB, pod("other"))
    (finding,) = diagnosed(
        world,
        Seen("web", "db", 9090, "timeout", control="ok"),
        Seen("web", "github.com", 443, "timeout", control="ok"),
        Seen("other", "db", 9090, "ok"),
        Seen("other", "web", 9090, "timeout", control="timeout"),
        answering=lambda question: (
            Outcome.OK if question.probe.host == DB.ips[0] else Outcome.TIMEOUT
        ),
    )
    assert finding.id == "pod-network-dead"
    assert finding.objects == (WEB.ref,)


def without_role(*pods: Pod) -> Snapshot:
    """A world in which the role is gone that a binding gives to the CNI's agents."""
    account = Ref("ServiceAccount", "kube-system", "cilium")
    labels = {"k8s-app": "cilium"}
    agents = [
        Pod(
            "kube-system",
            node,
            labels=labels,
            node=node,
            host_network=True,
            service_account="cilium",
        )
        for node in ("n1", "n2")
    ]
    world = shop(*pods)
    return replace(
        world,
        pods={**world.pods, **{(agent.namespace, agent.name): agent for agent in agents}},
        cluster_roles={"view": ClusterRole("view")},
        cluster_role_bindings={"cilium": ClusterRoleBinding("cilium", "cilium", (account,))},
    )


def only_from_the_node_of(dead: Pod) -> Callable[[Question], Outcome]:
    """As Cilium treats a pod with the identity reserved:init: whoever asks, its own node alone gets
    an answer."""

    def answer(question: Question) -> Outcome:
        is_own = question.vantage.name == dead.node
        return Outcome.OK if is_own or question.probe.host != dead.ips[0] else Outcome.TIMEOUT

    return answer


LOST_PODS = (
    Seen("web", "db", 9090, "timeout", control="ok"),
    Seen("web", "other", 9090, "ok"),
)


def test_a_pod_that_only_its_own_node_reaches_has_lost_its_identity() -> None:
    world = shop(WEB, DB, pod("other", "n2"))
    (finding,) = diagnosed(world, *LOST_PODS, answering=only_from_the_node_of(DB))
    assert finding.id == "pod-network-dead"
    assert finding.objects == (DB.ref,)
    assert "another node gets none" in finding.evidence[0]


def test_a_pod_that_only_its_own_node_reaches_is_the_roles_doing_when_that_is_gone() -> None:
    world = without_role(WEB, DB, pod("other", "n2"))
    (finding,) = diagnosed(world, *LOST_PODS, answering=only_from_the_node_of(DB))
    assert finding.id == "cni-lost-rights"
    assert "ClusterRole cilium" in finding.cause
    assert finding.confidence is Confidence.CERTAIN


def test_a_pod_that_other_nodes_reach_is_not_dead() -> None:
    world = without_role(WEB, DB, pod("other", "n2"))
    (finding,) = diagnosed(world, *LOST_PODS, answering=lambda question: Outcome.OK)
    assert finding.id == "blocked-against-policy"


def test_what_works_and_what_is_denied_on_purpose_has_no_cause() -> None:
    world = shop(WEB, DB, policies=[ingress()])
    assert not diagnosed(
        world,
        Seen("web", "db", 9090, "timeout", control="ok", expected="predicted"),
        Seen("db", "web", 9090, "ok", expected="predicted"),
    )


def test_the_wire_says_which_node_stopped_it() -> None:
    world = shop(WEB, DB, policies=[egress(443)])
    seen = record(
        world, Predictor(world), Seen("web", "db", 9090, "rejected", icmp=N1, control="ok")
    )
    assert (
        f"n1 ({N1}) answered ICMP 3/3, port unreachable: the packet never left the source's node"
        in seen.reasons
    )
    other = record(
        world, Predictor(world), Seen("web", "db", 9090, "rejected", icmp=N2, control="ok")
    )
    assert (
        f"n2 ({N2}) answered ICMP 3/3, port unreachable: the packet was stopped at the "
        "target's node"
    ) in other.reasons


def test_a_cni_without_rights_explains_pods_that_get_no_address() -> None:
    said = "Failed to create pod sandbox: plugin type=cilium failed"
    stuck = replace(DB, ips=(), ready=False, waiting_reason=said)
    labels = {"k8s-app": "cilium"}
    agent = Pod(
        "kube-system",
        "cilium",
        labels=labels,
        node="n1",
        host_network=True,
        service_account="cilium",
    )
    world = shop(WEB, stuck)
    world = replace(
        world,
        pods={**world.pods, ("kube-system", "cilium"): agent},
        cluster_roles={"view": ClusterRole("view")},
    )
    untested = replace(record(world, Predictor(world), Seen("web", "db", 9090, "error")))
    untested = replace(
        untested, check=replace(untested.check, skip_reason=f"pod shop/db has no address: {said}")
    )
    (finding,) = diagnose([untested], world, Predictor(world)).findings
    assert finding.id == "cni-lost-rights"
    assert f"shop/db on n2 gets no address: {said}" in finding.evidence
    healthy = replace(world, cluster_roles={})
    (finding,) = diagnose([untested], healthy, Predictor(healthy)).findings
    assert finding.id == "pod-without-network"
    assert finding.cause == f"pod shop/db on n2 has no address: {said}"
    assert finding.confidence is Confidence.CERTAIN
