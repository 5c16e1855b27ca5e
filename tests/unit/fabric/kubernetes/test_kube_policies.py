"""Policies of other languages on a live cluster: served kinds only, and nothing silently
missing."""

from __future__ import annotations

from kube_fakes import Answer, api_of, status

from prober.fabric.kubernetes.reading.listing import read_cluster
from prober.model.check import Endpoint, EndpointKind, Flow
from prober.policy.predictor import Predictor

EMPTY = Answer(body={"items": [], "metadata": {}})
POD = {
    "metadata": {"name": "web", "namespace": "shop", "labels": {"app": "web"}},
    "spec": {"nodeName": "n1", "containers": [{"name": "c"}]},
    "status": {"phase": "Running", "podIPs": [{"ip": "198.18.1.1"}]},
}
CILIUM = {
    "metadata": {"name": "p", "namespace": "shop"},
    "spec": {"endpointSelector": {}, "egress": [{}]},
}
NEWER = {
    "metadata": {"name": "q", "namespace": "shop"},
    "spec": {"endpointSelector": {}, "egress": "a new way of writing it"},
}
OUT = Flow(
    Endpoint(EndpointKind.POD, "shop", "web"),
    Endpoint(EndpointKind.OUTSIDE, name="203.0.113.5", address="203.0.113.5"),
    "TCP",
    443,
)


def items(*objects: object) -> Answer:
    return Answer(body={"items": list(objects), "metadata": {}})


def groups(*versions: str) -> Answer:
    listed = [
        {"name": one.partition("/")[0], "versions": [{"groupVersion": one}]} for one in versions
    ]
    return Answer(body={"groups": listed})


async def predicted(apis: Answer, **answers: Answer) -> tuple[str, tuple[str, ...], list[str]]:
    """The answer about one flow, its doubts, and the collections that were listed."""
    known = {"apis": apis, "pods": items(POD), **answers}

    def answer(_: str, url: str) -> Answer:
        return known.get(url.partition("?")[0].rpartition("/")[2], EMPTY)

    api, client = api_of(answer)
    reading = await read_cluster(api)
    prediction = Predictor(reading.snapshot).predict(OUT)
    asked = [url.partition("?")[0] for _, url in client.calls]
    return prediction.verdict.value, prediction.doubts, asked


async def test_kinds_whose_api_is_not_served_are_not_asked_for() -> None:
    verdict, doubts, asked = await predicted(groups("apps/v1"))
    assert (verdict, doubts) == ("allowed", ())
    assert not any("cilium" in url or "calico" in url for url in asked)


async def test_a_policy_of_a_served_kind_decides() -> None:
    verdict, doubts, _ = await predicted(
        groups("cilium.io/v2"), ciliumnetworkpolicies=items(CILIUM)
    )
    assert (verdict, doubts) == ("denied", ())


async def test_of_calicos_groups_the_served_one_is_read() -> None:
    _, _, asked = await predicted(groups("crd.projectcalico.org/v1"))
    assert any("/crd.projectcalico.org/v1/globalnetworkpolicies" in url for url in asked)
    both = groups("projectcalico.org/v3", "crd.projectcalico.org/v1")
    _, _, asked = await predicted(both)
    assert not any("/crd.projectcalico.org/" in url for url in asked)


async def test_what_may_not_be_read_is_a_doubt() -> None:
    verdict, doubts, _ = await predicted(groups("cilium.io/v2"), ciliumnetworkpolicies=status(403))
    assert verdict == "allowed"
    assert any("CiliumNetworkPolicy (all of them: they may not be read)" in one for one in doubts)


async def test_what_is_not_understood_is_a_doubt() -> None:
    _, doubts, _ = await predicted(groups("cilium.io/v2"), ciliumnetworkpolicies=items(NEWER))
    assert any("CiliumNetworkPolicy shop/q" in one for one in doubts)


async def test_a_field_that_is_not_known_and_a_rule_that_is_refused_are_doubts() -> None:
    for spec in (
        {"endpointSelector": {}, "egressFromTheFuture": [{}]},
        {"endpointSelector": {}, "egress": [{"toEntities": ["all"], "toCIDR": ["203.0.113.0/24"]}]},
    ):
        policy = {"metadata": {"name": "q", "namespace": "shop"}, "spec": spec}
        verdict, doubts, _ = await predicted(
            groups("cilium.io/v2"), ciliumnetworkpolicies=items(policy)
        )
        assert verdict == "allowed"
        assert "CiliumNetworkPolicy shop/q" in doubts[0]


async def test_a_selector_of_calicos_that_does_not_parse_is_a_doubt() -> None:
    policy = {"metadata": {"name": "g"}, "spec": {"selector": "app = 'web'", "types": ["Egress"]}}
    _, doubts, _ = await predicted(
        groups("crd.projectcalico.org/v1"), globalnetworkpolicies=items(policy)
    )
    assert "GlobalNetworkPolicy g" in doubts[0]


async def test_foreign_policies_are_doubts_where_they_may_count() -> None:
    near = {"metadata": {"name": "a", "namespace": "shop"}}
    far = {"metadata": {"name": "b", "namespace": "elsewhere"}}
    _, doubts, _ = await predicted(
        groups("security.istio.io/v1"), authorizationpolicies=items(near, far)
    )
    assert doubts == (
        "AuthorizationPolicy shop/a (security.istio.io/v1) is not evaluated and may change this",
    )
