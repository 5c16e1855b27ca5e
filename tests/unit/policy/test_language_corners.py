"""Corners of the languages that their own code decides and their documentation passes over."""

from __future__ import annotations

import pytest
from language_world import Case, check, matrix_agrees

A, D, U = "allowed", "denied", "undefined"
WEB_API = "shop/web > shop/api:8081"
WEB_LEDGER = "shop/web > pay/ledger:443"
OUT = "shop/web > 203.0.113.5:443"
NAMESPACE = "k8s:io.kubernetes.pod.namespace"


def web(rules: str) -> str:
    return f"cilium shop/p: {{endpointSelector: {{matchLabels: {{app: web}}}}, {rules}}}\n"


def to(selector: str) -> str:
    return web(f"egress: [{{toEndpoints: [{selector}]}}]")


def reserved(name: str) -> str:
    return f"{{matchLabels: {{'reserved:{name}': ''}}}}"


def expression(key: str, operator: str, *values: str) -> str:
    listed = f", values: [{', '.join(values)}]" if values else ""
    return f"{{matchExpressions: [{{key: '{key}', operator: {operator}{listed}}}]}}"


NOT_IN_SHOP = expression(NAMESPACE, "NotIn", "shop")
NO_NODE = expression("reserved:remote-node", "DoesNotExist")

CILIUM = [
    Case(
        "a namespace that is not one: other pods", to(NOT_IN_SHOP), "shop/web > bare/loner:80", A, A
    ),
    Case("and not those in it", to(NOT_IN_SHOP), WEB_API, D, A),
    Case("but whatever is in none: the world", to(NOT_IN_SHOP), OUT, A, A),
    Case("and nodes", to(NOT_IN_SHOP), "shop/web > node/n1:22", A, A),
    Case("and pods on their network", to(NOT_IN_SHOP), "shop/web > kube-system/agent:9100", A, A),
    Case(
        "a namespace that must be there: no world", to(expression(NAMESPACE, "Exists")), OUT, D, A
    ),
    Case("nor nodes", to(expression(NAMESPACE, "Exists")), "shop/web > node/n2:22", D, A),
    Case("reserved:host is the own node", to(reserved("host")), "shop/web > node/n1:22", A, A),
    Case("and no other", to(reserved("host")), "shop/web > node/n2:22", D, A),
    Case("and no pod", to(reserved("host")), WEB_API, D, A),
    Case(
        "reserved:remote-node: the others",
        to(reserved("remote-node")),
        "shop/web > kube-system/agent:9100",
        A,
        A,
    ),
    Case("reserved:world", to(reserved("world")), OUT, A, A),
    Case("and nobody inside", to(reserved("world")), WEB_LEDGER, D, A),
    Case("without a reserved label: pods of every namespace", to(NO_NODE), WEB_LEDGER, A, A),
    Case("the world too", to(NO_NODE), OUT, A, A),
    Case("and no other node", to(NO_NODE), "shop/web > node/n2:22", D, A),
    Case(
        "a denial keeps the own node out",
        web("ingressDeny: [{fromEntities: [host]}], ingress: [{fromEntities: [all]}]"),
        "node/n1 > shop/web:80",
        A,
        D,
        "denies everything from entity host",
    ),
    Case(
        "one that does not mean it does not",
        web("ingressDeny: [{fromEntities: [remote-node]}]"),
        "node/n1 > shop/web:80",
        A,
        A,
        "is always allowed",
    ),
    Case(
        "requirements keep the namespace where endpoints would not",
        web(f"egress: [{{toRequires: [{reserved('world')}]}}, {{toEndpoints: [{NOT_IN_SHOP}]}}]"),
        OUT,
        D,
        A,
    ),
    Case(
        "port 0 is every port",
        web("egress: [{toEndpoints: [{}], toPorts: [{ports: [{port: '0', protocol: ANY}]}]}]"),
        WEB_API,
        A,
        A,
    ),
    Case(
        "and no ICMP",
        web("egress: [{toEndpoints: [{}], toPorts: [{ports: [{port: '0'}]}]}]"),
        "shop/web > shop/api|ICMP",
        D,
        A,
    ),
    Case(
        "port 0 of a protocol is that one's",
        web("egress: [{toPorts: [{ports: [{port: '0', protocol: UDP}]}]}]"),
        WEB_API,
        D,
        A,
    ),
    Case(
        "an item of toPorts without ports matches nothing",
        web("egress: [{toEndpoints: [{}], toPorts: [{ports: []}]}]"),
        WEB_API,
        D,
        A,
    ),
    Case(
        "an empty list of toPorts is none",
        web("egress: [{toEndpoints: [{}], toPorts: []}]"),
        WEB_API,
        A,
        A,
    ),
    Case(
        "mutual authentication: whether the two have it is not known",
        web("egress: [{toEndpoints: [{}], authentication: {mode: required}}]"),
        WEB_API,
        U,
        A,
        "mutual authentication",
    ),
    Case(
        "and where it is not asked for it does not matter",
        web("egress: [{toEndpoints: [{}], authentication: {mode: disabled}}]"),
        WEB_API,
        A,
        A,
    ),
    Case(
        "nor to whom the rule does not mean",
        web("egress: [{toEndpoints: [{}], authentication: {mode: required}}]"),
        WEB_LEDGER,
        D,
        A,
    ),
    Case(
        "a NetworkPolicy's egress rules count, whatever its policyTypes say",
        "np shop/net: {podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress], "
        "egress: [{to: [{podSelector: {matchLabels: {app: job}}}]}]}\n"
        "cilium bare/other: {endpointSelector: {}, ingress: [{}]}\n",
        WEB_API,
        D,
        A,
        "leaves out egress",
    ),
    Case(
        "a denial that names nobody denies nobody, and isolates",
        web("egressDeny: [{}], egress: [{toEndpoints: [{}]}]"),
        WEB_LEDGER,
        D,
        A,
    ),
    Case(
        "and leaves what is allowed",
        web("egressDeny: [{}], egress: [{toEndpoints: [{}]}]"),
        WEB_API,
        A,
        A,
    ),
    Case(
        "a denial of a port is for everybody",
        web("egressDeny: [{toPorts: [{ports: [{port: '443'}]}]}], egress: [{toEntities: [all]}]"),
        OUT,
        D,
        A,
    ),
    Case(
        "icmps without fields match nothing",
        web("egress: [{icmps: [{}]}]"),
        "shop/web > shop/api|ICMP",
        D,
        A,
    ),
]


def gnp(destination: str, **more: object) -> str:
    extra = "".join(f"{key}: {value}, " for key, value in more.items())
    rule = f"{{action: Allow, destination: {{{destination}}}}}"
    return f"gnp g: {{{extra}selector: \"app == 'web'\", types: [Egress], egress: [{rule}]}}\n"


SET = "gnetset s: {labels: {kind: set}, nets: [203.0.113.0/24]}\n"
CALICO = [
    Case(
        "all() means a namespace wherever it stands",
        SET + gnp("namespaceSelector: \"all() && team != 'web'\""),
        OUT,
        D,
        A,
    ),
    Case(
        "and its negation none",
        SET + gnp('namespaceSelector: "!all()"'),
        OUT,
        A,
        A,
    ),
    Case("so no pod", gnp('namespaceSelector: "!all()"'), WEB_LEDGER, D, A),
    Case(
        "global() in an alternative",
        SET + gnp("namespaceSelector: \"global() || team == 'pay'\""),
        OUT,
        A,
        A,
    ),
    Case(
        "the other alternative",
        gnp("namespaceSelector: \"global() || team == 'pay'\""),
        WEB_LEDGER,
        A,
        A,
    ),
    Case("an empty list of nets says nothing", gnp("nets: []"), WEB_LEDGER, A, A),
    Case(
        "network sets lack every service account",
        SET + gnp("serviceAccounts: {selector: \"role != 'batch'\"}"),
        OUT,
        A,
        A,
    ),
    Case(
        "pods that have it do not",
        gnp("serviceAccounts: {selector: \"role != 'batch'\"}"),
        "shop/web > shop/job:80",
        D,
        A,
    ),
    Case(
        "a name of a service account is never a set's",
        SET + gnp("serviceAccounts: {names: [default]}"),
        OUT,
        D,
        A,
    ),
    Case(
        "a client's port that may be any",
        "gnp g: {selector: \"app == 'web'\", types: [Egress], egress: [{action: Allow, protocol: TCP, "
        "source: {ports: ['1:65535']}}]}\n",
        WEB_LEDGER,
        A,
        A,
    ),
    Case(
        "a client's port that may not",
        "gnp g: {selector: \"app == 'web'\", types: [Egress], egress: [{action: Allow, protocol: TCP, "
        "source: {ports: ['40000:50000']}}]}\n",
        WEB_LEDGER,
        U,
        A,
    ),
    Case(
        "equal orders: a name before a namespace, or after it, is a matter of versions",
        gnp("nets: [0.0.0.0/0]", order=5)
        + "calico shop/a: {order: 5, selector: all(), types: [Egress], egress: [{action: Deny}]}\n",
        WEB_LEDGER,
        U,
        A,
        "which of the two comes first is not defined",
    ),
    Case(
        "where both say the same it is decided",
        gnp("nets: [0.0.0.0/0]", order=5)
        + "calico shop/a: {order: 5, selector: all(), types: [Egress], egress: [{action: Allow}]}\n",
        WEB_LEDGER,
        A,
        A,
    ),
    Case(
        "and where all versions agree about the order, too",
        gnp("nets: [0.0.0.0/0]", order=5)
        + "calico shop/z: {order: 5, selector: all(), types: [Egress], egress: [{action: Deny}]}\n",
        WEB_LEDGER,
        A,
        A,
    ),
    Case(
        "a NetworkPolicy and a policy of order 1000",
        "gnp z: {order: 1000, selector: \"app == 'web'\", types: [Egress], egress: [{action: Deny}]}\n"
        "np shop/open: {podSelector: {}, policyTypes: [Egress], egress: [{}]}\n",
        WEB_LEDGER,
        U,
        A,
    ),
    Case(
        "domains, by the name that is asked for",
        gnp("domains: ['*.example.com']"),
        "shop/web > git.example.com:443",
        A,
        A,
    ),
    Case(
        "other names are not meant",
        gnp("domains: ['*.example.com']"),
        "shop/web > example.org:443",
        D,
        A,
    ),
    Case("nor pods", gnp("domains: ['*.example.com']"), WEB_LEDGER, D, A),
    Case("of an address, DNS decides", gnp("domains: ['*.example.com']"), OUT, U, A),
    Case(
        "the Admin tier's older name",
        "gnp g: {tier: adminnetworkpolicy, order: 5, selector: \"app == 'web'\", types: [Egress], "
        "egress: [{action: Deny}]}\ngnp h: {selector: \"app == 'web'\", types: [Egress], "
        "egress: [{action: Allow}]}\n",
        WEB_LEDGER,
        D,
        A,
    ),
]

CASES = [*CILIUM, *CALICO]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_case(case: Case) -> None:
    check(case)


@pytest.mark.parametrize("text", sorted({case.policies for case in CASES}))
def test_the_matrix_says_the_same(text: str) -> None:
    matrix_agrees(text)
