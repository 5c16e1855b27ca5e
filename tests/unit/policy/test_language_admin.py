"""AdminNetworkPolicy, BaselineAdminNetworkPolicy and ClusterNetworkPolicy, trap by trap."""

from __future__ import annotations

import pytest
from language_world import Case, check, matrix_agrees

SHOP = "{namespaces: {matchLabels: {team: web}}}"
ALL = "{namespaces: {}}"


def anp(rules: str, priority: int = 10, name: str = "a", subject: str = SHOP) -> str:
    return f"anp {name}: {{priority: {priority}, subject: {subject}, {rules}}}\n"


def cnp(
    rules: str, priority: int = 10, name: str = "c", tier: str = "Admin", subject: str = SHOP
) -> str:
    return f"cnp {name}: {{tier: {tier}, priority: {priority}, subject: {subject}, {rules}}}\n"


def banp(rules: str, subject: str = SHOP) -> str:
    return f"banp default: {{subject: {subject}, {rules}}}\n"


def egress(action: str, peer: str, more: str = "") -> str:
    return f"egress: [{{action: {action}, to: [{peer}]{more}}}]"


def ingress(action: str, peer: str, more: str = "") -> str:
    return f"ingress: [{{action: {action}, from: [{peer}]{more}}}]"


EVERYONE = "{namespaces: {}}"
PAY = "{namespaces: {matchLabels: {team: pay}}}"
WORLD = '{networks: ["0.0.0.0/0"]}'
A, D, U = "allowed", "denied", "undefined"
WEB_LEDGER = "shop/web > pay/ledger:443"
NP_DENY = "np shop/deny: {policyTypes: [Egress]}\n"
NP_OPEN = "np shop/open: {policyTypes: [Egress], egress: [{}]}\n"

CASES = [
    Case(
        "a denial wins over a NetworkPolicy", anp(egress("Deny", PAY)) + NP_OPEN, WEB_LEDGER, D, A
    ),
    Case("an allowance wins over isolation", anp(egress("Allow", PAY)) + NP_DENY, WEB_LEDGER, A, A),
    Case("Pass leaves it to NetworkPolicy", anp(egress("Pass", PAY)) + NP_DENY, WEB_LEDGER, D, A),
    Case("an ANP never isolates", anp(egress("Allow", PAY)), "shop/web > bare/loner:80", A, A),
    Case(
        "Pass skips all later ANPs",
        anp(egress("Pass", PAY), 5, "first") + anp(egress("Deny", PAY), 9, "second"),
        WEB_LEDGER,
        A,
        A,
        "passes on",
    ),
    Case(
        "a lower priority comes first",
        anp(egress("Deny", PAY), 9, "second") + anp(egress("Allow", PAY), 5, "first"),
        WEB_LEDGER,
        A,
        A,
        "first",
    ),
    Case(
        "rules go in their order",
        anp(
            "egress: [{action: Allow, to: [{namespaces: {}}]}, {action: Deny, to: [{namespaces: {}}]}]"
        ),
        WEB_LEDGER,
        A,
        A,
    ),
    Case(
        "equal priorities that conflict are undefined",
        anp(egress("Deny", PAY), 5, "one") + anp(egress("Allow", PAY), 5, "two"),
        WEB_LEDGER,
        U,
        A,
    ),
    Case(
        "equal priorities that agree are not",
        anp(egress("Deny", PAY), 5, "one") + anp(egress("Deny", EVERYONE), 5, "two"),
        WEB_LEDGER,
        D,
        A,
    ),
    Case("networks hit pods, too", anp(egress("Deny", WORLD)), WEB_LEDGER, D, A),
    Case(
        "networks are exact",
        anp(egress("Deny", '{networks: ["203.0.113.0/24"]}')),
        WEB_LEDGER,
        A,
        A,
    ),
    Case(
        "networks and a pod without a known address",
        anp(egress("Deny", '{networks: ["198.18.0.0/15"]}')),
        "shop/web > shop/noip:80",
        U,
        A,
    ),
    Case(
        "every IPv4 address is in 0.0.0.0/0",
        anp(egress("Deny", WORLD)),
        "shop/web > shop/noip:80",
        D,
        A,
    ),
    Case("networks hit nodes", anp(egress("Deny", WORLD)), "shop/web > node/n2:22", D, A),
    Case(
        "the baseline counts where no NetworkPolicy selects",
        banp(egress("Deny", PAY)),
        WEB_LEDGER,
        D,
        A,
    ),
    Case(
        "the baseline does not where one does",
        banp(egress("Deny", PAY)) + NP_OPEN,
        WEB_LEDGER,
        A,
        A,
    ),
    Case(
        "a NetworkPolicy of the other direction leaves the baseline in place",
        banp(egress("Deny", PAY)) + "np shop/in: {policyTypes: [Ingress]}\n",
        WEB_LEDGER,
        D,
        A,
    ),
    Case(
        "the baseline's ingress",
        banp(ingress("Deny", PAY)),
        "pay/ledger > shop/web:80",
        A,
        D,
    ),
    Case(
        "Pass, and then the baseline",
        anp(egress("Pass", PAY)) + banp(egress("Deny", PAY)),
        WEB_LEDGER,
        D,
        A,
    ),
    Case(
        "ingress peers never match sources outside",
        anp(ingress("Deny", EVERYONE)),
        "203.0.113.9 > shop/web:80",
        A,
        A,
    ),
    Case("ingress from pods", anp(ingress("Deny", PAY)), "pay/ledger > shop/web:80", A, D),
    Case("nor nodes", anp(ingress("Deny", EVERYONE)), "node/n2 > shop/web:80", A, A),
    Case(
        "a named port takes its number and protocol from the destination",
        anp(egress("Deny", EVERYONE, ", ports: [{namedPort: dns}]")),
        "shop/web > kube-system/dns:53|UDP",
        D,
        A,
    ),
    Case(
        "of another number it is another port",
        anp(egress("Deny", EVERYONE, ", ports: [{namedPort: http}]")),
        "shop/web > shop/api:9000",
        A,
        A,
    ),
    Case(
        "a port without a protocol is TCP",
        anp(egress("Deny", PAY, ", ports: [{portNumber: {port: 443}}]")),
        "shop/web > pay/ledger:443|UDP",
        A,
        A,
    ),
    Case(
        "a range holds its ends",
        anp(egress("Deny", PAY, ", ports: [{portRange: {protocol: TCP, start: 400, end: 443}}]")),
        WEB_LEDGER,
        D,
        A,
    ),
    Case(
        "an Allow on one side does not open the other",
        anp(egress("Allow", PAY)) + "np pay/deny: {policyTypes: [Ingress]}\n",
        WEB_LEDGER,
        A,
        D,
    ),
    Case(
        "pods on the host network are no peers",
        anp(egress("Deny", EVERYONE)),
        "shop/web > kube-system/agent:9100",
        A,
        A,
    ),
    Case(
        "nor subjects",
        anp(egress("Deny", EVERYONE), subject=ALL),
        "kube-system/agent > pay/ledger:443",
        A,
        A,
    ),
    Case(
        "their addresses are among networks",
        anp(egress("Deny", '{networks: ["198.51.100.12/32"]}')),
        "shop/web > kube-system/agent:9100",
        D,
        A,
    ),
    Case(
        "nodes by their labels, and what uses their network",
        anp(egress("Deny", "{nodes: {matchLabels: {zone: b}}}")),
        "shop/web > kube-system/agent:9100",
        D,
        A,
    ),
    Case(
        "other nodes are not meant",
        anp(egress("Deny", "{nodes: {matchLabels: {zone: a}}}")),
        "shop/web > node/n2:22",
        A,
        A,
    ),
    Case(
        "an admin's denial holds for the own node, too",
        anp(egress("Deny", "{nodes: {}}")),
        "shop/web > node/n1:22",
        D,
        A,
    ),
    Case("isolation does not", NP_DENY + anp(egress("Allow", PAY)), "shop/web > node/n1:22", A, A),
    Case(
        "ICMP is decided by rules without ports",
        anp(egress("Deny", PAY)),
        "shop/web > pay/ledger|ICMP",
        D,
        A,
    ),
    Case(
        "and not by rules with ports",
        anp(egress("Deny", PAY, ", ports: [{portNumber: {port: 443}}]")),
        "shop/web > pay/ledger|ICMP",
        A,
        A,
    ),
    Case(
        "an allowance of ICMP settles what NetworkPolicy leaves open",
        anp(egress("Allow", PAY)) + NP_DENY,
        "shop/web > pay/ledger|ICMP",
        A,
        A,
    ),
    Case(
        "domain names",
        anp(
            "egress: [{action: Allow, to: [{domainNames: ['*.example.com']}]}, "
            "{action: Deny, to: [{networks: ['0.0.0.0/0']}]}]"
        ),
        "shop/web > git.example.com:443",
        A,
        A,
    ),
    Case(
        "a wildcard is one label or more, and not none",
        anp(
            "egress: [{action: Allow, to: [{domainNames: ['*.git.example.com']}]}, "
            "{action: Deny, to: [{networks: ['0.0.0.0/0']}]}]"
        ),
        "shop/web > git.example.com:443",
        D,
        A,
    ),
    Case(
        "of an address, DNS decides whether a name led there",
        anp(
            "egress: [{action: Allow, to: [{domainNames: ['git.example.com']}]}, "
            "{action: Deny, to: [{networks: ['0.0.0.0/0']}]}]"
        ),
        "shop/web > 203.0.113.77:443",
        U,
        A,
    ),
    Case(
        "a subject of pods needs both selectors",
        anp(
            egress("Deny", PAY),
            subject="{pods: {namespaceSelector: {matchLabels: {team: web}}, podSelector: {matchLabels: {app: api}}}}",
        ),
        WEB_LEDGER,
        A,
        A,
    ),
    # ClusterNetworkPolicy
    Case("Accept in the Admin tier", cnp(egress("Accept", PAY)) + NP_DENY, WEB_LEDGER, A, A),
    Case("Deny in the Admin tier", cnp(egress("Deny", PAY)) + NP_OPEN, WEB_LEDGER, D, A),
    Case(
        "the Baseline tier after NetworkPolicy",
        cnp(egress("Deny", PAY), tier="Baseline") + NP_OPEN,
        WEB_LEDGER,
        A,
        A,
    ),
    Case("the Baseline tier alone", cnp(egress("Deny", PAY), tier="Baseline"), WEB_LEDGER, D, A),
    Case(
        "Baseline by priority",
        cnp(egress("Accept", PAY), 1, "one", "Baseline")
        + cnp(egress("Deny", PAY), 2, "two", "Baseline"),
        WEB_LEDGER,
        A,
        A,
    ),
    Case(
        "Pass in the Baseline tier ends in allow",
        cnp(egress("Pass", PAY), 1, "one", "Baseline")
        + cnp(egress("Deny", PAY), 2, "two", "Baseline"),
        WEB_LEDGER,
        A,
        A,
    ),
    Case(
        "tcp without a port is every TCP port",
        cnp(egress("Deny", PAY, ", protocols: [{tcp: {}}]")),
        WEB_LEDGER,
        D,
        A,
    ),
    Case(
        "and no ICMP",
        cnp(egress("Deny", PAY, ", protocols: [{tcp: {}}]")),
        "shop/web > pay/ledger|ICMP",
        A,
        A,
    ),
    Case(
        "a port by number",
        cnp(egress("Deny", PAY, ", protocols: [{tcp: {destinationPort: {number: 80}}}]")),
        WEB_LEDGER,
        A,
        A,
    ),
    Case(
        "a range of ports",
        cnp(
            egress(
                "Deny",
                PAY,
                ", protocols: [{tcp: {destinationPort: {range: {start: 1, end: 443}}}}]",
            )
        ),
        WEB_LEDGER,
        D,
        A,
    ),
    Case(
        "a named port",
        cnp(ingress("Deny", EVERYONE, ", protocols: [{destinationNamedPort: dns}]")),
        "pay/ledger > shop/web:53|UDP",
        A,
        D,
    ),
    Case(
        "an unknown peer: Accept matches nothing",
        cnp("egress: [{action: Accept, to: [{galaxies: {}}, {namespaces: {}}]}]") + NP_DENY,
        WEB_LEDGER,
        D,
        A,
    ),
    Case(
        "an unknown peer: Deny denies all",
        cnp(egress("Deny", "{galaxies: {}}")),
        "shop/web > 203.0.113.9:443",
        D,
        A,
        "fails closed",
    ),
    Case(
        "an unknown peer: Pass denies all",
        cnp(
            egress("Pass", "{galaxies: {}}", ", protocols: [{tcp: {destinationPort: {number: 1}}}]")
        ),
        WEB_LEDGER,
        D,
        A,
    ),
    Case(
        "a policy without rules does nothing", cnp("ingress: []"), "pay/ledger > shop/web:80", A, A
    ),
    Case(
        "policies see the backend of a Service",
        cnp(egress("Deny", EVERYONE, ", protocols: [{tcp: {destinationPort: {number: 8081}}}]")),
        "shop/web > svc/shop/api:80",
        D,
        A,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_case(case: Case) -> None:
    check(case)


@pytest.mark.parametrize("text", sorted({case.policies for case in CASES}))
def test_the_matrix_says_the_same(text: str) -> None:
    matrix_agrees(text)
