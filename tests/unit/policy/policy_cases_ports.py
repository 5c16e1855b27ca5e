"""Ports: numbers, names, ranges, protocols, and what has no port."""

from policy_world import Case

A, D, U = "allowed", "denied", "undefined"


def _in(ports: str, app: str = "db") -> str:
    return (
        f"shop/p: {{podSelector: {{matchLabels: {{app: {app}}}}}, ingress: [{{ports: [{ports}]}}]}}"
    )


def _out(ports: str) -> str:
    return (
        "shop/p: {podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: "
        f"[{{ports: [{ports}]}}]}}"
    )


CASES = [
    Case("a number", _in("{port: 5432}"), "shop/web > shop/db:5432", A, A),
    Case(
        "another number",
        _in("{port: 5433}"),
        "shop/web > shop/db:5432",
        A,
        D,
        ("allows 5433 from anyone; nothing allows 5432"),
    ),
    Case(
        "protocol absent is TCP",
        _in("{port: 7001}"),
        "shop/web > shop/db:7001|UDP",
        A,
        D,
        "nothing allows 7001/UDP",
    ),
    Case(
        "the number with another protocol",
        _in("{port: 5432, protocol: UDP}"),
        "shop/web > shop/db:5432",
        A,
        D,
    ),
    Case("UDP", _in("{port: 7001, protocol: UDP}"), "shop/web > shop/db:7001|UDP", A, A),
    Case("SCTP", _in("{port: 3868, protocol: SCTP}"), "shop/web > shop/db:3868|SCTP", A, A),
    Case("TCP does not allow SCTP", _in("{port: 3868}"), "shop/web > shop/db:3868|SCTP", A, D),
    Case(
        "a protocol without a port is every port of it",
        _in("{protocol: TCP}"),
        "shop/web > shop/db:1",
        A,
        A,
    ),
    Case(
        ("a protocol without a port is not the other protocol"),
        _in("{protocol: TCP}"),
        "shop/web > shop/db:7001|UDP",
        A,
        D,
    ),
    Case("several ports are OR", _in("{port: 1}, {port: 5432}"), "shop/web > shop/db:5432", A, A),
    Case(
        "two ports named in the reason",
        _out("{port: 443}, {port: 6443}"),
        "shop/web > github.example.com:22",
        D,
        A,
        ("egress policy shop/p allows 443 and 6443 to anyone; nothing allows 22"),
    ),
    Case(
        "a port nobody declares may still be allowed",
        _in("{port: 6000}"),
        "shop/web > shop/db:6000",
        A,
        A,
    ),
    Case("endPort: the first", _in("{port: 5430, endPort: 5440}"), "shop/web > shop/db:5430", A, A),
    Case("endPort: within", _in("{port: 5430, endPort: 5440}"), "shop/web > shop/db:5432", A, A),
    Case("endPort: the last", _in("{port: 5430, endPort: 5440}"), "shop/web > shop/db:5440", A, A),
    Case(
        "endPort: past the last",
        _in("{port: 5430, endPort: 5440}"),
        "shop/web > shop/db:5441",
        A,
        D,
        "allows 5430-5440",
    ),
    Case(
        "endPort: before the first",
        _in("{port: 5430, endPort: 5440}"),
        "shop/web > shop/db:5429",
        A,
        D,
    ),
    Case(
        "endPort: the range is of one protocol",
        _in("{port: 7000, endPort: 7010, protocol: UDP}"),
        "shop/web > shop/db:7000",
        A,
        D,
    ),
    Case(
        "endPort equal to port", _in("{port: 5432, endPort: 5432}"), "shop/web > shop/db:5432", A, A
    ),
    Case(
        "a name resolves on the destination pod (ingress)",
        _in("{port: pg}"),
        "shop/web > shop/db:5432",
        A,
        A,
    ),
    Case(
        "a name that means another port",
        _in("{port: http}", "web"),
        "shop/db > shop/web:9090",
        A,
        D,
        "allows port http",
    ),
    Case(
        ("a name resolves on the destination pod (egress), not on the source"),
        _out("{port: http}"),
        "shop/web > shop/api:8081",
        A,
        A,
    ),
    Case(
        ("a name the source has and the destination does not"),
        _out("{port: metrics}"),
        "shop/web > shop/api:9090",
        D,
        A,
    ),
    Case(
        ("a name, the number of the source's port of that name"),
        _out("{port: http}"),
        "shop/web > shop/api:8080",
        D,
        A,
    ),
    Case(
        "a name resolves differently on each destination",
        _out("{port: http}"),
        "shop/web > bare/loner:80",
        A,
        A,
    ),
    Case(
        "a name with the wrong protocol",
        _in("{port: pg, protocol: UDP}"),
        "shop/web > shop/db:5432",
        A,
        D,
    ),
    Case(
        "one name, two protocols: TCP means TCP's number",
        _in("{port: dual}"),
        "shop/web > shop/db:7000",
        A,
        A,
    ),
    Case(
        ("one name, two protocols: TCP does not mean UDP's number"),
        _in("{port: dual}"),
        "shop/web > shop/db:7001|UDP",
        A,
        D,
    ),
    Case(
        "one name, two protocols: UDP means UDP's number",
        _in("{port: dual, protocol: UDP}"),
        "shop/web > shop/db:7001|UDP",
        A,
        A,
    ),
    Case(
        "one name, two protocols: UDP's number over TCP",
        _in("{port: dual, protocol: UDP}"),
        "shop/web > shop/db:7001",
        A,
        D,
    ),
    Case(
        "two containers use one name: the first's number",
        _in("{port: http}", "sidecar"),
        "shop/web > shop/sidecar:8080",
        A,
        A,
    ),
    Case(
        "two containers use one name: the second's number",
        _in("{port: http}", "sidecar"),
        "shop/web > shop/sidecar:8090",
        A,
        A,
    ),
    Case(
        "a name nobody declares matches nothing",
        _in("{port: nope}"),
        "shop/web > shop/db:5432",
        A,
        D,
    ),
    Case(
        "a name never matches a host outside",
        _out("{port: https}"),
        "shop/web > 203.0.113.5:443",
        D,
        A,
        "port https",
    ),
    Case(
        "a number matches a host outside", _out("{port: 443}"), "shop/web > 203.0.113.5:443", A, A
    ),
    Case("the flow may name the pod's port", _in("{port: 5432}"), "shop/web > shop/db:pg", A, A),
    Case(
        "the flow's name resolves with the flow's protocol",
        _in("{port: 7001, protocol: UDP}"),
        "shop/web > shop/db:dual|UDP",
        A,
        A,
    ),
    Case(
        ("a name that the pod does not declare: nothing can be said"),
        "",
        "shop/web > shop/db:nope",
        U,
        U,
        "declares no TCP port named 'nope'",
    ),
    Case(
        "a name declared for another protocol only",
        "",
        "shop/web > shop/db:pg|UDP",
        U,
        U,
        "no UDP port named 'pg'",
    ),
    Case(
        "a name for a host outside: nothing can be said",
        "",
        "shop/web > 203.0.113.5:https",
        U,
        U,
        "no TCP port named 'https'",
    ),
    Case(
        "peer and port must match in the same rule",
        (
            "shop/p: {ingress: [{from: "
            "[{podSelector: {matchLabels: "
            "{app: web}}}], ports: [{port: "
            "1}]}, {from: [{podSelector: {matchLabels: {app: "
            "api}}}], ports: [{port: 5432}]}]}"
        ),
        "shop/web > shop/db:5432",
        A,
        D,
    ),
    Case(
        ("peer matches, port does not: the reason is the port"),
        (
            "shop/p: {ingress: [{from: [{podSelector: {matchLabels: "
            "{app: web}}}], ports: [{port: "
            "1}]}]}"
        ),
        "shop/web > shop/db:5432",
        A,
        D,
        ("allows 1 from pods with app=web in namespace shop; nothing allows 5432"),
    ),
    Case(
        ("port matches, peer does not: the reason is the peer"),
        (
            "shop/p: {ingress: [{from: [{podSelector: {matchLabels: "
            "{app: web}}}], ports: [{port: "
            "5432}]}]}"
        ),
        "shop/api > shop/db:5432",
        A,
        D,
        (
            "allows 5432/TCP (pg) only from pods "
            "with app=web in "
            "namespace shop: shop/api has "
            "app=api, not web"
        ),
    ),
    Case("ICMP where nothing isolates", "", "shop/web > shop/db|ICMP", A, A),
    Case(
        "ICMP where a rule has ports",
        _in("{port: 5432}"),
        "shop/web > shop/db|ICMP",
        A,
        U,
        ("NetworkPolicy v1 does not say what happens to ICMP"),
    ),
    Case(
        "ICMP where everything is denied is undefined too",
        "shop/p: {ingress: []}",
        "shop/web > shop/db|ICMP",
        A,
        U,
    ),
    Case(
        ("ICMP where a rule without ports allows the peer is undefined too"),
        "shop/p: {ingress: [{}]}",
        "shop/web > shop/db|ICMP",
        A,
        U,
    ),
    Case(
        "ICMP to the own node is allowed like all traffic",
        "shop/p: {policyTypes: [Egress]}",
        "shop/web > node/n1|ICMP",
        A,
        A,
    ),
    Case(
        "ICMP to itself",
        "shop/p: {policyTypes: [Ingress, Egress]}",
        "shop/web > shop/web|ICMP",
        A,
        A,
    ),
    Case(
        "ICMP to a ClusterIP: nobody answers",
        "",
        "shop/web > svc/shop/web|ICMP",
        U,
        U,
        "answers no ICMP",
    ),
    Case(
        "ICMP to a headless Service means its pods", "", "shop/web > svc/shop/headless|ICMP", A, A
    ),
]
