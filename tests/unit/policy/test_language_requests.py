"""Requests on layer 7: the connection is allowed, and the answer about a request beside it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from language_world import HOSTS, world
from policy_world import flow

from prober.model.check import Request
from prober.model.prediction import Prediction, RequestRuling
from prober.policy.predictor import Predictor

GET, POST = Request("GET", "/public/x"), Request("POST", "/public/x")
PEER = "fromEndpoints: [{}]"


def cilium(*rules: str, direction: str = "ingress", app: str = "api") -> str:
    return (
        f"cilium shop/{app}: {{endpointSelector: {{matchLabels: {{app: {app}}}}}, "
        f"{direction}: [{', '.join(rules)}]}}\n"
    )


def port(http: str, peers: str = PEER, number: int = 8081) -> str:
    ports = f"ports: [{{port: '{number}', protocol: TCP}}]"
    return f"{{{peers}, toPorts: [{{{ports}, rules: {{http: [{http}]}}}}]}}"


def predicted(text: str, request: Request, asked: str = "shop/web > shop/api:8081") -> Prediction:
    return Predictor(world(text), hosts=HOSTS).predict(replace(flow(asked), request=request))


def ruling(text: str, request: Request) -> str:
    prediction = predicted(text, request)
    assert prediction.verdict == "allowed"
    assert isinstance(prediction.request, RequestRuling)
    return prediction.request.ruling.value


PUBLIC = "{method: GET, path: /public/.*}"


@pytest.mark.parametrize(
    ("http", "request_", "answer"),
    [
        (PUBLIC, GET, "allowed"),
        (PUBLIC, POST, "denied"),
        (PUBLIC, Request("GET", "/secret"), "denied"),
        ("{method: GET|POST}", POST, "allowed"),
        ("{}", Request("DELETE", "/x"), "allowed"),
        # patterns match as a whole, the query included
        ("{path: /public}", Request("GET", "/public/x"), "denied"),
        ("{path: /public}", Request("GET", "/a/public"), "denied"),
        ("{path: /public}", Request("GET", "/public?x=1"), "denied"),
        ("{path: '/public.*'}", Request("GET", "/public?x=1"), "allowed"),
        ("{method: GE}", GET, "denied"),
        ("{method: get}", GET, "denied"),
        ("{host: 'api\\.shop.*'}", Request(host="api.shop:8081"), "allowed"),
        ("{host: api}", Request(host="api:8081"), "denied"),
        ("{headers: ['X-Token: abc']}", Request(headers=(("x-token", "abc"),)), "allowed"),
        ("{headers: ['X-Token: abc']}", Request(headers=(("X-Token", "abd"),)), "denied"),
        ("{headers: ['X-Token']}", Request(headers=(("X-Token", "any"),)), "allowed"),
        ("{headers: ['X-Token']}", GET, "denied"),
        ("{headerMatches: [{name: X-A, value: b}]}", GET, "denied"),
        ("{headerMatches: [{name: X-A, value: b, mismatch: ADD}]}", GET, "allowed"),
        ("{headerMatches: [{name: X-A, secret: {name: s}}]}", GET, "undefined"),
        (f"{PUBLIC}, {{method: POST}}", POST, "allowed"),
        ("{path: '/(?=x)'}", GET, "undefined"),
        (PUBLIC, replace(GET, tls=True), "denied"),
    ],
)
def test_requests_of_a_rule(http: str, request_: Request, answer: str) -> None:
    assert ruling(cilium(port(http)), request_) == answer


def test_a_rule_of_the_same_port_without_requests_lets_all_through() -> None:
    text = cilium(port(PUBLIC), f"{{{PEER}}}")
    assert ruling(text, POST) == "allowed"


def test_the_reason_names_the_rule_without_requests_too() -> None:
    text = cilium(port(PUBLIC), "{fromEndpoints: [{}]}")
    told = predicted(text, POST).request
    assert told is not None and told.ruling == "allowed"
    assert told.reason.endswith("CiliumNetworkPolicy shop/api lets every request through")


def test_rules_of_another_peer_do_not_count() -> None:
    other = port("{method: POST}", "fromEndpoints: [{matchLabels: {app: job}}]")
    assert ruling(cilium(port(PUBLIC), other), POST) == "denied"


def test_both_ends_must_let_it_through() -> None:
    out = cilium(port("{method: POST}", "toEndpoints: [{}]"), direction="egress", app="web")
    assert ruling(cilium(port("{method: GET|POST}")) + out, POST) == "allowed"
    assert ruling(cilium(port(PUBLIC)) + out, POST) == "denied"


def test_a_port_without_rules_beside_one_with_them() -> None:
    item = "ports: [{port: '9000', protocol: TCP}]"
    text = cilium(f"{{{PEER}, toPorts: [{{{item}}}]}}", port(PUBLIC))
    assert predicted(text, POST, "shop/web > shop/api:9000").request is None


def test_where_nothing_tells_requests_apart_nothing_is_said() -> None:
    other = "np shop/other: {podSelector: {matchLabels: {app: none}}}\n"
    assert predicted(other, GET).request is None
    assert predicted(cilium(f"{{{PEER}}}"), GET).request is None


def test_a_denied_connection_has_no_requests() -> None:
    prediction = predicted(cilium(port(PUBLIC)), GET, "pay/ledger > shop/api:8081")
    assert prediction.verdict == "denied"
    assert prediction.request is None


def test_the_reason_names_the_rule_and_what_it_lets_through() -> None:
    prediction = predicted(cilium(port(PUBLIC)), Request("GET", "/secret"))
    assert prediction.request is not None
    assert prediction.request.reason == (
        "GET /secret is answered with 403 in the target's stead: CiliumNetworkPolicy shop/api lets "
        "GET /public/.* through"
    )


def test_the_trail_says_only_the_requests_of_the_port() -> None:
    text = cilium(port(PUBLIC), port("{method: PUT}", number=9000))
    prediction = predicted(text, GET)
    rules = prediction.backends[0].ingress.policies[0].rules
    assert [rule.requests for rule in rules] == [("GET /public/.*",), ()]


@pytest.mark.parametrize(
    ("http", "request_", "answer"),
    [
        ("{methods: [GET]}", GET, "allowed"),
        ("{methods: [GET]}", POST, "denied"),
        ("{paths: [{prefix: /public}]}", GET, "allowed"),
        ("{paths: [{exact: /public}]}", GET, "denied"),
        ("{paths: [{exact: /public/x}]}", Request("GET", "/public/x?y=1"), "allowed"),
    ],
)
def test_calico(http: str, request_: Request, answer: str) -> None:
    text = (
        "gnp g: {selector: \"app == 'api'\", types: [Ingress], "
        f"ingress: [{{action: Allow, http: {http}}}]}}\n"
    )
    assert ruling(text, request_) == answer


def test_patterns_are_quick_whoever_wrote_them() -> None:
    hostile = "{path: '/(a+)+b'}"
    assert ruling(cilium(port(hostile)), Request("GET", "/" + "a" * 2000)) == "denied"
