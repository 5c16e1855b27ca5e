"""Nodes, hostNetwork pods, loopback, and pods without a network."""

from policy_world import Case

A, D, U = "allowed", "denied", "undefined"

DENY_WEB = "shop/p: {podSelector: {matchLabels: {tier: front}}, policyTypes: [Ingress, Egress]}"
WEB_FROM_AGENTS = (
    "shop/p: {podSelector: {matchLabels: {app: %s}}, ingress: [{from: [{namespaceSelector: {}, "
    "podSelector: {matchLabels: {app: agent}}}]}]}"
)
WEB_TO_AGENTS = (
    "shop/p: {podSelector: {matchLabels: {tier: front}}, policyTypes: [Egress], egress: [{to: "
    "[{namespaceSelector: {}, podSelector: {matchLabels: {app: agent}}}]}]}"
)


def _egress(rule: str) -> str:
    return (
        "shop/p: {podSelector: {matchLabels: {tier: front}}, policyTypes: [Egress], "
        f"egress: [{rule}]}}"
    )


def _ingress(rule: str) -> str:
    return f"shop/p: {{podSelector: {{matchLabels: {{tier: front}}}}, ingress: [{rule}]}}"


NODES = [
    Case(
        "a pod to its own node",
        DENY_WEB,
        "shop/web > node/n1:10250",
        A,
        A,
        "its own node n1 is always allowed",
    ),
    Case("a pod to its own node by address", DENY_WEB, "shop/web > 198.51.100.11:10250", A, A),
    Case(
        "a pod to its own node by its IPv6 address",
        DENY_WEB,
        "shop/web > 2001:db8:100::11:10250",
        A,
        A,
    ),
    Case("a node to its own pod", DENY_WEB, "node/n1 > shop/web:8080", A, A),
    Case("a node to its own pod, by address", DENY_WEB, "198.51.100.11 > shop/web:8080", A, A),
    Case("a pod to another node", DENY_WEB, "shop/web > node/n2:10250", D, A),
    Case("another node to a pod", DENY_WEB, "node/n2 > shop/web:8080", A, D),
    Case(
        "a pod to another node: a rule for anyone",
        _egress("{ports: [{port: 10250}]}"),
        "shop/web > node/n2:10250",
        A,
        A,
    ),
    Case(
        ("a pod to another node: selectors do not mean nodes"),
        _egress("{to: [{namespaceSelector: {}}]}"),
        "shop/web > node/n2:10250",
        D,
        A,
        ("selectors select pods, and node n2 is a node"),
    ),
    Case(
        "a pod to another node: an ipBlock may match",
        _egress("{to: [{ipBlock: {cidr: 198.51.100.0/24}}]}"),
        "shop/web > node/n2:10250",
        U,
        A,
        ("implementations differ about an ipBlock that holds nodes"),
    ),
    Case(
        "a pod to another node: an ipBlock elsewhere",
        _egress("{to: [{ipBlock: {cidr: 203.0.113.0/24}}]}"),
        "shop/web > node/n2:10250",
        D,
        A,
    ),
    Case(
        "another node to a pod: a rule for anyone",
        _ingress("{ports: [{port: 8080}]}"),
        "node/n2 > shop/web:8080",
        A,
        A,
    ),
    Case(
        "another node to a pod: an ipBlock may match",
        _ingress("{from: [{ipBlock: {cidr: 198.51.100.12/32}}]}"),
        "node/n2 > shop/web:8080",
        A,
        U,
    ),
    Case(
        ("another node to a pod: selectors do not mean nodes"),
        _ingress("{from: [{namespaceSelector: {}}]}"),
        "node/n2 > shop/web:8080",
        A,
        D,
    ),
    Case(
        "a named port does not mean a node's port",
        _egress("{ports: [{port: metrics}]}"),
        "shop/web > node/n3:9100",
        D,
        A,
    ),
    Case(
        "a named port of the pod, from another node",
        _ingress("{ports: [{port: http}]}"),
        "node/n2 > shop/web:8080",
        A,
        A,
    ),
    Case(
        "a node is not subject to policies",
        "shop/p: {policyTypes: [Egress]}",
        "node/n1 > 203.0.113.5:443",
        A,
        A,
    ),
    Case(
        ("a pod whose node is not known, to a node: denied unless it is its own"),
        ("shop/p: {podSelector: {matchLabels: {app: nonode}}, policyTypes: [Egress]}"),
        "shop/nonode > node/n2:10250",
        U,
        A,
        "if shop/nonode runs on that node",
    ),
    Case(
        ("a pod whose node is not known, to a node: a rule for anyone"),
        (
            "shop/p: {podSelector: {matchLabels: {app: nonode}}, "
            "policyTypes: [Egress], egress: [{}]}"
        ),
        "shop/nonode > node/n2:10250",
        A,
        A,
    ),
    Case(
        "a node to a pod whose node is not known",
        ("shop/p: {podSelector: {matchLabels: {app: nonode}}, ingress: []}"),
        "node/n2 > shop/nonode:8080",
        A,
        U,
    ),
    Case("a node to a node", DENY_WEB, "node/n1 > node/n2:22", A, A),
]

HOST_NETWORK = [
    Case(
        ("a hostNetwork pod that a deny-all selects: it may apply"),
        "kube-system/p: {ingress: []}",
        "shop/web > kube-system/agent2:9100",
        A,
        U,
        ("where hostNetwork pods are ignored it is allowed"),
    ),
    Case(
        ("a hostNetwork pod that an allowing policy selects: both readings agree"),
        "kube-system/p: {ingress: [{}]}",
        "shop/web > kube-system/agent2:9100",
        A,
        A,
    ),
    Case(
        "a hostNetwork pod that no policy selects", "", "shop/web > kube-system/agent2:9100", A, A
    ),
    Case(
        "a hostNetwork source that a deny-all selects",
        "kube-system/p: {policyTypes: [Egress]}",
        "kube-system/agent2 > shop/web:8080",
        U,
        A,
    ),
    Case(
        "a hostNetwork source whose policy allows it",
        ("kube-system/p: {policyTypes: [Egress], egress: [{}]}"),
        "kube-system/agent2 > shop/web:8080",
        A,
        A,
    ),
    Case(
        ("selected as a peer: a pod in one reading, a node in the other"),
        WEB_FROM_AGENTS % "api",
        "kube-system/agent1 > shop/api:8081",
        A,
        U,
    ),
    Case(
        ("selected as a peer on the same node: both readings allow"),
        WEB_FROM_AGENTS % "api",
        "kube-system/agent2 > shop/api:8081",
        A,
        A,
    ),
    Case(
        ("not selected as a peer, another node: both readings deny"),
        _ingress("{from: [{podSelector: {}}]}"),
        "kube-system/agent2 > shop/web:8080",
        A,
        D,
    ),
    Case(
        ("not selected as a peer, same node: node traffic is allowed"),
        _ingress("{from: [{podSelector: {}}]}"),
        "kube-system/agent1 > shop/web:8080",
        A,
        U,
    ),
    Case(
        "a rule for anyone: both readings allow",
        _ingress("{}"),
        "kube-system/agent2 > shop/web:8080",
        A,
        A,
    ),
    Case(
        "an ipBlock that holds its node's address",
        _ingress("{from: [{ipBlock: {cidr: 198.51.100.12/32}}]}"),
        "kube-system/agent2 > shop/web:8080",
        A,
        U,
    ),
    Case(
        "an ipBlock that holds another node's",
        _ingress("{from: [{ipBlock: {cidr: 198.51.100.13/32}}]}"),
        "kube-system/agent2 > shop/web:8080",
        A,
        D,
    ),
    Case(
        "as a destination, selected, on another node",
        WEB_TO_AGENTS,
        "shop/web > kube-system/agent2:9100",
        U,
        A,
    ),
    Case(
        "as a destination, selected, on the same node",
        WEB_TO_AGENTS,
        "shop/web > kube-system/agent1:9100",
        A,
        A,
    ),
    Case(
        "as a destination, not selected, on another node",
        _egress("{to: [{podSelector: {}}]}"),
        "shop/web > kube-system/agent2:9100",
        D,
        A,
    ),
    Case(
        "as a destination, not selected, on the same node",
        _egress("{to: [{podSelector: {}}]}"),
        "shop/web > kube-system/agent1:9100",
        U,
        A,
    ),
    Case(
        "as a destination, a named port is only a pod's",
        _egress("{ports: [{port: metrics}]}"),
        "shop/web > kube-system/agent2:9100",
        U,
        A,
    ),
    Case(
        "as a destination, a number is both's",
        _egress("{ports: [{port: 9100}]}"),
        "shop/web > kube-system/agent2:9100",
        A,
        A,
    ),
    Case(
        ("the port of a hostNetwork pod on its node's address is the pod's"),
        "kube-system/p: {ingress: []}",
        "shop/api > 198.51.100.11:9100",
        A,
        U,
    ),
    Case(
        "another port of its node is the node's",
        "kube-system/p: {ingress: []}",
        "shop/api > 198.51.100.11:9101",
        A,
        A,
    ),
    Case(
        ("as a source, the port's name is the destination's in both readings"),
        _ingress("{ports: [{port: http}]}"),
        "kube-system/agent2 > shop/web:8080",
        A,
        A,
    ),
    Case(
        ("two hostNetwork pods: with an allowing policy both readings agree"),
        ("kube-system/p: {ingress: [{from: [{podSelector: {}}]}]}"),
        ("kube-system/agent1 > kube-system/agent2:9100"),
        A,
        A,
    ),
    Case(
        ("two hostNetwork pods: with a denying one they differ"),
        "kube-system/p: {ingress: []}",
        ("kube-system/agent1 > kube-system/agent2:9100"),
        A,
        U,
    ),
    Case(
        "a hostNetwork pod to its own node",
        "kube-system/p: {policyTypes: [Egress]}",
        "kube-system/agent1 > node/n1:22",
        A,
        A,
    ),
    Case(
        ("a hostNetwork pod to the world, denied in one reading"),
        "kube-system/p: {policyTypes: [Egress]}",
        "kube-system/agent1 > 203.0.113.5:443",
        U,
        A,
    ),
]

OURSELVES = [
    Case(
        "a pod reaches itself",
        DENY_WEB,
        "shop/web > shop/web:8080",
        A,
        A,
        "a pod cannot block access to itself",
    ),
    Case("a pod reaches itself by its address", DENY_WEB, "shop/web > 198.18.1.10:8080", A, A),
    Case("a pod reaches itself over loopback", DENY_WEB, "shop/web > 127.0.0.1:8080", A, A),
    Case("a pod reaches itself over IPv6 loopback", DENY_WEB, "shop/web > ::1:8080", A, A),
    Case("a pod reaches itself as localhost", DENY_WEB, "shop/web > localhost:http", A, A),
    Case("a node reaches itself over loopback", DENY_WEB, "node/n1 > 127.0.0.1:22", A, A),
    Case(
        ("hairpin through a Service: a deny-all may still let it pass"),
        ("shop/p: {podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress, Egress]}"),
        "shop/db > svc/shop/db:5432",
        U,
        U,
    ),
    Case(
        ("hairpin through a Service: policies that allow it as any other pod"),
        (
            "shop/p: {podSelector: {matchLabels: {app: db}}, "
            "policyTypes: [Ingress, Egress], "
            "ingress: [{from: [{podSelector: {}}]}], egress: "
            "[{to: [{podSelector: {}}]}]}"
        ),
        "shop/db > svc/shop/db:5432",
        A,
        A,
    ),
    Case(
        ("hairpin through a Service: egress does not name the pod's port"),
        (
            "shop/p: {podSelector: {matchLabels: {app: api}}, "
            "policyTypes: [Egress], egress: "
            "[{ports: [{port: 80}]}]}"
        ),
        "shop/api > svc/shop/api:80",
        U,
        A,
    ),
    Case(
        ("hairpin through a headless Service is not translated"),
        ("shop/p: {podSelector: {matchLabels: {app: api}}, policyTypes: [Ingress, Egress]}"),
        "shop/api > svc/shop/headless:8081",
        A,
        A,
    ),
    Case("hairpin where no policy applies", "", "shop/db > svc/shop/db:5432", A, A),
    Case(
        "a finished pod as the source",
        "",
        "shop/done > shop/web:8080",
        U,
        U,
        "shop/done has finished",
    ),
    Case("a finished pod as the destination", "", "shop/web > shop/done:8080", U, U),
    Case(
        "a pod without a node as the source",
        "",
        "shop/pending > shop/web:8080",
        U,
        U,
        "not scheduled",
    ),
    Case("a pod without a node as the destination", "", "shop/web > shop/pending:8080", U, U),
    Case("a pod that is not ready still has a network", "", "shop/web > shop/unready:8080", A, A),
]

CASES = [*NODES, *HOST_NETWORK, *OURSELVES]
