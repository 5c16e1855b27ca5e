"""ipBlocks: exact for hosts outside, undefined for pods and nodes."""

from policy_world import Case

A, D, U = "allowed", "denied", "undefined"


def _to(*blocks: str, ports: str = "") -> str:
    """web may only go to these blocks."""
    peers = ", ".join(f"{{ipBlock: {{{_block(block)}}}}}" for block in blocks)
    more = f", ports: [{ports}]" if ports else ""
    return (
        "shop/p: {podSelector: {matchLabels: {tier: front}}, policyTypes: [Egress], "
        f"egress: [{{to: [{peers}]{more}}}]}}"
    )


def _from(*blocks: str) -> str:
    """web may only be reached from these blocks."""
    peers = ", ".join(f"{{ipBlock: {{{_block(block)}}}}}" for block in blocks)
    return (
        f"shop/p: {{podSelector: {{matchLabels: {{tier: front}}}}, ingress: [{{from: [{peers}]}}]}}"
    )


def _block(text: str) -> str:
    cidr, *excepts = text.split(" - ")
    return f"cidr: '{cidr}'" + (
        f", except: [{', '.join(repr(item) for item in excepts)}]" if excepts else ""
    )


OUTSIDE = [
    Case("an address in the block", _to("203.0.113.0/24"), "shop/web > 203.0.113.5:443", A, A),
    Case(
        "an address out of the block",
        _to("203.0.113.0/28"),
        "shop/web > 203.0.113.16:443",
        D,
        A,
        "203.0.113.16 is not in 203.0.113.0/28",
    ),
    Case(
        "the first address of a block", _to("203.0.113.16/28"), "shop/web > 203.0.113.16:443", A, A
    ),
    Case(
        "the last address of a block", _to("203.0.113.16/28"), "shop/web > 203.0.113.31:443", A, A
    ),
    Case("a block of one address", _to("203.0.113.5/32"), "shop/web > 203.0.113.5:443", A, A),
    Case(
        "host bits in a block do not matter",
        _to("203.0.113.77/24"),
        "shop/web > 203.0.113.5:443",
        A,
        A,
    ),
    Case(
        "an exception",
        _to("203.0.113.0/24 - 203.0.113.0/28"),
        "shop/web > 203.0.113.5:443",
        D,
        A,
        ("203.0.113.5 is excepted from 203.0.113.0/24 by 203.0.113.0/28"),
    ),
    Case(
        "next to an exception",
        _to("203.0.113.0/24 - 203.0.113.0/28"),
        "shop/web > 203.0.113.16:443",
        A,
        A,
    ),
    Case(
        "several exceptions",
        _to("203.0.113.0/24 - 203.0.113.0/28 - 203.0.113.64/26"),
        "shop/web > 203.0.113.65:443",
        D,
        A,
    ),
    Case(
        "an exception only takes from its own block",
        _to("203.0.113.0/24 - 203.0.113.0/28", "203.0.113.5/32"),
        "shop/web > 203.0.113.5:443",
        A,
        A,
    ),
    Case("0.0.0.0/0 is every IPv4 address", _to("0.0.0.0/0"), "shop/web > 203.0.113.5:443", A, A),
    Case(
        "0.0.0.0/0 is not IPv6",
        _to("0.0.0.0/0"),
        "shop/web > 2001:db8:ff::7:443",
        D,
        A,
        "is IPv6, and 0.0.0.0/0 is IPv4",
    ),
    Case("::/0 is every IPv6 address", _to("::/0"), "shop/web > 2001:db8:ff::7:443", A, A),
    Case("::/0 is not IPv4", _to("::/0"), "shop/web > 203.0.113.5:443", D, A),
    Case(
        "an IPv6 exception",
        _to("2001:db8::/32 - 2001:db8:ff::/48"),
        "shop/web > 2001:db8:ff::7:443",
        D,
        A,
    ),
    Case(
        "the port counts too",
        _to("0.0.0.0/0", ports="{port: 443}"),
        "shop/web > 203.0.113.5:22",
        D,
        A,
        "nothing allows 22",
    ),
    Case(
        "selectors never match outside",
        ("shop/p: {policyTypes: [Egress], egress: [{to: [{namespaceSelector: {}}]}]}"),
        "shop/web > 203.0.113.5:443",
        D,
        A,
    ),
    Case("a name that is known", _to("203.0.113.5/32"), "shop/web > git.example.com:443", A, A),
    Case(
        "a name is compared without case and final dot",
        _to("203.0.113.5/32"),
        "shop/web > GIT.example.com.:443",
        A,
        A,
    ),
    Case(
        "a name with two addresses, both in the block",
        _to("203.0.113.0/24"),
        "shop/web > two.example.com:443",
        A,
        A,
    ),
    Case(
        "a name with two addresses, one in the block",
        _to("203.0.113.0/28"),
        "shop/web > two.example.com:443",
        U,
        A,
        ("at 203.0.113.7 it is allowed; at 203.0.113.200 it is denied"),
    ),
    Case(
        "a name with two addresses, none in the block",
        _to("203.0.113.64/28"),
        "shop/web > two.example.com:443",
        D,
        A,
    ),
    Case(
        "two rules may cover a name's two addresses",
        _to("203.0.113.0/28", "203.0.113.192/28"),
        "shop/web > two.example.com:443",
        A,
        A,
    ),
    Case(
        "a name with both families, both allowed",
        _to("0.0.0.0/0", "::/0"),
        "shop/web > dual.example.com:443",
        A,
        A,
    ),
    Case(
        ("a name with both families, IPv4 allowed, from a dual-stack pod"),
        _to("0.0.0.0/0"),
        "shop/web > dual.example.com:443",
        U,
        A,
    ),
    Case(
        ("a name with both families from a pod that speaks IPv4 only"),
        ("shop/p: {policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}"),
        "shop/api > dual.example.com:443",
        A,
        A,
    ),
    Case(
        ("an unknown name: everything of both families is allowed"),
        _to("0.0.0.0/0", "::/0"),
        "shop/web > unknown.example.com:443",
        A,
        A,
    ),
    Case(
        "an unknown name: two halves make a whole",
        _to("0.0.0.0/1", "128.0.0.0/1", "::/0"),
        "shop/web > unknown.example.com:443",
        A,
        A,
    ),
    Case(
        "an unknown name: IPv4 only, from a dual-stack pod",
        _to("0.0.0.0/0"),
        "shop/web > unknown.example.com:443",
        U,
        A,
        ("the address of unknown.example.com is not known"),
    ),
    Case(
        ("an unknown name: IPv4 only, from a pod whose addresses are unknown"),
        ("shop/p: {policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}"),
        "shop/noip > unknown.example.com:443",
        U,
        A,
    ),
    Case(
        ("an unknown name: IPv4 only, from a pod that speaks IPv4 only"),
        ("shop/p: {policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}"),
        "shop/api > unknown.example.com:443",
        A,
        A,
    ),
    Case(
        "an unknown name: some block",
        _to("203.0.113.0/24"),
        "shop/web > unknown.example.com:443",
        U,
        A,
        ("egress policy shop/p allows every port to 203.0.113.0/24 only"),
    ),
    Case(
        "an unknown name: everything but an exception",
        _to("0.0.0.0/0 - 198.18.0.0/15", "::/0"),
        "shop/web > unknown.example.com:443",
        U,
        A,
    ),
    Case(
        ("an unknown name: a block that its exceptions swallow"),
        _to("203.0.113.0/24 - 203.0.113.0/25 - 203.0.113.128/25"),
        "shop/web > unknown.example.com:443",
        D,
        A,
    ),
    Case(
        "an unknown name: the block has the wrong port",
        _to("0.0.0.0/0", "::/0", ports="{port: 443}"),
        "shop/web > unknown.example.com:22",
        D,
        A,
    ),
    Case(
        "an unknown name and a rule for anyone",
        ("shop/p: {policyTypes: [Egress], egress: [{ports: [{port: 443}]}]}"),
        "shop/web > unknown.example.com:443",
        A,
        A,
    ),
    Case(
        "a host outside as the source, in the block",
        _from("203.0.113.0/24"),
        "203.0.113.9 > shop/web:8080",
        A,
        A,
    ),
    Case(
        "a host outside as the source, not in the block",
        _from("203.0.113.0/24"),
        "198.51.100.200 > shop/web:8080",
        A,
        D,
    ),
    Case(
        "a host outside as the source, by name",
        _from("203.0.113.0/24"),
        "git.example.com > shop/web:8080",
        A,
        A,
    ),
    Case(
        "an unknown host outside as the source",
        _from("203.0.113.0/24"),
        "unknown.example.com > shop/web:8080",
        A,
        U,
    ),
    Case(
        "an unknown host outside and a rule for anyone",
        "shop/p: {ingress: [{}]}",
        "unknown.example.com > shop/web:8080",
        A,
        A,
    ),
    Case(
        "an unknown host outside and a denial of everyone",
        "shop/p: {ingress: []}",
        "unknown.example.com > shop/web:8080",
        A,
        D,
    ),
    Case(
        "neither end is in the cluster",
        "shop/p: {ingress: []}",
        "git.example.com > 203.0.113.5:443",
        A,
        A,
        "neither end is a pod",
    ),
]

INSIDE = [
    Case(
        "a block that holds the pod's address may match",
        _to("198.18.1.0/24"),
        "shop/web > shop/db:5432",
        U,
        A,
        ("holds the address of shop/db (198.18.1.20)"),
    ),
    Case(
        "a block that does not hold the pod's address",
        _to("198.18.2.0/24"),
        "shop/web > shop/db:5432",
        D,
        A,
        "does not hold the address of shop/db",
    ),
    Case(
        "0.0.0.0/0 holds every pod, so it may match",
        _to("0.0.0.0/0"),
        "shop/web > shop/db:5432",
        U,
        A,
    ),
    Case(
        "a pod's address in an exception",
        _to("0.0.0.0/0 - 198.18.0.0/16"),
        "shop/web > shop/db:5432",
        D,
        A,
    ),
    Case(
        "a selector settles what a block leaves open",
        (
            "shop/p: {policyTypes: [Egress], egress: "
            "[{to: "
            "[{ipBlock: {cidr: 0.0.0.0/0}}, "
            "{podSelector: {}}]}]}"
        ),
        "shop/web > shop/db:5432",
        A,
        A,
    ),
    Case(
        "the wrong port settles it too",
        _to("0.0.0.0/0", ports="{port: 1}"),
        "shop/web > shop/db:5432",
        D,
        A,
    ),
    Case("a pod's address as the source", _from("198.18.1.0/24"), "shop/db > shop/web:8080", A, U),
    Case(
        "a dual-stack pod: its IPv6 address counts too",
        _to("::/0").replace("tier: front", "app: db"),
        "shop/db > shop/web:8080",
        U,
        A,
    ),
    Case(
        ("a dual-stack pod meant by its IPv4 address: only that counts"),
        _to("::/0").replace("tier: front", "app: db"),
        "shop/db > 198.18.1.10:8080",
        D,
        A,
    ),
    Case(
        "a dual-stack source towards an IPv6 address",
        _from("0.0.0.0/0").replace("tier: front", "app: api"),
        "shop/web > shop/api:8081",
        A,
        U,
    ),
    Case(
        ("a pod whose address is not known may be in any block"),
        _to("203.0.113.0/24"),
        "shop/web > shop/noip:8080",
        U,
        A,
        "the address of shop/noip is not known",
    ),
    Case(
        ("a pod whose address is not known is not in an empty block"),
        _to("203.0.113.0/24 - 203.0.113.0/25 - 203.0.113.128/25"),
        "shop/web > shop/noip:8080",
        D,
        A,
    ),
    Case(
        "a source whose address is not known",
        _from("203.0.113.0/24"),
        "shop/noip > shop/web:8080",
        A,
        U,
    ),
    Case(
        "an address that is a pod's: selectors match it",
        (
            "shop/p: {policyTypes: [Egress], egress: "
            "[{to: "
            "[{podSelector: {matchLabels: {app: "
            "db}}}]}]}"
        ),
        "shop/web > 198.18.1.20:5432",
        A,
        A,
    ),
    Case(
        ("an address that is a pod's: its ingress policies apply"),
        ("shop/p: {podSelector: {matchLabels: {app: db}}, ingress: []}"),
        "shop/web > 198.18.1.20:5432",
        A,
        D,
    ),
    Case(
        "an address that is a pod's, as the source",
        (
            "shop/p: {podSelector: {matchLabels: "
            "{app: db}}, "
            "ingress: [{from: [{podSelector: "
            "{matchLabels: {app: web}}}]}]}"
        ),
        "198.18.1.10 > shop/db:5432",
        A,
        A,
    ),
    Case(
        "an address that is a ClusterIP is the Service",
        ("shop/p: {podSelector: {matchLabels: {app: api}}, ingress: [{ports: [{port: 8081}]}]}"),
        "shop/web > 198.19.0.11:80",
        A,
        A,
    ),
    Case(
        ("a ClusterIP in the block may be seen before translation"),
        _to("198.19.0.0/16"),
        "shop/web > svc/shop/api:80",
        U,
        A,
        "if policies come before the translation",
    ),
    Case(
        "a ClusterIP in the block, with the Service's port",
        _to("198.19.0.0/16", ports="{port: 80}"),
        "shop/web > svc/shop/api:80",
        U,
        A,
    ),
    Case(
        "a ClusterIP in the block, with neither port",
        _to("198.19.0.0/16", ports="{port: 443}"),
        "shop/web > svc/shop/api:80",
        D,
        A,
    ),
    Case(
        "a ClusterIP outside the block", _to("203.0.113.0/24"), "shop/web > svc/shop/api:80", D, A
    ),
    Case(
        "a ClusterIP that is not known may be in the block",
        _to("203.0.113.0/24"),
        "shop/web > svc/shop/noaddr:80",
        U,
        A,
        ("the address of Service shop/noaddr is not known"),
    ),
    Case(
        "a selector settles it for Services",
        (
            "shop/p: {policyTypes: [Egress], egress: [{to: "
            "[{podSelector: {}}, {ipBlock: {cidr: "
            "198.19.0.0/16}}]}]}"
        ),
        "shop/web > svc/shop/api:80",
        A,
        A,
    ),
    Case(
        ("a Service in front of a host outside: only the backend is in the block"),
        _to("203.0.113.0/24"),
        "shop/web > svc/shop/byhand:443",
        U,
        A,
    ),
    Case(
        ("a Service in front of a host outside: only the ClusterIP is in the block"),
        _to("198.19.0.0/16"),
        "shop/web > svc/shop/byhand:443",
        U,
        A,
    ),
    Case(
        ("a Service in front of a host outside: both are, in different rules"),
        _to("203.0.113.0/24", "198.19.0.0/16"),
        "shop/web > svc/shop/byhand:443",
        A,
        A,
    ),
    Case(
        "a Service in front of a host outside: neither is",
        _to("203.0.113.64/28"),
        "shop/web > svc/shop/byhand:443",
        D,
        A,
    ),
    Case(
        ("a Service in front of a host outside: a rule for anyone sees its port"),
        ("shop/p: {policyTypes: [Egress], egress: [{ports: [{port: 8443}]}]}"),
        "shop/web > svc/shop/byhand:443",
        A,
        A,
    ),
]

CASES = [*OUTSIDE, *INSIDE]
