"""Which controls a check gets, and what is said where one is missing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import pytest

from prober.coordinator.controls import (
    CheckContext,
    ControlSpec,
    Seen,
    candidates_of,
    controls_for,
    controls_seen,
    doubts,
)
from prober.model.check import (
    Check,
    Endpoint,
    EndpointKind,
    Expectation,
    Flow,
    Vantage,
    VantageKind,
)
from prober.model.objects import (
    ContainerPort,
    LabelSelector,
    Namespace,
    NetworkPolicy,
    Node,
    Pod,
    Service,
    ServicePort,
)
from prober.model.outcome import Evidence, Hop, IcmpEvidence, Observation, Outcome
from prober.model.probe import Probe
from prober.model.protocol import ProbeKind
from prober.model.run import Control, Shows
from prober.model.snapshot import Snapshot
from prober.policy.predictor import Predictor

NODES = {
    f"n{i}": Node(f"n{i}", (f"198.51.100.{10 + i}",), pod_cidrs=(f"198.18.{i}.0/24",))
    for i in (1, 2)
}
PORTS = (ContainerPort(8080, "TCP", "http"), ContainerPort(514, "UDP", "log"))


def pod(space: str, name: str, node: str, last: int) -> Pod:
    address = f"198.18.{node[1:]}.{last}"
    return Pod(space, name, {"app": name}, node=node, ips=(address,), ports=PORTS)


PODS = (
    pod("shop", "web", "n1", 2),
    pod("shop", "db", "n2", 2),
    pod("open", "here", "n1", 3),
    pod("open", "there", "n2", 3),
)
DB = Service(
    "shop",
    "db",
    cluster_ips=("198.19.0.80",),
    selector={"app": "db"},
    ports=(ServicePort(80, "TCP", "http", 8080),),
)
ISOLATED = NetworkPolicy("shop", "in", LabelSelector({"app": "db"}), ("Ingress",))
SEALED = NetworkPolicy("shop", "all", LabelSelector(), ("Ingress", "Egress"))
WEB = Vantage(VantageKind.POD, "shop", "web")


def snapshot(*policies: NetworkPolicy) -> Snapshot:
    return Snapshot(
        namespaces={name: Namespace(name) for name in ("shop", "open")},
        nodes=NODES,
        pods={(one.namespace, one.name): one for one in PODS},
        services={("shop", "db"): DB},
        policies=policies,
    )


def check(
    kind: ProbeKind = ProbeKind.TCP,
    *,
    service: bool = False,
    vantage: Vantage = WEB,
    **more: object,
) -> Check:
    protocol = {ProbeKind.UDP: "UDP", ProbeKind.ICMP: "ICMP"}.get(kind, "TCP")
    port = {"UDP": 514, "ICMP": None}.get(protocol, 80 if service else 8080)
    to = Endpoint(EndpointKind.SERVICE if service else EndpointKind.POD, "shop", "db")
    host = "db.shop.svc" if service else "198.18.2.2"
    probe = replace(Probe("c", kind, host, port or 0), **more)  # type: ignore[arg-type] - fields of Probe
    source = Endpoint(EndpointKind.POD, "shop", "web")
    if vantage.kind is VantageKind.OUTSIDE:
        source = Endpoint(EndpointKind.OUTSIDE, name=vantage.name)
    return Check(
        "c", "web → db", vantage, Flow(source, to, protocol, port), probe, Expectation.DENIED
    )


def planned(
    subject: Check, world: Snapshot, *, enters: bool = False
) -> tuple[CheckContext, tuple[ControlSpec, ...]]:
    predictor = Predictor(world)
    prediction = predictor.predict(subject.flow)
    vantages = [Vantage(VantageKind.POD, *key) for key in world.pods]
    vantages += [Vantage(VantageKind.NODE, "", name) for name in world.nodes]
    vantages += [subject.vantage]
    inside = [vantage for vantage in vantages if vantage.kind is VantageKind.POD and enters]
    predictions = {subject.id: prediction}
    candidates = candidates_of([subject], predictions, world, predictor, vantages, inside)
    context = CheckContext(subject, prediction, world)
    return context, controls_for(context, candidates)


def shown(specs: Collection[ControlSpec]) -> set[Shows]:
    return {spec.shows for spec in specs if not spec.calibrates}


def seen_by(
    subject: Check,
    world: Snapshot,
    outcomes: Mapping[Shows, str],
    own: Observation | None = None,
) -> tuple[Control, ...]:
    """The controls when every probe of these kinds ended so, and all others were answered."""
    context, specs = planned(subject, world)
    probes = [(spec.probe.id, outcomes.get(spec.shows, "ok")) for spec in specs if spec.probe]
    # A probe that several controls share ends as the worst of them says.
    ended = sorted(probes, key=lambda item: item[1] != "ok")
    observations = {probe: Observation(probe, Outcome(outcome)) for probe, outcome in ended}
    mine = own or Observation("c", Outcome.TIMEOUT)
    observations["c"] = mine
    return controls_seen(specs, context, mine, Seen(observations, {"c": subject.vantage}))


def test_each_piece_of_the_way_has_its_control() -> None:
    _, specs = planned(check(), snapshot(ISOLATED))
    assert shown(specs) == {Shows.TARGET, Shows.SOURCE, Shows.PATH, Shows.RETURN}
    _, specs = planned(check(service=True), snapshot(ISOLATED))
    assert Shows.TRANSLATION in shown(specs)
    _, specs = planned(check(ProbeKind.ICMP, size=1400), snapshot(ISOLATED))
    assert Shows.SIZE in shown(specs)


def test_somebody_elsewhere_is_asked_where_the_policies_allow_anybody() -> None:
    egress = NetworkPolicy("shop", "out", LabelSelector({"app": "web"}), ("Egress",))
    _, specs = planned(check(), snapshot(egress))
    assert [
        spec.vantage.id for spec in specs if spec.shows is Shows.ELSEWHERE and spec.vantage
    ] == ["node/n1"]


def test_a_control_carries_the_checks_own_payload_and_size() -> None:
    for kind, more in ((ProbeKind.UDP, {"payload": "x" * 900}), (ProbeKind.ICMP, {"size": 1400})):
        _, specs = planned(check(kind, **more), snapshot(ISOLATED))
        target = next(spec.probe for spec in specs if spec.shows is Shows.TARGET)
        assert target is not None
        assert (target.payload, target.size) == (more.get("payload", ""), more.get("size", 0))


def test_different_payloads_are_different_controls() -> None:
    ids = set()
    for payload in ("one", "two"):
        _, specs = planned(check(ProbeKind.UDP, payload=payload), snapshot(ISOLATED))
        ids |= {spec.probe.id for spec in specs if spec.shows is Shows.TARGET and spec.probe}
    assert len(ids) == 2


@pytest.mark.parametrize("dead", [Shows.TARGET, Shows.SOURCE, Shows.PATH, Shows.RETURN])
def test_one_piece_that_is_not_shown_is_a_doubt_that_says_what_to_do(dead: Shows) -> None:
    assert not doubts(seen_by(check(), snapshot(ISOLATED), {}))
    told = doubts(seen_by(check(), snapshot(ISOLATED), {dead: "timeout"}))
    # SOURCE, PATH and RETURN share probes, so more than one may be left open.
    assert told
    assert all("control failed: " in text and ", so this may be " in text for text in told)


def test_a_pod_that_may_reach_nothing_gives_a_sign_of_life() -> None:
    world = snapshot(SEALED)
    silent = dict.fromkeys((Shows.SOURCE, Shows.PATH, Shows.RETURN), "timeout")
    assert doubts(seen_by(check(), world, silent))
    told = Evidence(
        icmp=(IcmpEvidence(3, 3, "198.51.100.12", ttl=63),),
        hops=(Hop(1, "198.51.100.11", "time-exceeded"),),
        local="198.18.1.2:40000",
    )
    own = Observation("c", Outcome.REJECTED, evidence=told)
    left = {control.shows for control in seen_by(check(), world, silent, own) if not control.passed}
    assert Shows.SOURCE not in {
        shows
        for shows in left
        if not any(
            control.passed and control.shows is shows
            for control in seen_by(check(), world, silent, own)
        )
    }


def test_an_error_of_somebody_else_is_no_sign_of_life() -> None:
    silent = dict.fromkeys((Shows.SOURCE, Shows.PATH, Shows.RETURN), "timeout")
    told = Evidence(icmp=(IcmpEvidence(3, 13, "203.0.113.1", ttl=61),), local="198.18.1.2:40000")
    own = Observation("c", Outcome.REJECTED, evidence=told)
    passed = {one.shows for one in seen_by(check(), snapshot(SEALED), silent, own) if one.passed}
    assert Shows.SOURCE not in passed


def test_a_cluster_ip_is_asked_from_outside_in_vain() -> None:
    outside = Vantage(VantageKind.OUTSIDE, "", "customer.example")
    subject = check(service=True, vantage=outside)
    told = doubts(seen_by(subject, snapshot(ISOLATED), {}))
    assert any("a ClusterIP is for the cluster only" in text for text in told)


def test_a_name_that_leads_elsewhere_is_a_doubt() -> None:
    own = Observation("c", Outcome.TIMEOUT, address="203.0.113.66")
    told = doubts(seen_by(check(service=True), snapshot(ISOLATED), {}, own))
    assert any("leads to 203.0.113.66, which is no address of svc/shop/db" in text for text in told)
    right = replace(own, address="198.19.0.80")
    assert not doubts(seen_by(check(service=True), snapshot(ISOLATED), {}, right))


def with_ports_of_there(*ports: ContainerPort) -> Snapshot:
    world = snapshot(ISOLATED)
    there = replace(world.pods["open", "there"], ports=ports)
    return replace(world, pods={**world.pods, ("open", "there"): there})


def asked(specs: Collection[ControlSpec], part: str) -> list[tuple[str, str, int]]:
    """Who asks whom on which port, for that part."""
    return [
        (spec.vantage.id, spec.probe.host, spec.probe.port)
        for spec in specs
        if spec.part == part and spec.vantage and spec.probe
    ]


def test_a_pod_beside_the_target_is_asked_on_the_checks_own_port() -> None:
    for kind, port in ((ProbeKind.TCP, 8080), (ProbeKind.UDP, 514)):
        _, specs = planned(check(kind), with_ports_of_there(ContainerPort(9000)))
        assert asked(specs, f"port {port} to n2") == [
            ("pod/shop/web", "198.18.2.3", port),
            ("node/n1", "198.18.2.3", port),
        ]


def test_who_listens_over_udp_and_may_keep_silent_is_not_asked_on_that_port() -> None:
    _, specs = planned(check(ProbeKind.UDP), with_ports_of_there(ContainerPort(514, "UDP")))
    assert not asked(specs, "port 514 to n2")


def test_a_target_that_probes_can_be_run_in_answers_the_source_itself() -> None:
    _, specs = planned(check(), snapshot(ISOLATED))
    assert not asked(specs, "db to shop/web")
    _, specs = planned(check(), snapshot(ISOLATED), enters=True)
    [(asker, host, _)] = asked(specs, "db to shop/web")
    assert (asker, host) == ("pod/shop/db", "198.18.1.2")
    assert not [spec for spec in specs if spec.where_routers_answer]


def test_a_sealed_target_takes_the_first_step_to_the_source() -> None:
    _, specs = planned(check(), snapshot(SEALED), enters=True)
    [step] = [spec for spec in specs if spec.where_routers_answer]
    assert (step.router, step.vantage) == ("n2", Vantage(VantageKind.POD, "shop", "db"))
    assert step.probe is not None
    assert step.probe.hops


def test_the_source_asks_another_service_itself() -> None:
    world = snapshot(ISOLATED)
    other = replace(DB, name="open", cluster_ips=("198.19.0.81",), selector={"app": "there"})
    world = replace(
        world, services={**world.services, ("open", "open"): replace(other, namespace="open")}
    )
    _, specs = planned(check(service=True), world)
    assert asked(specs, "of pods") == [("pod/shop/web", "198.19.0.81", 80)]


def test_a_node_that_refuses_its_node_port_has_not_translated_it() -> None:
    outside = Vantage(VantageKind.OUTSIDE, "", "customer.example")
    published = replace(DB, type="NodePort", ports=(replace(DB.ports[0], node_port=30080),))
    world = replace(snapshot(ISOLATED), services={("shop", "db"): published})
    subject = check(vantage=outside)
    flow = replace(subject.flow, destination=Endpoint(EndpointKind.NODE, name="n1"), port=30080)
    probe = replace(subject.probe, host="198.51.100.11", port=30080)
    subject = replace(subject, flow=flow, probe=probe)
    refused = seen_by(subject, world, {Shows.TRANSLATION: "refused"})
    assert [control.shows for control in refused if not control.passed] == [Shows.TRANSLATION]
    assert doubts(refused)
