"""What the manifests leave open, the lab decides, and always the same way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from prober.fabric.lab.world.faults import FaultEffects
from prober.fabric.lab.world.world import settle
from prober.model.errors import UsageError
from prober.model.lab import Fault, FaultKind, LabSpec, OutsideHost
from prober.model.objects import (
    ContainerPort,
    IPBlock,
    Namespace,
    NetworkPolicy,
    Node,
    Pod,
    PolicyPeer,
    PolicyRule,
    Ref,
    Service,
    ServicePort,
)
from prober.model.snapshot import Snapshot


def _pod(name: str, **fields: object) -> Pod:
    pod = Pod(
        "shop",
        name,
        labels={"app": name.split("-", maxsplit=1)[0]},
        ports=(ContainerPort(8080, "TCP", "http"),),
    )
    return replace(pod, **fields)  # type: ignore[arg-type]  # fields of a dataclass by name


def _snapshot(
    *pods: Pod, services: tuple[Service, ...] = (), nodes: tuple[Node, ...] = ()
) -> Snapshot:
    return Snapshot(
        namespaces={"shop": Namespace("shop")},
        nodes={node.name: node for node in nodes},
        pods={(pod.namespace, pod.name): pod for pod in pods},
        services={(service.namespace, service.name): service for service in services},
    )


WEB = Service("shop", "web", selector={"app": "web"}, ports=(ServicePort(80, target_port="http"),))


def test_pods_go_round_over_the_ready_nodes() -> None:
    nodes = (Node("n1"), Node("n2", ready=False), Node("n3"))
    pods = settle(
        _snapshot(*(_pod(f"web-{i}") for i in range(4)), nodes=nodes), LabSpec()
    ).snapshot.pods
    assert {pods["shop", f"web-{i}"].node for i in range(4)} == {"n1", "n3"}


def test_a_node_that_only_a_pod_names_is_made() -> None:
    world = settle(_snapshot(_pod("web-0", node="worker"), nodes=(Node("n1"),)), LabSpec())
    assert set(world.snapshot.nodes) == {"n1", "worker"}
    assert any("node worker is made" in warning for warning in world.warnings)


def test_without_node_objects_the_spec_says_how_many() -> None:
    assert list(settle(_snapshot(_pod("web-0")), LabSpec(nodes=11)).snapshot.nodes)[8:] == [
        "n9",
        "n10",
        "n11",
    ]


def test_every_pod_has_an_address_of_its_nodes_network() -> None:
    world = settle(_snapshot(_pod("web-0", node="n2")), LabSpec())
    pod = world.snapshot.pods["shop", "web-0"]
    assert world.snapshot.nodes["n2"].pod_cidrs == ("198.18.2.0/24",)
    assert pod.ips == ("198.18.2.2",)


def test_pods_on_their_nodes_network_have_its_addresses_and_ended_pods_none() -> None:
    pods = settle(
        _snapshot(
            _pod("agent-0", node="n1", host_network=True),
            _pod("job-0", running=False, ips=("198.18.9.9",)),
        ),
        LabSpec(),
    ).snapshot.pods
    assert pods["shop", "agent-0"].ips == ("198.51.100.11",)
    assert pods["shop", "job-0"].ips == ()


def test_two_pods_with_one_address_are_told_apart() -> None:
    pods = (_pod("web-0", ips=("198.18.1.5",)), _pod("web-1", ips=("198.18.1.5",)))
    world = settle(_snapshot(*pods), LabSpec())
    assert world.snapshot.pods["shop", "web-0"].ips == ("198.18.1.5",)
    assert world.snapshot.pods["shop", "web-1"].ips != ("198.18.1.5",)
    assert any("belongs to shop/web-0" in warning for warning in world.warnings)


def test_dual_stack_when_asked_for_and_when_a_manifest_has_an_ipv6_address() -> None:
    asked = settle(_snapshot(_pod("web-0"), services=(WEB,)), LabSpec(ipv6=True)).snapshot
    assert asked.pods["shop", "web-0"].ips == ("198.18.2.2", "2001:db8:1:2::2")
    assert len(asked.services["shop", "web"].cluster_ips) == 2
    shown = settle(
        _snapshot(_pod("web-0", ips=("2001:db8:5::5",)), _pod("web-1"), services=(WEB,)), LabSpec()
    ).snapshot
    assert shown.pods["shop", "web-0"].ips == ("2001:db8:5::5",)
    assert len(shown.pods["shop", "web-1"].ips) == 2
    assert len(shown.services["shop", "web"].cluster_ips) == 1


def test_services_get_what_the_control_plane_would_give() -> None:
    service = replace(WEB, type="LoadBalancer")
    given = settle(_snapshot(_pod("web-0"), services=(service,)), LabSpec()).snapshot.services[
        "shop", "web"
    ]
    assert given.cluster_ips[0].startswith("198.19.")
    assert given.load_balancer_ips[0].startswith("203.0.113.")
    assert 30000 <= given.ports[0].node_port < 32768


def test_two_services_may_share_an_address_and_keep_it() -> None:
    both = [
        replace(WEB, name=name, type="LoadBalancer", load_balancer_ips=("203.0.113.200",))
        for name in ("a", "b")
    ]
    world = settle(_snapshot(_pod("web-0"), services=tuple(both)), LabSpec())
    assert list(world.virtual_ips) == ["203.0.113.200"]


def test_an_address_of_a_local_service_goes_to_a_node_that_has_an_endpoint() -> None:
    local = replace(WEB, type="LoadBalancer", external_traffic_policy="Local")
    for number in range(8):
        service = replace(local, load_balancer_ips=(f"203.0.113.{200 + number}",))
        world = settle(_snapshot(_pod("web-0", node="n2"), services=(service,)), LabSpec(nodes=4))
        assert set(world.virtual_ips.values()) == {"n2"}


def test_cluster_dns_is_added_once() -> None:
    added = settle(_snapshot(), LabSpec()).snapshot
    assert added.services["kube-system", "kube-dns"].cluster_ips == ("198.19.0.10",)
    assert added.pods["kube-system", "coredns"].labels["k8s-app"] == "kube-dns"
    own = _snapshot(Pod("kube-system", "dns-1", labels={"k8s-app": "kube-dns"}))
    assert ("kube-system", "coredns") not in settle(own, LabSpec()).snapshot.pods


def test_outside_hosts_get_addresses() -> None:
    (host,) = settle(_snapshot(), LabSpec(outside=(OutsideHost("github.com"),))).outside
    assert host.addresses == ("203.0.113.10",)


def test_the_same_input_gives_the_same_world() -> None:
    snapshot = _snapshot(*(_pod(f"web-{i}") for i in range(9)), services=(WEB,))
    assert settle(snapshot, LabSpec()).snapshot == settle(snapshot, LabSpec()).snapshot


def test_policies_about_ranges_that_nobody_has_are_said() -> None:
    block = PolicyRule((PolicyPeer(ip_block=IPBlock("0.0.0.0/0", ("10.0.0.0/8",))),))
    snapshot = replace(
        _snapshot(_pod("web-0")), policies=(NetworkPolicy("shop", "p", egress=(block,)),)
    )
    (warning,) = settle(snapshot, LabSpec()).warnings
    assert "shop/p speaks of 10.0.0.0/8" in warning


@pytest.mark.parametrize(
    ("fault", "message", "hint"),
    [
        (
            Fault(FaultKind.FIREWALL, "githib.com"),
            "no host outside is called githib.com",
            "firewall=github.com",
        ),
        (
            Fault(FaultKind.NO_ENDPOINTS, "svc/wob.shop"),
            "there is no Service svc/wob.shop",
            "svc/web.shop",
        ),
        (Fault(FaultKind.STOPPED_AGENT, "node/n9"), "there is no node node/n9", "node/n"),
        (
            Fault(FaultKind.LOST_IDENTITY, "pod/web-7.shop"),
            "no running pod of pod/web-7.shop",
            "pod/web-0.shop",
        ),
    ],
)
def test_a_fault_without_a_target_says_what_there_is(fault: Fault, message: str, hint: str) -> None:
    spec = LabSpec(outside=(OutsideHost("github.com"),))
    with pytest.raises(UsageError, match=message) as error:
        settle(_snapshot(_pod("web-0"), services=(WEB,)), spec, faults=(fault,))
    assert hint in error.value.hint


def test_a_pod_on_its_nodes_network_has_no_identity_to_lose() -> None:
    fault = Fault(FaultKind.LOST_IDENTITY, "pod/agent-0.shop")
    with pytest.raises(UsageError, match="on its node's network"):
        settle(_snapshot(_pod("agent-0", host_network=True)), LabSpec(), faults=(fault,))


def test_faults_reach_the_pods_of_a_workload() -> None:
    owner = Ref("Deployment", "shop", "web")
    pods = (_pod("web-0", owner=owner), _pod("web-1", owner=owner), _pod("api-0"))
    fault = Fault(FaultKind.NOT_LISTENING, "deploy/web.shop", port=8080)
    fault_effects: FaultEffects = settle(_snapshot(*pods), LabSpec(), faults=(fault,)).fault_effects
    assert [fault_effects.is_deaf(pod, 8080) for pod in pods] == [True, True, False]
    assert not fault_effects.is_deaf(pods[0], 9090)


def test_no_endpoints_makes_the_pods_unready() -> None:
    fault = Fault(FaultKind.NO_ENDPOINTS, "svc/web.shop")
    pods = settle(
        _snapshot(_pod("web-0"), _pod("api-0"), services=(WEB,)), LabSpec(), faults=(fault,)
    ).snapshot.pods
    assert not pods["shop", "web-0"].ready
    assert pods["shop", "api-0"].ready
