"""Calico's policies, trap by trap."""

from __future__ import annotations

import pytest
from language_world import Case, check, matrix_agrees

A, D, U = "allowed", "denied", "undefined"
WEB_API = "shop/web > shop/api:8081"
WEB_LEDGER = "shop/web > pay/ledger:443"
OUT = "shop/web > 203.0.113.5:443"
WEB = "selector: \"app == 'web'\""


def gnp(rules: str, name: str = "g", selector: str = WEB, **more: object) -> str:
    extra = "".join(f"{key}: {value}, " for key, value in more.items())
    return f"gnp {name}: {{{extra}{selector}, {rules}}}\n"


def ns(rules: str, name: str = "shop/p", selector: str = WEB, **more: object) -> str:
    extra = "".join(f"{key}: {value}, " for key, value in more.items())
    return f"calico {name}: {{{extra}{selector}, {rules}}}\n"


def tier(name: str, **spec: object) -> str:
    return f"tier {name}: {{{', '.join(f'{key}: {value}' for key, value in spec.items())}}}\n"


def egress(action: str, end: str = "", more: str = "") -> str:
    to = f", destination: {{{end}}}" if end else ""
    return f"egress: [{{action: {action}{to}{more}}}], types: [Egress]"


def ingress(action: str, end: str = "", more: str = "") -> str:
    source = f", source: {{{end}}}" if end else ""
    return f"ingress: [{{action: {action}{source}{more}}}], types: [Ingress]"


API = "selector: \"app == 'api'\""
NP_DENY = "np shop/deny: {podSelector: {matchLabels: {app: web}}, policyTypes: [Egress]}\n"
NP_OPEN = (
    "np shop/open: {podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: [{}]}\n"
)
T1 = tier("first", order=10)
T2 = tier("second", order=20)

CASES = [
    Case(
        "1 a tier ends in Deny for a pod that one of its policies selects",
        T1 + gnp(egress("Allow", API), tier="first"),
        WEB_LEDGER,
        D,
        A,
    ),
    Case(
        "1 else it is skipped",
        T1 + gnp(egress("Allow", API), tier="first"),
        "shop/job > pay/ledger:443",
        A,
        A,
    ),
    Case(
        "1 direction by direction",
        T1 + gnp(egress("Allow", API), tier="first"),
        "pay/ledger > shop/web:80",
        A,
        A,
    ),
    Case(
        "1 staged policies do not close it",
        T1
        + "staged s: {tier: first, selector: all(), types: [Egress]}\n"
        + gnp(egress("Allow"), name="x"),
        WEB_LEDGER,
        A,
        A,
    ),
    Case(
        "2 defaultAction Pass turns that into a pass",
        tier("first", order=10, defaultAction="Pass") + gnp(egress("Allow", API), tier="first"),
        WEB_LEDGER,
        A,
        A,
    ),
    Case(
        "3 Pass leaves the whole tier",
        T1
        + gnp(egress("Pass"), name="a", tier="first", order=1)
        + gnp(egress("Deny"), name="b", tier="first", order=2),
        WEB_LEDGER,
        A,
        A,
        "passes on",
    ),
    Case(
        "3 and the next tier decides",
        T1
        + T2
        + gnp(egress("Pass"), name="a", tier="first")
        + gnp(egress("Deny"), name="b", tier="second"),
        WEB_LEDGER,
        D,
        A,
    ),
    Case("3 after the last tier the profile allows", gnp(egress("Pass")), WEB_LEDGER, A, A),
    Case(
        "3 so Pass in the default tier skips a NetworkPolicy's default deny",
        gnp(egress("Pass"), order=1) + NP_DENY,
        WEB_LEDGER,
        A,
        A,
    ),
    Case("4 Log does not decide", gnp(egress("Log")), WEB_LEDGER, D, A),
    Case(
        "4 and goes on to the next rule",
        gnp("egress: [{action: Log}, {action: Allow}], types: [Egress]"),
        WEB_LEDGER,
        A,
        A,
    ),
    Case(
        "5 NetworkPolicies do not close the default tier: a later Allow still opens",
        NP_DENY + gnp(egress("Allow"), order=2000),
        WEB_LEDGER,
        A,
        A,
    ),
    Case("5 an earlier Deny wins", NP_OPEN + gnp(egress("Deny"), order=999), WEB_LEDGER, D, A),
    Case("5 a later Deny does not", NP_OPEN + gnp(egress("Deny"), order=1001), WEB_LEDGER, A, A),
    Case("5 what nothing decides is denied", NP_DENY, WEB_LEDGER + "", D, A),
    Case(
        "6 no order is last",
        gnp(egress("Deny"), name="a") + gnp(egress("Allow"), name="b", order=5000),
        WEB_LEDGER,
        A,
        A,
    ),
    Case(
        "6 equal orders go by name",
        gnp(egress("Deny"), name="b", order=5) + gnp(egress("Allow"), name="a", order=5),
        WEB_LEDGER,
        A,
        A,
    ),
    Case(
        "6 orders may be fractions",
        gnp(egress("Deny"), name="a", order=1.5) + gnp(egress("Allow"), name="b", order=1.25),
        WEB_LEDGER,
        A,
        A,
    ),
    Case(
        "6 or negative",
        gnp(egress("Deny"), name="a", order=0) + gnp(egress("Allow"), name="b", order=-1),
        WEB_LEDGER,
        A,
        A,
    ),
    Case(
        "7 tiers by order",
        T2
        + T1
        + gnp(egress("Deny"), name="b", tier="second")
        + gnp(egress("Allow"), name="a", tier="first"),
        WEB_LEDGER,
        A,
        A,
    ),
    Case(
        "7 a tier without order is last",
        tier("late") + gnp(egress("Allow"), name="a") + gnp(egress("Deny"), name="b", tier="late"),
        WEB_LEDGER,
        A,
        A,
    ),
    Case(
        "7 the default tier is 1,000,000",
        tier("before", order=999999)
        + gnp(egress("Deny"), name="d", tier="before")
        + gnp(egress("Allow"), name="a"),
        WEB_LEDGER,
        D,
        A,
    ),
    Case(
        "7 ClusterNetworkPolicies of the Admin tier stand before it",
        "cnp c: {tier: Admin, priority: 1, subject: {namespaces: {}}, "
        "egress: [{action: Deny, to: [{namespaces: {}}]}]}\n" + gnp(egress("Allow")),
        WEB_LEDGER,
        D,
        A,
    ),
    Case(
        "7 and those of the Baseline tier after it",
        "cnp c: {tier: Baseline, priority: 1, subject: {namespaces: {}}, "
        "egress: [{action: Deny, to: [{namespaces: {}}]}]}\n" + gnp(egress("Pass")),
        WEB_LEDGER,
        D,
        A,
    ),
    Case(
        "8 staged kinds change nothing",
        "staged s: {selector: all(), types: [Egress]}\n",
        WEB_LEDGER,
        A,
        A,
    ),
    Case("9 absent types: Ingress", f"gnp g: {{{WEB}}}\n", "pay/ledger > shop/web:80", A, D),
    Case("9 and not Egress", f"gnp g: {{{WEB}}}\n", WEB_LEDGER, A, A),
    Case(
        "9 only egress rules: Egress",
        f"gnp g: {{{WEB}, egress: [{{action: Deny}}]}}\n",
        "pay/ledger > shop/web:80",
        A,
        A,
    ),
    Case(
        "9 both kinds of rules: both",
        f"gnp g: {{{WEB}, egress: [{{action: Allow}}], ingress: [{{action: Deny}}]}}\n",
        "pay/ledger > shop/web:80",
        A,
        D,
    ),
    Case("9 a raw object is read as both", f"rawgnp g: {{{WEB}}}\n", WEB_LEDGER, D, A),
    Case("10 nets match pods", gnp(egress("Allow", "nets: [198.18.2.0/24]")), WEB_LEDGER, A, A),
    Case(
        "10 0.0.0.0/0 is every IPv4 pod", gnp(egress("Allow", "nets: [0.0.0.0/0]")), WEB_API, A, A
    ),
    Case("10 notNets", gnp(egress("Allow", "notNets: [198.18.2.0/24]")), WEB_LEDGER, D, A),
    Case(
        "10 a network set's block holds pods",
        "gnetset s: {labels: {kind: set}, nets: [198.18.2.30/32]}\n"
        + gnp(egress("Allow", "selector: kind == 'set'")),
        WEB_LEDGER,
        A,
        A,
    ),
    Case(
        "11 a namespaced policy's selectors see its own namespace",
        ns(egress("Allow", "selector: app == 'ledger'")),
        WEB_LEDGER,
        D,
        A,
    ),
    Case(
        "11 a lone notSelector included",
        ns(egress("Allow", "notSelector: app == 'api'")),
        WEB_LEDGER,
        D,
        A,
    ),
    Case(
        "11 and it does select there",
        ns(egress("Allow", "notSelector: app == 'api'")),
        "shop/web > shop/job:80",
        A,
        A,
    ),
    Case(
        "11 in a GlobalNetworkPolicy they see all",
        gnp(egress("Allow", "selector: app == 'ledger'")),
        WEB_LEDGER,
        A,
        A,
    ),
    Case(
        "11 and a lone notSelector matches outside",
        gnp(egress("Allow", "notSelector: app == 'api'")),
        OUT,
        A,
        A,
    ),
    Case(
        "11 of a namespaced policy it does not",
        ns(egress("Allow", "notSelector: app == 'api'")),
        OUT,
        D,
        A,
    ),
    Case(
        "11 nets of a namespaced policy are not limited",
        ns(egress("Allow", "nets: [198.18.2.0/24]")),
        WEB_LEDGER,
        A,
        A,
    ),
    Case(
        "11 a namespaceSelector reaches others",
        ns(egress("Allow", "namespaceSelector: team == 'pay'")),
        WEB_LEDGER,
        A,
        A,
    ),
    Case(
        "12 a namespaced policy does not reach a GlobalNetworkSet",
        "gnetset s: {labels: {kind: set}, nets: [203.0.113.0/24]}\n"
        + ns(egress("Allow", "selector: kind == 'set'")),
        OUT,
        D,
        A,
    ),
    Case(
        "12 only with global()",
        "gnetset s: {labels: {kind: set}, nets: [203.0.113.0/24]}\n"
        + ns(egress("Allow", "selector: kind == 'set', namespaceSelector: global()")),
        OUT,
        A,
        A,
    ),
    Case(
        "12 but a NetworkSet of its own namespace",
        "netset shop/s: {labels: {kind: set}, nets: [203.0.113.0/24]}\n"
        + ns(egress("Allow", "selector: kind == 'set'")),
        OUT,
        A,
        A,
    ),
    Case(
        "12 and none of another",
        "netset pay/s: {labels: {kind: set}, nets: [203.0.113.0/24]}\n"
        + ns(egress("Allow", "selector: kind == 'set'")),
        OUT,
        D,
        A,
    ),
    Case(
        "13 all() means has a namespace",
        "gnetset s: {labels: {kind: set}, nets: [203.0.113.0/24]}\n"
        + gnp(egress("Allow", "namespaceSelector: all()")),
        OUT,
        D,
        A,
    ),
    Case("13 so every pod", gnp(egress("Allow", "namespaceSelector: all()")), WEB_LEDGER, A, A),
    Case(
        "13 != also matches global sets",
        "gnetset s: {labels: {kind: set}, nets: [203.0.113.0/24]}\n"
        + gnp(egress("Allow", "namespaceSelector: team != 'web'")),
        OUT,
        A,
        A,
    ),
    Case(
        "14 != matches where the label is missing",
        gnp(egress("Allow", "selector: tier != 'back'")),
        WEB_LEDGER,
        A,
        A,
    ),
    Case(
        "14 not in, too",
        gnp(egress("Allow", "selector: \"tier not in {'back', 'front'}\"")),
        WEB_LEDGER,
        A,
        A,
    ),
    Case("14 == does not", gnp(egress("Allow", "selector: tier == 'back'")), WEB_LEDGER, D, A),
    Case(
        "15 projectcalico.org/name on namespaces",
        gnp(egress("Allow", "namespaceSelector: projectcalico.org/name == 'pay'")),
        WEB_LEDGER,
        A,
        A,
    ),
    Case(
        "15 projectcalico.org/namespace on pods",
        gnp(egress("Allow", "selector: projectcalico.org/namespace == 'pay'")),
        WEB_LEDGER,
        A,
        A,
    ),
    Case(
        "15 projectcalico.org/serviceaccount on pods",
        gnp(egress("Allow", "selector: projectcalico.org/serviceaccount == 'robot'")),
        "shop/web > shop/job:80",
        A,
        A,
    ),
    Case(
        "15 projectcalico.org/orchestrator on pods",
        gnp(egress("Allow", "selector: projectcalico.org/orchestrator == 'k8s'")),
        WEB_LEDGER,
        A,
        A,
    ),
    Case(
        "16 service accounts by name",
        gnp(egress("Allow", "serviceAccounts: {names: [robot]}")),
        "shop/web > shop/job:80",
        A,
        A,
    ),
    Case(
        "16 by labels",
        gnp(egress("Allow", "serviceAccounts: {selector: role == 'batch'}")),
        "shop/web > shop/job:80",
        A,
        A,
    ),
    Case(
        "16 both must hold",
        gnp(egress("Allow", "serviceAccounts: {names: [robot], selector: role == 'human'}")),
        "shop/web > shop/job:80",
        D,
        A,
    ),
    Case(
        "16 with a namespaceSelector, too",
        gnp(egress("Allow", "serviceAccounts: {names: [robot]}, namespaceSelector: team == 'pay'")),
        "shop/web > shop/job:80",
        D,
        A,
    ),
    Case(
        "16 a policy's own pods by their service account",
        "gnp g: {serviceAccountSelector: role == 'batch', egress: [{action: Deny}], types: [Egress]}\n",
        "shop/job > pay/ledger:443",
        D,
        A,
    ),
    Case(
        "17 a Service in an egress destination: address and port",
        ns(egress("Allow", "services: {name: api, namespace: shop}")),
        WEB_API,
        A,
        A,
    ),
    Case(
        "17 not its other ports",
        ns(egress("Allow", "services: {name: api, namespace: shop}")),
        "shop/web > shop/api:9000",
        D,
        A,
    ),
    Case(
        "17 in an ingress source: the address only",
        ns(ingress("Allow", "services: {name: api, namespace: shop}")),
        "shop/api > shop/web:8080",
        A,
        A,
    ),
    Case(
        "17 and nobody else",
        ns(ingress("Allow", "services: {name: api, namespace: shop}")),
        "shop/job > shop/web:8080",
        A,
        D,
    ),
    Case(
        "17 a Service of addresses outside",
        ns(egress("Allow", "services: {name: ext, namespace: shop}")),
        OUT,
        A,
        A,
    ),
    Case(
        "18 an ingress rule's destination narrows the rule",
        gnp(
            "ingress: [{action: Deny, destination: {selector: app == 'api'}}, {action: Allow}], types: [Ingress]",
            selector="selector: all()",
        ),
        "shop/api > shop/web:80",
        A,
        A,
    ),
    Case(
        "18 for those that it means it matches",
        gnp(
            "ingress: [{action: Deny, destination: {selector: app == 'api'}}, {action: Allow}], types: [Ingress]",
            selector="selector: all()",
        ),
        WEB_API,
        A,
        D,
    ),
    Case(
        "18 an egress rule's source",
        gnp(
            "egress: [{action: Allow, source: {selector: app == 'web'}}], types: [Egress]",
            selector="selector: all()",
        ),
        "shop/job > shop/api:8081",
        D,
        A,
    ),
    Case(
        "18 a source's nets",
        gnp(
            "egress: [{action: Allow, source: {nets: [198.18.1.10/32]}}], types: [Egress]",
            selector="selector: all()",
        ),
        WEB_API,
        A,
        A,
    ),
    Case(
        "19 named ports",
        gnp(egress("Allow", "ports: [http]", ", protocol: TCP")),
        WEB_API,
        A,
        A,
    ),
    Case(
        "19 need the right protocol",
        gnp(egress("Allow", "ports: [dns]", ", protocol: TCP")),
        "shop/web > kube-system/dns:53|UDP",
        D,
        A,
    ),
    Case(
        "19 and work in notPorts",
        gnp(egress("Allow", "notPorts: [http]", ", protocol: TCP")),
        WEB_API,
        D,
        A,
    ),
    Case(
        "19 which leaves the others",
        gnp(egress("Allow", "notPorts: [http]", ", protocol: TCP")),
        "shop/web > shop/api:9000",
        A,
        A,
    ),
    Case("ranges", gnp(egress("Allow", "ports: ['8000:8100']", ", protocol: TCP")), WEB_API, A, A),
    Case("a port by number", gnp(egress("Allow", "ports: [80]", ", protocol: TCP")), WEB_API, D, A),
    Case("a protocol by number", gnp(egress("Allow", "", ", protocol: 6")), WEB_API, A, A),
    Case("notProtocol", gnp(egress("Allow", "", ", notProtocol: TCP")), WEB_API, D, A),
    Case(
        "ICMP by name",
        gnp(egress("Allow", "", ", protocol: ICMP")),
        "shop/web > shop/api|ICMP",
        A,
        A,
    ),
    Case(
        "ICMP of a type",
        gnp(egress("Allow", "", ", protocol: ICMP, icmp: {type: 8}")),
        "shop/web > shop/api|ICMP",
        A,
        A,
    ),
    Case(
        "of another type",
        gnp(egress("Allow", "", ", protocol: ICMP, icmp: {type: 0}")),
        "shop/web > shop/api|ICMP",
        D,
        A,
    ),
    Case(
        "notICMP",
        gnp(egress("Allow", "", ", protocol: ICMP, notICMP: {type: 8}")),
        "shop/web > shop/api|ICMP",
        D,
        A,
    ),
    Case(
        "ICMPv6 is not ICMP",
        gnp(egress("Allow", "", ", protocol: ICMPv6")),
        "shop/web > shop/api|ICMP",
        D,
        A,
    ),
    Case("no protocol means ICMP, too", gnp(egress("Allow")), "shop/web > shop/api|ICMP", A, A),
    Case(
        "ICMP under a NetworkPolicy is settled",
        "np shop/icmp: {podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: [{}]}\n"
        + gnp(egress("Deny"), order=9000),
        "shop/web > shop/api|ICMP",
        A,
        A,
    ),
    Case("ipVersion", gnp(egress("Allow", "", ", ipVersion: 6")), WEB_API, D, A),
    Case(
        "an ipBlock compares the addresses of pods",
        "np shop/block: {podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], "
        "egress: [{to: [{ipBlock: {cidr: 198.18.2.0/24}}]}]}\n" + gnp(egress("Deny"), order=9000),
        WEB_LEDGER,
        A,
        A,
    ),
    Case("has", gnp(egress("Allow", "selector: has(tier)")), WEB_API, A, A),
    Case("!has", gnp(egress("Allow", "selector: '!has(tier)'")), WEB_API, D, A),
    Case("contains", gnp(egress("Allow", "selector: app contains 'p'")), WEB_API, A, A),
    Case("starts with", gnp(egress("Allow", "selector: app starts with 'led'")), WEB_LEDGER, A, A),
    Case("ends with", gnp(egress("Allow", "selector: app ends with 'ger'")), WEB_LEDGER, A, A),
    Case(
        "and binds stronger than or",
        gnp(egress("Allow", "selector: \"app == 'ledger' || app == 'api' && has(nothing)\"")),
        WEB_LEDGER,
        A,
        A,
    ),
    Case(
        "brackets",
        gnp(egress("Allow", "selector: \"(app == 'ledger' || app == 'api') && has(tier)\"")),
        WEB_LEDGER,
        D,
        A,
    ),
    Case("in", gnp(egress("Allow", "selector: \"app in {'ledger', 'x'}\"")), WEB_LEDGER, A, A),
    Case(
        "untracked policies are of hosts only",
        gnp(egress("Deny"), doNotTrack="true", applyOnForward="true"),
        WEB_LEDGER,
        A,
        A,
    ),
    Case(
        "a policy of a namespace selects there only",
        ns(egress("Deny"), selector="selector: all()"),
        "pay/ledger > shop/web:80",
        A,
        A,
    ),
    Case(
        "a GlobalNetworkPolicy by namespaces",
        gnp(egress("Deny"), selector="selector: all()", namespaceSelector="team == 'pay'"),
        "pay/ledger > shop/web:80",
        D,
        A,
    ),
    Case("from the own node: always", gnp(ingress("Deny")), "node/n1 > shop/web:80", A, A),
    Case(
        "from outside",
        gnp(ingress("Allow", "nets: [203.0.113.0/24]")),
        "203.0.113.9 > shop/web:80",
        A,
        A,
    ),
    Case(
        "from outside, another net",
        gnp(ingress("Allow", "nets: [203.0.113.0/24]")),
        "198.51.100.99 > shop/web:80",
        A,
        D,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_case(case: Case) -> None:
    check(case)


@pytest.mark.parametrize("text", sorted({case.policies for case in CASES}))
def test_the_matrix_says_the_same(text: str) -> None:
    matrix_agrees(text)
