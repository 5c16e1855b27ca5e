"""Flow lines: what is read, and every mistake with its place and a hint."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from policy_world import base

from prober.model.check import EndpointKind
from prober.model.errors import ExitCode, InputError
from prober.model.objects import Pod, Ref, Workload
from prober.model.snapshot import Snapshot
from prober.scenario.flows import FlowLine, parse_flows


def with_workloads() -> Snapshot:
    """The world with a Deployment of two pods, and one of none."""
    deploy, empty = Ref("Deployment", "shop", "frontend"), Ref("Deployment", "shop", "backend")
    pods = {
        ("shop", name): Pod("shop", name, owner=deploy) for name in ("frontend-b", "frontend-a")
    }
    workloads = {ref: Workload(ref.kind, ref.namespace, ref.name) for ref in (deploy, empty)}
    return replace(base(), pods={**base().pods, **pods}, workloads=workloads)


def parse(*lines: str) -> tuple[FlowLine, ...]:
    return parse_flows(lines, with_workloads(), "flows.jsonl")


def one(**members: object) -> FlowLine:
    return parse(json.dumps({"from": "shop/web", "to": "shop/db", "port": 5432, **members}))[0]


def mistakes(*lines: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        parse(*lines)
    assert caught.value.exit_code is ExitCode.USAGE
    return [str(mistake) for mistake in caught.value.mistakes]


def mistake(**members: object) -> str:
    [messages] = mistakes(
        json.dumps({"from": "shop/web", "to": "shop/db", "port": 5432, **members})
    )
    return messages.removeprefix("flows.jsonl:1: ")


@pytest.mark.parametrize(
    ("text", "kind", "namespace", "name"),
    [
        ("shop/db", EndpointKind.POD, "shop", "db"),
        ("pod/shop/db", EndpointKind.POD, "shop", "db"),
        ("svc/shop/api", EndpointKind.SERVICE, "shop", "api"),
        ("service/shop/api", EndpointKind.SERVICE, "shop", "api"),
        ("node/n1", EndpointKind.NODE, "", "n1"),
        ("github.com", EndpointKind.OUTSIDE, "", "github.com"),
        ("host/registry", EndpointKind.OUTSIDE, "", "registry"),
        ("registry", EndpointKind.OUTSIDE, "", "registry"),
        ("203.0.113.5", EndpointKind.OUTSIDE, "", "203.0.113.5"),
        ("2001:db8::5", EndpointKind.OUTSIDE, "", "2001:db8::5"),
        ("[2001:db8::5]", EndpointKind.OUTSIDE, "", "2001:db8::5"),
        ("shop/frontend", EndpointKind.POD, "shop", "frontend-a"),
        ("api", EndpointKind.SERVICE, "shop", "api"),
        ("api.shop", EndpointKind.SERVICE, "shop", "api"),
        ("api.shop.svc.cluster.local", EndpointKind.SERVICE, "shop", "api"),
        ("svc/api.shop", EndpointKind.SERVICE, "shop", "api"),
        ("deploy/frontend.shop", EndpointKind.POD, "shop", "frontend-a"),
    ],
)
def test_where_a_flow_goes(text: str, kind: EndpointKind, namespace: str, name: str) -> None:
    end = one(to=text).flow.destination
    assert (end.kind, end.namespace, end.name) == (kind, namespace, name)


@pytest.mark.parametrize(
    "text",
    [
        "shop/web",
        "node/n1",
        "203.0.113.9",
        "host/github.com",
        "github.com",
        "shop/frontend",
        "svc/shop/api",
    ],
)
def test_where_a_flow_comes_from(text: str) -> None:
    assert one(**{"from": text}).flow.source.name


def test_the_protocol_is_tcp_when_absent_and_in_any_case() -> None:
    assert one().flow.protocol == "TCP"
    assert one(protocol="udp").flow.protocol == "UDP"
    assert parse('{"from": "shop/web", "to": "shop/db", "protocol": "icmp"}')[0].flow.port is None


def test_a_whole_target_says_protocol_and_port() -> None:
    [line] = parse('{"from": "shop/web", "to": "udp://api:53"}')
    assert str(line.flow) == "shop/web → svc/shop/api:53/udp"


def test_a_port_is_a_number_or_a_name() -> None:
    assert one(port=1).flow.port == 1
    assert one(port=65535).flow.port == 65535
    assert one(port="pg").flow.port == "pg"


def test_members_are_kept_in_their_order_and_old_answers_are_not() -> None:
    """So a line can carry an id, and an output can be fed back."""
    line = parse(
        '{"id": 7, "from": "shop/web", "verdict": "denied", "to": "shop/db", "port": 1, '
        '"note": {"a": [1]}}'
    )[0]
    assert (
        json.dumps(line.members)
        == '{"id": 7, "from": "shop/web", "to": "shop/db", "port": 1, "note": {"a": [1]}}'
    )


def test_blank_lines_are_skipped_and_counted() -> None:
    lines = parse(
        "",
        '{"from": "shop/web", "to": "shop/db", "port": 1}',
        "  \t",
        '{"from": "shop/db", "to": "shop/web", "port": 2}',
    )
    assert [line.location.line for line in lines] == [2, 4]
    assert parse() == ()


def test_every_mistake_of_every_line_is_told_at_once() -> None:
    messages = mistakes('{"from": "shop/wbe", "to": "shop/db", "port": 0}', "", "{}", "nonsense")
    assert [text.split(" ")[0] for text in messages] == [
        "flows.jsonl:1:",
        "flows.jsonl:1:",
        "flows.jsonl:3:",
        "flows.jsonl:3:",
        "flows.jsonl:3:",
        "flows.jsonl:4:",
    ]


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"to": "shop/bd"}, "to: there is no pod shop/bd (did you mean `shop/db`?)"),
        ({"to": "shp/db"}, "to: there is no namespace `shp` (did you mean `shop`?)"),
        ({"to": "shop/ledger"}, "to: there is no pod shop/ledger (did you mean `pay/ledger`?)"),
        (
            {"to": "svc/shop/apj"},
            "to: there is no Service `apj` in namespace `shop` (did you mean `api`?)",
        ),
        (
            {"to": "svc/pay/api"},
            "to: there is no Service `api` in namespace `pay` (namespace shop has one of that name)",
        ),
        ({"to": "node/n9"}, "to: there is no node `n9` (there is n1, n2, n3)"),
        (
            {"to": "shop/backend"},
            ("to: workload shop/backend has no pod that runs (it has no pods: scale it up)"),
        ),
        (
            {"to": "203.0.113.0/24"},
            "to: `203.0.113.0/24` is a block, and a flow goes to one address",
        ),
        ({"to": "203.0.113.999"}, "to: `203.0.113.999` is not an IPv4 address"),
        (
            {"to": "github.com:22"},
            ("to: `github.com:22` is not an IPv6 address (a port goes into the member port)"),
        ),
        (
            {"to": "two words"},
            "to: `two words` is not a DNS name or an address (a pod is written NS/NAME",
        ),
        ({"to": "a/b/c/d"}, "too many slashes"),
        ({"to": ""}, "to: is empty"),
        ({"to": 5}, "to: is a number, not text"),
        ({"to": None}, "to: is empty"),
        (
            {"from": "registry"},
            "from: says no kind of object (write deploy/NAME.NAMESPACE",
        ),
        ({"to": "tcp://svc/shop/api:80"}, "port: is said in `to` already (leave it out)"),
        ({"from": ["shop/web"]}, "from: is a list, not text"),
        ({"port": 0}, "port: 0 is out of range (1 to 65535)"),
        ({"port": 65536}, "port: 65536 is out of range"),
        ({"port": -1}, "port: -1 is out of range"),
        ({"port": True}, "port: is a boolean, not a number or a name"),
        ({"port": 80.0}, "port: is a fraction, not a number or a name"),
        ({"port": None}, "port: is missing"),
        ({"port": ""}, "port: is empty"),
        (
            {"port": "80"},
            ("port: '80' is text, and no port can have this name (write the number: 80)"),
        ),
        ({"protocol": "GRE"}, "protocol: 'GRE' is not a protocol (one of TCP, UDP, SCTP, ICMP)"),
        ({"protocol": 6}, "protocol: a number is not a protocol"),
        ({"protocol": None}, "protocol: null is not a protocol"),
        ({"protocol": "ICMP"}, "port: ICMP has no ports (leave it out)"),
        ({"protcol": "UDP"}, "protcol: is not a member of a flow (did you mean protocol?)"),
        ({"prot": "UDP"}, "prot: is not a member of a flow (did you mean protocol?)"),
    ],
)
def test_a_mistake(members: dict[str, object], message: str) -> None:
    assert message in mistake(**members)


def test_a_key_twice() -> None:
    [messages] = mistakes('{"from": "shop/web", "to": "shop/db", "to": "shop/api", "port": 80}')
    assert "to: is there twice in one object (keep one of them)" in messages


def test_what_is_no_object() -> None:
    assert "is not JSON" in mistakes("{")[0]
    assert "is a list, not an object" in mistakes("[1]")[0]
    assert "is text, not an object" in mistakes('"shop/web"')[0]
    assert "nested too deeply" in mistakes("[" * 100_000)[0]
