"""What the lab's rulesets say, without loading them. Whether the kernel agrees is for tests/lab to
show."""

from __future__ import annotations

import pytest

from prober.fabric.lab.enforcement.network_policy import LocalPod, policy_rules
from prober.fabric.lab.enforcement.peers import AddressSets, RuleCompiler
from prober.fabric.lab.enforcement.selectors import selects
from prober.fabric.lab.services.translation import service_rules
from prober.fabric.lab.world.world import World, settle
from prober.model.lab import Enforcement, Fault, FaultKind, LabSpec
from prober.model.objects import (
    ContainerPort,
    IPBlock,
    LabelSelector,
    Namespace,
    NetworkPolicy,
    Pod,
    PolicyPeer,
    PolicyPort,
    PolicyRule,
    Requirement,
    Service,
    ServicePort,
)
from prober.model.prediction import Direction
from prober.model.snapshot import Snapshot

LABELS = {"app": "web", "tier": "front"}


@pytest.mark.parametrize(
    ("requirement", "holds"),
    [
        (Requirement("app", "In", ("web", "api")), True),
        (Requirement("app", "In", ("api",)), False),
        (Requirement("absent", "In", ("web",)), False),
        (Requirement("app", "NotIn", ("api",)), True),
        (Requirement("app", "NotIn", ("web",)), False),
        (Requirement("absent", "NotIn", ("web",)), True),
        (Requirement("tier", "Exists"), True),
        (Requirement("absent", "Exists"), False),
        (Requirement("absent", "DoesNotExist"), True),
        (Requirement("tier", "DoesNotExist"), False),
    ],
)
def test_every_operator(requirement: Requirement, holds: bool) -> None:
    assert selects(LabelSelector(match_expressions=(requirement,)), LABELS) is holds


def test_all_parts_of_a_selector_must_hold_and_an_empty_one_selects_all() -> None:
    assert selects(LabelSelector(), {})
    both = LabelSelector({"app": "web"}, (Requirement("tier", "In", ("back",)),))
    assert not selects(both, LABELS)


def _namespace(name: str, **labels: str) -> Namespace:
    return Namespace(name, {"kubernetes.io/metadata.name": name, **labels})


PODS = (
    Pod(
        "a",
        "one",
        {"app": "web"},
        "n1",
        ("198.18.1.10",),
        ports=(ContainerPort(8080, "TCP", "http"),),
    ),
    Pod(
        "a",
        "two",
        {"app": "api"},
        "n1",
        ("198.18.1.11",),
        ports=(ContainerPort(9090, "TCP", "http"),),
    ),
    Pod("b", "one", {"app": "web"}, "n2", ("198.18.2.10", "2001:db8:1:2::a")),
    Pod("b", "agent", {"app": "web"}, "n2", host_network=True),
    Pod("b", "done", {"app": "web"}, "n2", ("198.18.2.12",), running=False),
)
SNAPSHOT = Snapshot(
    namespaces={"a": _namespace("a"), "b": _namespace("b", team="x")},
    pods={(pod.namespace, pod.name): pod for pod in PODS},
)
ANY = LabelSelector()
WEB = LabelSelector({"app": "web"})


def _conditions(
    rule: PolicyRule, direction: Direction = "ingress", pod: Pod = PODS[0]
) -> list[str]:
    sets = AddressSets()
    compiler = RuleCompiler(SNAPSHOT, sets, direction, pod, pod.namespace)
    conditions = list(compiler.conditions(rule))
    for addresses, name in sets._names.items():
        conditions = [one.replace(f"@{name}", f"{{{','.join(addresses)}}}") for one in conditions]
    return conditions


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        pytest.param(PolicyRule(), [""], id="everything"),
        pytest.param(
            PolicyRule((PolicyPeer(ANY),)),
            ["ip saddr {198.18.1.10,198.18.1.11}"],
            id="pods of the own namespace",
        ),
        pytest.param(
            PolicyRule((PolicyPeer(WEB, ANY),)),
            ["ip saddr {198.18.1.10,198.18.2.10}", "ip6 saddr {2001:db8:1:2::a}"],
            id="both selectors, both families; neither host network nor ended pods",
        ),
        pytest.param(
            PolicyRule((PolicyPeer(None, LabelSelector({"team": "x"})),)),
            ["ip saddr {198.18.2.10}", "ip6 saddr {2001:db8:1:2::a}"],
            id="namespaces by label",
        ),
        pytest.param(PolicyRule((PolicyPeer(LabelSelector({"app": "none"})),)), [], id="nobody"),
        pytest.param(
            PolicyRule(
                (
                    PolicyPeer(
                        ip_block=IPBlock("203.0.113.0/24", ("203.0.113.8/29", "203.0.113.9/32"))
                    ),
                )
            ),
            ["ip saddr 203.0.113.0/24 ip saddr != 203.0.113.8/29"],
            id="a block and overlapping exceptions",
        ),
        pytest.param(
            PolicyRule((PolicyPeer(ip_block=IPBlock("0.0.0.0/0")),)),
            ["meta nfproto ipv4"],
            id="all of IPv4 is not IPv6",
        ),
        pytest.param(
            PolicyRule(
                ports=(PolicyPort("TCP", 80), PolicyPort("TCP", 79, 90), PolicyPort("UDP", 53))
            ),
            ["meta l4proto tcp th dport 79-90", "meta l4proto udp th dport 53"],
            id="overlapping ports are merged",
        ),
        pytest.param(
            PolicyRule(ports=(PolicyPort("SCTP", None),)),
            ["meta l4proto sctp"],
            id="a whole protocol",
        ),
        pytest.param(
            PolicyRule((PolicyPeer(ANY),), (PolicyPort("TCP", "http"),)),
            ["ip saddr {198.18.1.10,198.18.1.11} meta l4proto tcp th dport 8080"],
            id="a named port is the pod's own",
        ),
        pytest.param(
            PolicyRule(ports=(PolicyPort("UDP", "http"),)), [], id="a name with another protocol"
        ),
        pytest.param(
            PolicyRule(ports=(PolicyPort("TCP", "metrics"),)),
            [],
            id="a name that the pod does not have",
        ),
    ],
)
def test_ingress_conditions(rule: PolicyRule, expected: list[str]) -> None:
    assert _conditions(rule) == expected


def test_a_named_port_of_an_egress_rule_is_each_destinations_own() -> None:
    rule = PolicyRule((PolicyPeer(ANY),), (PolicyPort("TCP", "http"),))
    (condition,) = _conditions(rule, "egress")
    assert condition == (
        "ip daddr . meta l4proto . th dport { 198.18.1.10 . tcp . 8080, 198.18.1.11 . tcp . 9090 }"
    )


def _world(enforcement: Enforcement = Enforcement.REJECT, *faults: Fault) -> World:
    policy = NetworkPolicy("a", "closed", LabelSelector({"app": "web"}), ("Ingress", "Egress"))
    service = Service(
        "a", "web", selector={"app": "web"}, ports=(ServicePort(80, target_port="http"),)
    )
    empty = Service(
        "a", "empty", selector={"app": "x"}, cluster_ips=("198.19.7.7",), ports=(ServicePort(80),)
    )
    snapshot = Snapshot(
        namespaces=SNAPSHOT.namespaces,
        pods=SNAPSHOT.pods,
        services={("a", "web"): service, ("a", "empty"): empty},
        policies=(policy,),
    )
    return settle(snapshot, LabSpec(), enforcement=enforcement, faults=faults)


@pytest.mark.parametrize(
    ("enforcement", "last"),
    [(Enforcement.REJECT, "reject with icmpx type port-unreachable"), (Enforcement.DROP, "drop")],
)
def test_an_isolated_pod_is_closed_in_the_manner_of_the_mode(
    enforcement: Enforcement, last: str
) -> None:
    world = _world(enforcement)
    rules = policy_rules(
        world, world.snapshot.nodes["n1"], [LocalPod(PODS[0], "pod1"), LocalPod(PODS[1], "pod2")]
    )
    chain = rules.split("chain egress/a/one {")[1].split("}")[0]
    assert chain.strip() == last
    assert "egress/a/two" not in rules  # no policy selects it


def test_nobody_enforces_without_enforcement_or_where_the_agent_is_stopped() -> None:
    local = [LocalPod(PODS[0], "pod1")]
    none, stopped = (
        _world(Enforcement.NONE),
        _world(Enforcement.DROP, Fault(FaultKind.STOPPED_AGENT, "node/n1")),
    )
    assert policy_rules(none, none.snapshot.nodes["n1"], local) == ""
    assert policy_rules(stopped, stopped.snapshot.nodes["n1"], local) == ""


def test_a_service_is_translated_to_ready_pods_and_refused_without_any() -> None:
    world = _world()
    rules = service_rules(world, world.snapshot.nodes["n2"])
    assert "dnat ip to 198.18.1.10:8080" in rules
    no_endpoints = rules.split("set no-endpoints4 {")[1].split("}")[0]
    assert "198.19.7.7 . tcp . 80" in no_endpoints
