"""The long form says what the text form says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from prober.model.objects import LabelSelector, Requirement
from prober.scenario import load_scenario, parse_source, parse_target

Write = Callable[..., Path]


@pytest.mark.parametrize(
    ("mapping", "text"),
    [
        ("{deployment: web}", "deploy/web.shop"),
        ("{deployment: web, namespace: other}", "deploy/web.other"),
        ("{statefulset: db}", "sts/db.shop"),
        ("{daemonset: d}", "ds/d.shop"),
        ("{replicaset: r}", "rs/r.shop"),
        ("{job: j}", "job/j.shop"),
        ("{cronjob: c}", "cj/c.shop"),
        ("{pod: p}", "pod/p.shop"),
        ("{service: s}", "svc/s.shop"),
        ("{namespace: other}", "ns/other"),
        ("{selector: {}}", "ns/shop"),
        ("{selector: 'app=web,tier!=db'}", "pods/app=web,tier!=db.shop"),
        ("{selector: {matchLabels: {app: web}}}", "pods/app=web.shop"),
        ("{node: n1}", "node/n1"),
        ("{node: '*'}", "node/*"),
        ("{outside: github.com}", "outside/github.com"),
    ],
)
def test_sources(mapping: str, text: str, write: Write) -> None:
    [check] = load_scenario(write(f"checks: [{{from: {mapping}, to: 'tcp://b.c:1'}}]\n")).checks
    assert check.source == parse_source(text)


def test_match_expressions(write: Write) -> None:
    expressions = "[{key: a, operator: In, values: [x, z]}, {key: b, operator: DoesNotExist}]"
    body = (
        f"checks: [{{from: {{selector: {{matchExpressions: {expressions}}}}}, to: "
        "'tcp://b.c:1'}]\n"
    )
    [check] = load_scenario(write(body)).checks
    requirements = (Requirement("a", "In", ("x", "z")), Requirement("b", "DoesNotExist"))
    assert check.source.selector == LabelSelector({}, requirements)


@pytest.mark.parametrize(
    ("mapping", "text"),
    [
        ("{tcp: {host: github.com, port: 22}}", "tcp://github.com:22"),
        (
            "{tcp: {host: '2001:db8::1', port: 22, family: ipv6}}",
            "tcp://[2001:db8::1]:22?family=ipv6",
        ),
        ("{tcp: {service: web, port: http}}", "tcp://svc/web.shop:http"),
        ("{tcp: {deployment: web, namespace: other, port: 80}}", "tcp://deploy/web.other:80"),
        ("{tcp: {selector: {matchLabels: {app: web}}, port: 80}}", "tcp://pods/app=web.shop:80"),
        ("{tcp: {node: n1, port: 30080}}", "tcp://node/n1:30080"),
        ("{udp: {pod: p, port: 53, payload: 'a&b c'}}", "udp://pod/p.shop:53?payload=a%26b%20c"),
        ("{http: {service: web, path: /a}}", "http://svc/web.shop/a"),
        ("{http: {host: b.c, status: 200}}", "http://b.c?status=200"),
        (
            "{https: {host: b.c, port: 8443, status: [200, 404], method: HEAD}}",
            "https://b.c:8443?status=200,404&method=HEAD",
        ),
        ("{https: {host: b.c, verify: false}}", "https://b.c?verify=no"),
        ("{tls: {service: web, port: 443, sni: d.e}}", "tls://svc/web.shop:443?sni=d.e"),
        ("{icmp: {node: n1, size: 1400}}", "icmp://node/n1?size=1400"),
        ("{dns: {name: b.c}}", "dns://b.c"),
        (
            "{dns: {name: b.c, server: 'svc/kube-dns.kube-system', type: AAAA, transport: tcp}}",
            "dns://b.c@svc/kube-dns.kube-system?type=AAAA&transport=tcp",
        ),
    ],
)
def test_targets(mapping: str, text: str, write: Write) -> None:
    [check] = load_scenario(write(f"checks: [{{from: deploy/a, to: {mapping}}}]\n")).checks
    assert check.target == parse_target(text, "shop")


def test_only_the_long_form_carries_options_beside_a_query(write: Write) -> None:
    body = (
        "checks: [{from: deploy/a, to: {http: {host: b.c, path: '/find?status=open', status: "
        "200}}}]\n"
    )
    [check] = load_scenario(write(body)).checks
    assert (check.target.path, check.target.status) == ("/find?status=open", (200,))
