"""What the API leaves open is data: each reading with what it supposes, and what follows."""

from __future__ import annotations

import pytest
from policy_world import HOSTS, flow, world

from prober.model.prediction import Ruling
from prober.policy.deciding.readings import BackendReadings, Open, Reading
from prober.policy.predictor import Predictor

API_FROM = "shop/p: {podSelector: {matchLabels: {app: api}}, ingress: [{from: [%s]}]}"
WEB_TO = (
    "shop/p: {podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: [{to: [%s]}]}"
)
KUBE_SYSTEM = "{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}}"


def readings(policies: str, text: str) -> BackendReadings:
    [backend] = Predictor(world(policies), hosts=HOSTS).readings(flow(text))
    return backend


def answers(by_reading: tuple[Reading, ...], opens: Open) -> dict[str, Ruling]:
    return {entry.says: entry.ruling for entry in by_reading if entry.opens is opens}


def test_a_client_on_its_nodes_network_is_a_pod_or_its_node() -> None:
    by_reading = readings(API_FROM % KUBE_SYSTEM, "kube-system/agent1 > svc/shop/api:80").ingress
    assert answers(by_reading, Open.HOST_NETWORK) == {
        "where hostNetwork pods count as pods": Ruling.ALLOWED,
        "where hostNetwork pods count as their node": Ruling.DENIED,
    }
    [as_node] = [entry for entry in by_reading if entry.as_node]
    assert as_node.addresses == ("198.51.100.11",)
    assert "is a node" in as_node.trail.reason


def test_an_ip_block_is_compared_with_pods_or_it_is_not() -> None:
    by_reading = readings(
        API_FROM % "{ipBlock: {cidr: 198.18.1.0/24}}", "shop/web > shop/api:8081"
    ).ingress
    assert {element.holds: element.ruling for element in by_reading} == {
        True: Ruling.ALLOWED,
        False: Ruling.DENIED,
    }
    assert all(item.opens is Open.BLOCK for item in by_reading)
    [apart] = [entry for entry in by_reading if not entry.holds]
    assert "holds the address of shop/web, but is not compared with pods here" in apart.trail.reason


def test_a_source_keeps_its_address_or_is_given_a_nodes() -> None:
    by_reading = readings(
        API_FROM % "{ipBlock: {cidr: 203.0.113.9/32}}", "203.0.113.9 > node/n1:30082"
    ).ingress
    assert answers(by_reading, Open.SOURCE_ADDRESS) == {
        "if the source keeps its address": Ruling.ALLOWED,
        "if the source is given the address of node n1 first": Ruling.DENIED,
    }


def test_an_ip_block_of_a_services_address_is_compared_before_the_translation_or_after_it() -> None:
    by_reading = readings(
        WEB_TO % "{ipBlock: {cidr: 198.19.0.11/32}}", "shop/web > svc/shop/api:80"
    ).egress
    assert [(entry.opens, entry.ruling) for entry in by_reading] == [
        (Open.NOTHING, Ruling.DENIED),
        (Open.TRANSLATION, Ruling.ALLOWED),
    ]


@pytest.mark.parametrize("text", ["shop/web > svc/shop/ghost:80", "203.0.113.9 > svc/shop/api:80"])
def test_where_policies_do_not_get_to_decide_there_is_nothing_to_read(text: str) -> None:
    assert Predictor(world("")).readings(flow(text)) == ()
