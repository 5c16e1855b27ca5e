"""What must hold in every world, whatever its policies say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from hypothesis import given, settings, strategies as st
from policy_random import flows, labels, policies, selectors, worlds

from prober.model.check import Endpoint, EndpointKind, Flow
from prober.model.objects import Namespace, NetworkPolicy, Pod, PolicyRule
from prober.model.prediction import Match, Ruling
from prober.model.snapshot import Snapshot
from prober.policy.deciding.rules.pod_sets import PodSets, members
from prober.policy.deciding.rules.selectors import complaint, selects
from prober.policy.matrix.matrix import reachability
from prober.policy.predictor import Predictor, Rulings

ORDER = {Ruling.DENIED: 0, Ruling.UNDEFINED: 1, Ruling.ALLOWED: 2}

many = settings(max_examples=40)
some = settings(max_examples=15)


def rulings(snapshot: Snapshot, flows: Iterable[Flow]) -> list[Rulings]:
    return list(map(Predictor(snapshot).rulings, flows))


def every_flow(snapshot: Snapshot) -> list[Flow]:
    """Every pod to every pod on the ports that worlds use."""
    ends = [Endpoint(EndpointKind.POD, *key) for key in sorted(snapshot.pods)]
    return [Flow(end, other, "TCP", port) for end in ends for other in ends for port in (80, 8080)]


@many
@given(st.data())
def test_the_quick_answer_is_the_full_one(data: st.DataObject) -> None:
    snapshot = data.draw(worlds())
    flow = data.draw(flows(snapshot))
    predictor = Predictor(snapshot)
    full = predictor.predict(flow)
    assert predictor.rulings(flow) == (full.verdict, full.egress, full.ingress)
    assert full.reason


@many
@given(st.data())
def test_a_trail_agrees_with_its_ruling(data: st.DataObject) -> None:
    """A rule's match is no better than its peers and ports; a policy that surely matches allows the
    direction."""
    snapshot = data.draw(worlds())
    for backend in Predictor(snapshot).predict(data.draw(flows(snapshot))).backends:
        for trail in (backend.egress, backend.ingress):
            matches = [policy.match for policy in trail.policies]
            assert Match.YES not in matches or trail.ruling is Ruling.ALLOWED
            assert trail.ruling is not Ruling.DENIED or set(matches) <= {Match.NO, Match.MAYBE}
            for rule in (rule for policy in trail.policies for rule in policy.rules):
                assert rule.reason
                assert Match.NO not in (rule.peers, rule.ports) or rule.match is not Match.YES


@many
@given(worlds())
def test_the_matrix_is_the_prediction_of_every_cell(snapshot: Snapshot) -> None:
    matrix = reachability(snapshot)
    predictor = Predictor(snapshot)
    cells = list(matrix.cells())
    for cell in cells:
        assert (cell.verdict, cell.egress, cell.ingress) == predictor.rulings(cell.flow), str(
            cell.flow
        )
    ports = {
        (pod.name, port.number, port.protocol)
        for pod in snapshot.pods.values()
        for port in pod.ports
    }
    assert len(cells) == len(ports) * len(snapshot.pods) == matrix.counts().total
    verdicts = [cell.verdict for cell in cells]
    counts = matrix.counts()
    assert (counts.allowed, counts.denied) == (
        verdicts.count(Ruling.ALLOWED),
        verdicts.count(Ruling.DENIED),
    )


@some
@given(st.data())
def test_the_order_of_policies_and_rules_does_not_matter(data: st.DataObject) -> None:
    snapshot = data.draw(worlds())
    turned = tuple(
        replace(policy, ingress=policy.ingress[::-1], egress=policy.egress[::-1])
        for policy in snapshot.policies[::-1]
    )
    asked = [*every_flow(snapshot), data.draw(flows(snapshot))]
    assert rulings(snapshot, asked) == rulings(replace(snapshot, policies=turned), asked)


@some
@given(st.data())
def test_a_policy_more_for_isolated_pods_never_closes_anything(data: st.DataObject) -> None:
    """Policies are additive: only the first that selects a pod in a direction takes something
    away."""
    snapshot = data.draw(worlds())
    isolate = tuple(
        NetworkPolicy(name, "isolate", types=("Ingress", "Egress"))
        for name in sorted(snapshot.namespaces)
    )
    before = replace(snapshot, policies=(*snapshot.policies, *isolate))
    after = replace(before, policies=(*before.policies, data.draw(policies("more"))))
    asked = every_flow(snapshot)
    for old, new in zip(rulings(before, asked), rulings(after, asked), strict=True):
        assert ORDER[new.egress] >= ORDER[old.egress]
        assert ORDER[new.ingress] >= ORDER[old.ingress]


@some
@given(st.data())
def test_a_rule_less_never_opens_anything(data: st.DataObject) -> None:
    snapshot = data.draw(worlds())
    fewer = tuple(
        replace(policy, ingress=policy.ingress[1:], egress=policy.egress[1:])
        for policy in snapshot.policies
    )
    asked = [*every_flow(snapshot), data.draw(flows(snapshot))]
    for old, new in zip(
        rulings(snapshot, asked), rulings(replace(snapshot, policies=fewer), asked), strict=True
    ):
        assert ORDER[new.egress] <= ORDER[old.egress]
        assert ORDER[new.ingress] <= ORDER[old.ingress]


@some
@given(worlds())
def test_a_rule_may_be_split_by_ports_and_by_peers(snapshot: Snapshot) -> None:
    split = tuple(
        replace(policy, ingress=_split(policy.ingress), egress=_split(policy.egress))
        for policy in snapshot.policies
    )
    asked = every_flow(snapshot)
    assert rulings(snapshot, asked) == rulings(replace(snapshot, policies=split), asked)


def _split(rules: tuple[PolicyRule, ...]) -> tuple[PolicyRule, ...]:
    return tuple(
        PolicyRule(peers, ports)
        for rule in rules
        for peers in ([(peer,) for peer in rule.peers] or [()])
        for ports in ([(port,) for port in rule.ports] or [()])
    )


@some
@given(worlds())
def test_a_policy_may_be_split_by_rules(snapshot: Snapshot) -> None:
    split = tuple(
        part
        for policy in snapshot.policies
        for part in (
            replace(policy, ingress=(), egress=()),
            *(replace(policy, ingress=(rule,), egress=()) for rule in policy.ingress),
            *(replace(policy, ingress=(), egress=(rule,)) for rule in policy.egress),
        )
    )
    asked = every_flow(snapshot)
    assert rulings(snapshot, asked) == rulings(replace(snapshot, policies=split), asked)


@some
@given(worlds())
def test_names_mean_nothing(snapshot: Snapshot) -> None:
    """Renaming pods and policies changes no verdict."""
    renamed = replace(
        snapshot,
        pods={
            (key[0], f"z-{key[1]}"): replace(pod, name=f"z-{pod.name}")
            for key, pod in snapshot.pods.items()
        },
        policies=tuple(replace(policy, name=f"z-{policy.name}") for policy in snapshot.policies),
    )
    assert rulings(snapshot, every_flow(snapshot)) == rulings(renamed, every_flow(renamed))


@some
@given(worlds())
def test_without_policies_everything_is_allowed(snapshot: Snapshot) -> None:
    running = {(pod.namespace, pod.name) for pod in snapshot.pods.values() if pod.running}
    asked = every_flow(snapshot)
    for flow, request in zip(asked, rulings(replace(snapshot, policies=()), asked), strict=True):
        ends = {(end.namespace, end.name) for end in (flow.source, flow.destination)}
        wanted = Ruling.ALLOWED if ends <= running else Ruling.UNDEFINED
        assert request.verdict is wanted


@many
@given(selectors, st.lists(labels, min_size=1, max_size=6))
def test_a_selection_of_many_pods_is_the_selection_of_each(
    selector: object, labelled: list[dict[str, str]]
) -> None:
    assert isinstance(selector, type(NetworkPolicy("a", "p").pod_selector))
    pods = {
        ("a", f"p{index}"): Pod("a", f"p{index}", entry) for index, entry in enumerate(labelled)
    }
    sets = PodSets(Snapshot(namespaces={"a": Namespace("a")}, pods=pods))
    chosen = {sets.pods[index].name for index in members(sets.select(selector))}
    assert chosen == {pod.name for pod in pods.values() if selects(selector, pod.labels)}
    assert all(
        bool(complaint(selector, pod.labels)) != (pod.name in chosen) for pod in pods.values()
    )
