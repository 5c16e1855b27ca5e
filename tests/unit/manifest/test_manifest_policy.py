"""NetworkPolicies: the defaults of the API, and each thing that the API server rejects."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import indent

import pytest

from prober.manifest import Loaded
from prober.model.objects import (
    IPBlock,
    LabelSelector,
    NetworkPolicy,
    PolicyPeer,
    PolicyPort,
    PolicyRule,
    Requirement,
)

Load = Callable[..., Loaded]
Mistakes = Callable[[str], list[str]]

HEAD = (
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: shop}\n"
)


def policy(load: Load, spec: str) -> NetworkPolicy:
    (policies,) = load(HEAD + "spec:\n" + indent(spec, "  ")).snapshot.policies
    return policies


def test_a_whole_policy(load: Load) -> None:
    whole = policy(
        load,
        """\
podSelector:
  matchLabels: {app: web}
  matchExpressions:
  - {key: tier, operator: In, values: [a, b]}
  - {key: old, operator: DoesNotExist}
policyTypes: [Ingress, Egress]
ingress:
- from:
  - podSelector: {}
  - namespaceSelector: {matchLabels: {team: x}}
    podSelector: {matchLabels: {app: api}}
  ports:
  - {port: 80}
  - {port: http, protocol: UDP}
  - {port: 1000, endPort: 2000, protocol: SCTP}
  - {protocol: UDP}
egress:
- to:
  - ipBlock: {cidr: 203.0.113.0/24, except: [203.0.113.128/25]}
  - ipBlock: {cidr: "2001:db8::/32"}
""",
    )
    assert whole == NetworkPolicy(
        namespace="shop",
        name="p",
        pod_selector=LabelSelector(
            {"app": "web"},
            (Requirement("tier", "In", ("a", "b")), Requirement("old", "DoesNotExist")),
        ),
        types=("Ingress", "Egress"),
        ingress=(
            PolicyRule(
                peers=(
                    PolicyPeer(pod_selector=LabelSelector()),
                    PolicyPeer(LabelSelector({"app": "api"}), LabelSelector({"team": "x"})),
                ),
                ports=(
                    PolicyPort("TCP", 80),
                    PolicyPort("UDP", "http"),
                    PolicyPort("SCTP", 1000, 2000),
                    PolicyPort("UDP", None),
                ),
            ),
        ),
        egress=(
            PolicyRule(
                peers=(
                    PolicyPeer(ip_block=IPBlock("203.0.113.0/24", ("203.0.113.128/25",))),
                    PolicyPeer(ip_block=IPBlock("2001:db8::/32")),
                )
            ),
        ),
    )


@pytest.mark.parametrize(
    ("spec", "types"),
    [
        ("podSelector: {}", ("Ingress",)),
        ("podSelector: {}\negress: []", ("Ingress",)),
        ("podSelector: {}\negress: null", ("Ingress",)),
        ("podSelector: {}\negress: [{}]", ("Ingress", "Egress")),
        ("podSelector: {}\npolicyTypes: []\negress: [{}]", ("Ingress", "Egress")),
        ("podSelector: {}\npolicyTypes: []", ("Ingress",)),
        ("podSelector: {}\npolicyTypes: [Egress]", ("Egress",)),
        ("podSelector: {}\npolicyTypes: [Egress, Egress]", ("Egress",)),
        ("podSelector: {}\npolicyTypes: [Ingress]\negress: [{}]", ("Ingress",)),
    ],
)
def test_policy_types_default_as_in_the_api(load: Load, spec: str, types: tuple[str, ...]) -> None:
    assert policy(load, spec).types == types


@pytest.mark.parametrize("rule", ["{}", "{from: []}", "{from: null, ports: null}", "{ports: []}"])
def test_absent_and_empty_peers_and_ports_mean_any(load: Load, rule: str) -> None:
    assert policy(load, f"podSelector: {{}}\ningress: [{rule}]").ingress == (PolicyRule(),)


def test_no_rules_and_an_empty_list_of_rules_allow_nothing(load: Load) -> None:
    assert (
        policy(load, "podSelector: {}").ingress
        == policy(load, "podSelector: {}\ningress: []").ingress
        == ()
    )


def test_blocks_are_canonical_and_what_was_written_is_warned_about(load: Load) -> None:
    spec = (
        "podSelector: {}\negress: [{to: [{ipBlock: {cidr: 203.0.113.9/24, except: "
        "[203.0.113.0129/25]}}]}]"
    )
    loaded = load(HEAD + "spec:\n" + indent(spec, "  "))
    assert loaded.snapshot.policies[0].egress[0].peers[0].ip_block == IPBlock(
        "203.0.113.0/24", ("203.0.113.128/25",)
    )
    assert loaded.warnings == (
        "m.yaml:6: spec.egress[0].to[0].ipBlock.cidr: 203.0.113.9/24 is read as 203.0.113.0/24; "
        "newer API servers refuse it",
        "m.yaml:6: spec.egress[0].to[0].ipBlock.except[0]: 203.0.113.0129/25 is read as "
        "203.0.113.128/25; "
        "newer API servers refuse it",
    )


def test_ipv6_blocks_may_be_written_in_any_way(load: Load) -> None:
    loaded = load(
        HEAD + "spec: {podSelector: {}, egress: [{to: [{ipBlock: {cidr: '2001:DB8:0::/32'}}]}]}"
    )
    assert loaded.snapshot.policies[0].egress[0].peers[0].ip_block == IPBlock("2001:db8::/32")
    assert loaded.warnings == ()


@pytest.mark.parametrize(
    ("spec", "warning"),
    [
        (
            "policyTypes: [Ingress]",
            "m.yaml:4: spec: without podSelector it selects every pod of its namespace",
        ),
        (
            "podSelector: {}\npolicyTypes: [Egress]\ningress: [{}]",
            (
                "m.yaml:7: spec.ingress: these rules have no effect: policyTypes does not "
                "include Ingress"
            ),
        ),
        (
            "podSelector: {}\ningress: [null]",
            "spec.ingress[0]: an empty item is the rule `{}`, which allows everything",
        ),
        (
            "podSelector: {}\ningress: [{ports: [null]}]",
            "spec.ingress[0].ports[0]: an empty item is the port `{}`: every TCP port",
        ),
    ],
)
def test_what_is_accepted_and_hardly_meant_is_warned_about(
    load: Load, spec: str, warning: str
) -> None:
    (warnings,) = load(HEAD + "spec:\n" + indent(spec, "  ")).warnings
    assert warning in warnings


def test_a_policy_without_spec_is_a_warning(load: Load) -> None:
    loaded = load(HEAD)
    assert loaded.snapshot.policies == (NetworkPolicy("shop", "p"),)
    assert loaded.warnings == (
        (
            "m.yaml:1: a NetworkPolicy without spec selects every pod of its namespace and "
            "allows no ingress"
        ),
    )


def test_null_items_decode_to_the_empty_rule_and_port(load: Load) -> None:
    decoded = policy(load, "podSelector: {}\ningress: [null, {ports: [null]}]")
    assert decoded.ingress == (PolicyRule(), PolicyRule(ports=(PolicyPort("TCP", None),)))


PEER = "podSelector: {}\ningress:\n- from:\n  - "
PORT = "podSelector: {}\negress:\n- ports:\n  - "
SELECTOR = "podSelector:\n  "

REJECTED = [
    # fields and types
    ("podSelector: {}\ningres: []", "6: spec.ingres: unknown field (did you mean `ingress`?)"),
    (
        "podSelector: {}\nzzz: []",
        "6: spec.zzz: unknown field (known are egress, ingress, podSelector, policyTypes)",
    ),
    (
        "podSelector: {}\ningress: {}",
        "6: spec.ingress: must be a list, not a mapping (start each item with `- `)",
    ),
    (
        "podSelector: {}\ningress: [{to: []}]",
        "6: spec.ingress[0].to: unknown field (known are from, ports)",
    ),
    (
        "podSelector: {}\negress: [{from: []}]",
        "6: spec.egress[0].from: unknown field (known are ports, to)",
    ),
    ("podSelector: {}\ningress: [x]", "6: spec.ingress[0]: must be a mapping, not text (`x`)"),
    ("podSelector: all", "5: spec.podSelector: must be a mapping, not text (`all`)"),
    (
        "podSelector: {app: web}",
        "5: spec.podSelector.app: unknown field (known are matchExpressions, matchLabels)",
    ),
    # policy types
    (
        "podSelector: {}\npolicyTypes: [ingress]",
        (
            "6: spec.policyTypes[0]: must be one of Ingress, Egress, not `ingress` (did you mean "
            "`Ingress`?)"
        ),
    ),
    (
        "podSelector: {}\npolicyTypes: [Both]",
        "6: spec.policyTypes[0]: must be one of Ingress, Egress, not `Both`",
    ),
    (
        "podSelector: {}\npolicyTypes: [Ingress, Egress, Ingress]",
        "6: spec.policyTypes: may not have more than two items (list each type once)",
    ),
    # peers
    (
        PEER + "{}",
        "8: spec.ingress[0].from[0]: must specify a peer "
        "(name a podSelector, namespaceSelector or ipBlock; for everyone, leave out `from`)",
    ),
    (
        PEER + "podSelector:",
        "8: spec.ingress[0].from[0]: must specify a peer "
        "(`podSelector:` without a value is null; to match everything write `podSelector: {}`)",
    ),
    (
        PEER + "null",
        "8: spec.ingress[0].from[0]: must specify a peer "
        "(name a podSelector, namespaceSelector or ipBlock; for everyone, leave out `from`)",
    ),
    (
        PEER + "{podSelector: {}, ipBlock: {cidr: 203.0.113.0/24}}",
        (
            "8: spec.ingress[0].from[0]: may not specify both ipBlock and podSelector (make them "
            "two items of the list)"
        ),
    ),
    (
        PEER + "{podSelector: {}, namespaceSelector: {}, ipBlock: {cidr: 203.0.113.0/24}}",
        "8: spec.ingress[0].from[0]: may not specify both ipBlock and podSelector and "
        "namespaceSelector "
        "(make them two items of the list)",
    ),
    (
        PEER + "{podSelektor: {}, podSelector: {}}",
        "8: spec.ingress[0].from[0].podSelektor: unknown field (did you mean `podSelector`?)",
    ),
    # blocks
    (
        PEER + "{ipBlock: {}}",
        (
            "8: spec.ingress[0].from[0].ipBlock.cidr: is required (write a block such as "
            "203.0.113.0/24)"
        ),
    ),
    (
        PEER + "{ipBlock: {cidr: 203.0.113.7}}",
        "8: spec.ingress[0].from[0].ipBlock.cidr: `203.0.113.7` is not a CIDR block "
        "(for one address write 203.0.113.7/32)",
    ),
    (
        PEER + '{ipBlock: {cidr: "2001:db8::1"}}',
        "8: spec.ingress[0].from[0].ipBlock.cidr: `2001:db8::1` is not a CIDR block "
        "(for one address write 2001:db8::1/128)",
    ),
    (
        PEER + "{ipBlock: {cidr: 203.0.113.0/33}}",
        "8: spec.ingress[0].from[0].ipBlock.cidr: `203.0.113.0/33` is not a CIDR block "
        "(write an address and a prefix length)",
    ),
    (
        PEER + "{ipBlock: {cidr: 203.0.113.0/255.255.255.0}}",
        "8: spec.ingress[0].from[0].ipBlock.cidr: `203.0.113.0/255.255.255.0` is not a CIDR block "
        "(write an address and a prefix length)",
    ),
    (
        PEER + "{ipBlock: {cidr: 203.0.113.0/24, except: [198.51.100.0/25]}}",
        "8: spec.ingress[0].from[0].ipBlock.except[0]: 198.51.100.0/25 must be a strict "
        "subset of cidr 203.0.113.0/24 "
        "(narrow it, or widen the cidr)",
    ),
    (
        PEER + "{ipBlock: {cidr: 203.0.113.0/24, except: [203.0.113.0/24]}}",
        "8: spec.ingress[0].from[0].ipBlock.except[0]: 203.0.113.0/24 must be a strict "
        "subset of cidr 203.0.113.0/24 "
        "(narrow it, or widen the cidr)",
    ),
    (
        PEER + '{ipBlock: {cidr: 0.0.0.0/0, except: ["2001:db8::/32"]}}',
        "8: spec.ingress[0].from[0].ipBlock.except[0]: 2001:db8::/32 must be a strict subset "
        "of cidr 0.0.0.0/0 "
        "(narrow it, or widen the cidr)",
    ),
    (
        PEER + '{ipBlock: {cidr: 0.0.0.0/0, except: [""]}}',
        (
            "8: spec.ingress[0].from[0].ipBlock.except[0]: is empty (write a block inside of "
            "cidr, or remove the item)"
        ),
    ),
    # ports
    (
        PORT + "port: 0",
        "8: spec.egress[0].ports[0].port: 0 is not a port: must be between 1 and 65535",
    ),
    (
        PORT + "port: 65536",
        "8: spec.egress[0].ports[0].port: 65536 is not a port: must be between 1 and 65535",
    ),
    (
        PORT + 'port: "80"',
        '8: spec.egress[0].ports[0].port: the port name "80" must contain at least one letter '
        "(remove the quotes: port: 80)",
    ),
    (
        PORT + "port: HTTP",
        '8: spec.egress[0].ports[0].port: the port name "HTTP" must contain only lower '
        "case letters, digits and '-' "
        "(use the name of a container port)",
    ),
    (
        PORT + "port: sixteen-letters-",
        '8: spec.egress[0].ports[0].port: the port name "sixteen-letters-" must be no more '
        "than 15 characters "
        "(use the name of a container port)",
    ),
    (
        PORT + "port: a--b",
        '8: spec.egress[0].ports[0].port: the port name "a--b" must not contain consecutive '
        "hyphens "
        "(use the name of a container port)",
    ),
    (
        PORT + "port: web-",
        '8: spec.egress[0].ports[0].port: the port name "web-" must not begin or end with a hyphen '
        "(use the name of a container port)",
    ),
    (
        PORT + "port: 80.5",
        (
            "8: spec.egress[0].ports[0].port: must be a port number or the name of a port, not a "
            "number (`80.5`)"
        ),
    ),
    (
        PORT + "port: yes",
        (
            "8: spec.egress[0].ports[0].port: must be a port number or the name of a port, not a "
            "boolean (`yes`)"
        ),
    ),
    (
        PORT + "protocol: tcp",
        (
            "8: spec.egress[0].ports[0].protocol: must be one of TCP, UDP, SCTP, not `tcp` (did "
            "you mean `TCP`?)"
        ),
    ),
    (
        PORT + "protocol: ICMP",
        "8: spec.egress[0].ports[0].protocol: must be one of TCP, UDP, SCTP, not `ICMP`",
    ),
    (
        PORT + "{port: 80, endPort: 79}",
        (
            "8: spec.egress[0].ports[0].endPort: 79 must be greater than or equal to port 80 "
            "(exchange the two)"
        ),
    ),
    (
        PORT + "{port: http, endPort: 90}",
        (
            "8: spec.egress[0].ports[0].endPort: may not be specified when port is a name (write "
            "port as a number)"
        ),
    ),
    (
        PORT + "{endPort: 90}",
        "8: spec.egress[0].ports[0].endPort: may not be specified when port is not "
        "(add the first port of the range as `port`)",
    ),
    (
        PORT + "{port: 80, endPort: 70000}",
        "8: spec.egress[0].ports[0].endPort: 70000 is not a port: must be between 1 and 65535",
    ),
    (
        PORT + '{port: 80, endPort: "90"}',
        (
            "8: spec.egress[0].ports[0].endPort: must be a whole number, not text (`90`) (remove "
            "the quotes)"
        ),
    ),
    (
        PORT + "endport: 90",
        "8: spec.egress[0].ports[0].endport: unknown field (did you mean `endPort`?)",
    ),
    (PORT + "80", "8: spec.egress[0].ports[0]: must be a mapping, not a number (`80`)"),
    # selectors
    (
        SELECTOR + "matchLabels: {app: on}",
        (
            "6: spec.podSelector.matchLabels.app: must be text, not a boolean (`on`) (quote it: "
            'app: "on")'
        ),
    ),
    (
        SELECTOR + "matchLabels: {commit: 12e5}",
        (
            "6: spec.podSelector.matchLabels.commit: must be text, not a number (`12e5`) (quote "
            'it: commit: "12e5")'
        ),
    ),
    (
        SELECTOR + "matchLabels: {-a: x}",
        "6: spec.podSelector.matchLabels.-a: invalid label key `-a`: must consist of "
        "letters, digits, '-', '_' "
        "and '.', and start and end with a letter or digit",
    ),
    (
        SELECTOR + "matchLabels: {a/b/c: x}",
        '6: spec.podSelector.matchLabels["a/b/c"]: invalid label key `a/b/c`: must have the '
        "form NAME or PREFIX/NAME, "
        "with a DNS name as its prefix",
    ),
    (
        SELECTOR + "matchLabels: {a: 'x y'}",
        "6: spec.podSelector.matchLabels.a: `x y` must consist of letters, digits, '-', '_' "
        "and '.', "
        "and start and end with a letter or digit",
    ),
    (
        SELECTOR + f"matchLabels: {{a: {'x' * 64}}}",
        f"6: spec.podSelector.matchLabels.a: `{'x' * 64}` must be no more than 63 characters",
    ),
    (
        SELECTOR + "matchExpressions: [{operator: In, values: [a]}]",
        "6: spec.podSelector.matchExpressions[0].key: is required (name the label's key)",
    ),
    (
        SELECTOR + "matchExpressions: [{key: a}]",
        (
            "6: spec.podSelector.matchExpressions[0].operator: is required (write one of In, "
            "NotIn, Exists, DoesNotExist)"
        ),
    ),
    (
        SELECTOR + "matchExpressions: [{key: a, operator: in, values: [b]}]",
        "6: spec.podSelector.matchExpressions[0].operator: must be one of In, NotIn, Exists, "
        "DoesNotExist, not `in` "
        "(did you mean `In`?)",
    ),
    (
        SELECTOR + "matchExpressions: [{key: a, operator: In}]",
        "6: spec.podSelector.matchExpressions[0].values: the operator In needs values "
        "(list them, or use Exists or DoesNotExist)",
    ),
    (
        SELECTOR + "matchExpressions: [{key: a, operator: NotIn, values: []}]",
        "6: spec.podSelector.matchExpressions[0].values: the operator NotIn needs values "
        "(list them, or use Exists or DoesNotExist)",
    ),
    (
        SELECTOR + "matchExpressions: [{key: a, operator: Exists, values: [b]}]",
        "6: spec.podSelector.matchExpressions[0].values: the operator Exists takes no values "
        "(remove them, or use In or NotIn)",
    ),
    (
        SELECTOR + "matchExpressions: [{key: a, operator: DoesNotExist, values: [b]}]",
        "6: spec.podSelector.matchExpressions[0].values: the operator DoesNotExist takes no values "
        "(remove them, or use In or NotIn)",
    ),
    (
        SELECTOR + "matchExpressions: [{key: a, operator: In, values: [1]}]",
        (
            "6: spec.podSelector.matchExpressions[0].values[0]: must be text, not a number (`1`) "
            "(quote it)"
        ),
    ),
    (
        SELECTOR + "matchExpressions: [{key: a, operator: In, values: ['-']}]",
        "6: spec.podSelector.matchExpressions[0].values[0]: `-` must consist of letters, "
        "digits, '-', '_' and '.', "
        "and start and end with a letter or digit",
    ),
]


@pytest.mark.parametrize(("spec", "message"), REJECTED)
def test_what_the_api_server_rejects(mistakes: Mistakes, spec: str, message: str) -> None:
    assert mistakes(HEAD + "spec:\n" + indent(spec, "  ")) == [f"m.yaml:{message}"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("metadata: {}", "3: metadata.name: is required (give the object a name)"),
        ("metadata: {name: ''}", "3: metadata.name: is required (give the object a name)"),
        ("spec: {podSelector: {}}", "1: has no metadata (add `metadata:` with a `name:`)"),
        (
            "metadata: {generateName: p-}",
            (
                "3: metadata.name: a NetworkPolicy with generateName only cannot be referred to "
                "(give it a name)"
            ),
        ),
        (
            "metadata: {name: p, label: {a: b}}",
            "3: metadata.label: unknown field (did you mean `labels`?)",
        ),
        (
            "metadata: {name: P_1}",
            "3: metadata.name: `P_1` must consist of lower case letters, digits, '-' and '.', "
            "and start and end with a letter or digit",
        ),
        (
            "metadata: {name: p, labels: {a: 1}}",
            '3: metadata.labels.a: must be text, not a number (`1`) (quote it: a: "1")',
        ),
        ("metadata: {name: p}\nSpec: {}", "4: Spec: unknown field (did you mean `spec`?)"),
        (
            "metadata: {name: p, namespace: a.b}",
            "3: metadata.namespace: `a.b` must consist of lower case letters, digits and '-', "
            "and start and end with a letter or digit",
        ),
    ],
)
def test_what_the_api_server_rejects_outside_of_the_spec(
    mistakes: Mistakes, text: str, message: str
) -> None:
    head = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
    assert mistakes(head + text) == [f"m.yaml:{message}"]


def test_all_mistakes_of_a_policy_are_reported_at_once(mistakes: Mistakes) -> None:
    text = (
        HEAD
        + "spec:\n  ingres: []\n  egress:\n  - ports: [{port: '80'}, {port: 0}]\n    to: [{}]\n"
    )
    assert [line.split(":")[1] for line in mistakes(text)] == ["5", "7", "7", "8"]


def test_status_is_a_field_that_old_dumps_have(load: Load) -> None:
    assert load(HEAD + "spec: {podSelector: {}}\nstatus: {}\n").warnings == ()
